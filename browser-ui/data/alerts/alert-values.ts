import { parseObject } from '../feed/agent-answer.ts'
import { isObject } from '../json.ts'
import { agentText, plainText } from './agent-text.ts'

/** What an agent says of one alert right now. All of it is text of a stranger. */
export interface AlertNow {
  readonly chart: string
  readonly name: string
  readonly context: string
  readonly status: string
  /** As the agent words it, such as `97.3%`; empty when it says none. */
  readonly value: string
  /** One line of what the alert means; empty when the agent has none. */
  readonly summary: string
  /** More about it; empty when the agent says nothing beyond the summary. */
  readonly info: string
  /** Since when it has this status, epoch seconds; 0 when the agent does not say. */
  readonly whenS: number
  /** What its definition says, under the names that `readDefinition` reads. */
  readonly fields: Readonly<Record<string, string | number>>
}

const textMax = 1_000
const summaryMax = 300
const valueMax = 60

/** Reads an answer about alerts (agent-api §9.1), by chart and name. Throws AGENT_PROTOCOL for a text that is none. */
export function parseAlertsNow(text: string): ReadonlyMap<string, AlertNow> {
  const alarms = parseObject(text)['alarms']
  const found = new Map<string, AlertNow>()
  if (!isObject(alarms)) return found
  for (const alarm of Object.values(alarms)) {
    if (!isObject(alarm)) continue
    const [chart, name] = [agentText(alarm['chart']), agentText(alarm['name'])]
    if (chart === '' || name === '') continue
    const [summary, info] = [agentText(alarm['summary']), agentText(alarm['info'])]
    found.set(alertNowKey({ chart, name }), {
      chart,
      name,
      context: agentText(alarm['context']),
      status: agentText(alarm['status']).toLowerCase(),
      value: wordedValue(alarm).slice(0, valueMax),
      summary: (summary || info).slice(0, summaryMax),
      info: (summary === '' || info === summary ? '' : info).slice(0, textMax),
      whenS: secondsOf(alarm['last_status_change']),
      fields: fieldsOf(alarm),
    })
  }
  return found
}

/** Under which key `parseAlertsNow` files an alert. */
export function alertNowKey({ chart, name }: { readonly chart: string; readonly name: string }): string {
  return JSON.stringify([chart, name])
}

function wordedValue(alarm: Readonly<Record<string, unknown>>): string {
  const worded = agentText(alarm['value_string'])
  // A dash stands for no value.
  if (worded !== '') return worded === '-' ? '' : worded
  const value = alarm['value']
  if (typeof value !== 'number' || !Number.isFinite(value)) return ''
  return `${Math.round(value * 100) / 100} ${agentText(alarm['units'])}`.trim()
}

const secondsOf = (value: unknown) => (typeof value === 'number' && Number.isFinite(value) && value > 0 ? value : 0)

/** Members of an alarm, and the name each has in a definition (agent-api §9.1, aclk §6.7). Expressions come with HTML escapes. */
const definitionNames: Readonly<Record<string, string>> = {
  config_hash_id: 'config_hash',
  class: 'classification',
  type: 'type',
  component: 'component',
  recipient: 'recipient',
  exec: 'exec',
  source: 'source',
  units: 'units',
  update_every: 'p_update_every',
  lookup_dimensions: 'p_db_lookup_dimensions',
  lookup_method: 'p_db_lookup_method',
  lookup_after: 'p_db_lookup_after',
  lookup_before: 'p_db_lookup_before',
  lookup_options: 'p_db_lookup_options',
  calc: 'calculation_expr',
  warn: 'warning_expr',
  crit: 'critical_expr',
  green: 'green',
  red: 'red',
  info: 'info',
  summary: 'summary',
}

function fieldsOf(alarm: Readonly<Record<string, unknown>>): Readonly<Record<string, string | number>> {
  const fields: Record<string, string | number> = {}
  for (const [member, name] of Object.entries(definitionNames)) {
    const value = alarm[member]
    if (typeof value === 'number' && Number.isFinite(value)) fields[name] = value
    else if (typeof value === 'string' && value !== '') fields[name] = plainText(value).slice(0, textMax)
  }
  const delay = delayText(alarm)
  if (delay !== '') fields['delay'] = delay
  const [warnS, critS] = [Number(alarm['warn_repeat_every']), Number(alarm['crit_repeat_every'])]
  if (warnS > 0 || critS > 0) fields['repeat'] = `warning ${warnS || 0}s critical ${critS || 0}s`
  return fields
}

/** The delays of an alarm as a definition writes them: `up 60s down 300s multiplier 1.5 max 3600s`. */
function delayText(alarm: Readonly<Record<string, unknown>>): string {
  const number = (name: string) => {
    const value = alarm[name]
    return typeof value === 'number' && Number.isFinite(value) ? value : 0
  }
  const [up, down] = [number('delay_up_duration'), number('delay_down_duration')]
  if (up === 0 && down === 0) return ''
  return `up ${up}s down ${down}s multiplier ${number('delay_multiplier') || 1} max ${number('delay_max_duration')}s`
}

import { parseObject } from '../feed/agent-answer.ts'
import { isObject } from '../json.ts'

/** What an agent says of one raised alert right now. */
export interface AlertNow {
  readonly chart: string
  readonly name: string
  readonly status: string
  /** As the agent words it, such as `97.3%`; empty when it says none. */
  readonly value: string
  /** One line of what the alert means; empty when the agent has none. */
  readonly summary: string
}

const textOf = (value: unknown) => (typeof value === 'string' ? value : '')
const summaryMax = 300
const valueMax = 60

/** Reads an answer about alerts (agent-api §9.1), by chart and name. Throws AGENT_PROTOCOL for a text that is none. */
export function parseAlertsNow(text: string): ReadonlyMap<string, AlertNow> {
  const alarms = parseObject(text)['alarms']
  const found = new Map<string, AlertNow>()
  if (!isObject(alarms)) return found
  for (const alarm of Object.values(alarms)) {
    if (!isObject(alarm)) continue
    const [chart, name] = [textOf(alarm['chart']), textOf(alarm['name'])]
    if (chart === '' || name === '') continue
    found.set(alertNowKey({ chart, name }), {
      chart,
      name,
      status: textOf(alarm['status']).toLowerCase(),
      value: wordedValue(alarm).slice(0, valueMax),
      summary: (textOf(alarm['summary']) || textOf(alarm['info'])).slice(0, summaryMax),
    })
  }
  return found
}

/** Under which key `parseAlertsNow` files an alert. */
export function alertNowKey({ chart, name }: { readonly chart: string; readonly name: string }): string {
  return JSON.stringify([chart, name])
}

function wordedValue(alarm: Record<string, unknown>): string {
  const worded = textOf(alarm['value_string'])
  if (worded !== '') return worded
  const value = alarm['value']
  if (typeof value !== 'number' || !Number.isFinite(value)) return ''
  return `${Math.round(value * 100) / 100} ${textOf(alarm['units'])}`.trim()
}

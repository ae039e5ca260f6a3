import { lengthText } from '../time/format-time.ts'
import { isPercentage } from '../units.ts'
import { agentText } from './agent-text.ts'

/** One line of how an alert is defined, for a person. `isCode`: an expression or pattern, shown as it is. */
export interface DefinitionLine {
  readonly title: string
  readonly text: string
  readonly isCode?: true
}

export type DefinitionFields = Readonly<Record<string, unknown>>

/** The definition behind an alert line by line, from its fields as agents name them (aclk §6.7); what it does not say is left out. */
export function definitionLines(fields: DefinitionFields): readonly DefinitionLine[] {
  const text = (name: string) => agentText(fields[name]).trim()
  const lines: (DefinitionLine | undefined)[] = [
    line('Applies to', appliesTo(fields)),
    code('Host labels', pattern(text('host_labels'))),
    code('Instance labels', pattern(text('chart_labels'))),
    line('Looks up', lookupWords(fields)),
    code('Calculation', text('calculation_expr')),
    code('Warning when', text('warning_expr')),
    code('Critical when', text('critical_expr')),
    line('Checked', everyWords(fields)),
    line('Unit', text('units')),
    line('Delay', delayWords(text('delay'))),
    line('Repeats', repeatWords(text('repeat'))),
    line('Recipient', text('recipient') === 'silent' ? 'silent: the agent itself tells nobody' : text('recipient')),
    code('Program', text('exec')),
    line('Options', text('options')),
    line('Class', text('classification')),
    line('Component', text('component')),
    line('Type', text('type')),
    line('Source', sourceWords(text('source'))),
  ]
  return lines.filter((each) => each !== undefined)
}

const line = (title: string, text: string): DefinitionLine | undefined => (text === '' ? undefined : { title, text })
const code = (title: string, text: string): DefinitionLine | undefined => (text === '' ? undefined : { title, text, isCode: true })
const pattern = (text: string) => (text === '*' ? '' : text)

function appliesTo(fields: DefinitionFields): string {
  const on = agentText(fields['on_chart']).trim()
  if (on === '') return ''
  return agentText(fields['template']) === '' ? `the chart ${on}` : `every instance of ${on}`
}

function numberOf(fields: DefinitionFields, name: string): number {
  const value = fields[name]
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value
  return typeof number === 'number' && Number.isFinite(number) ? number : 0
}

/** `average of user, system over the last 10 min`, from the fields that say it in parts, else as the definition writes it. */
function lookupWords(fields: DefinitionFields): string {
  const afterS = numberOf(fields, 'p_db_lookup_after')
  if (afterS === 0) return agentText(fields['lookup']).trim()
  const method = agentText(fields['p_db_lookup_method']).trim() || 'average'
  const dimensions = agentText(fields['p_db_lookup_dimensions']).trim()
  const endS = Math.abs(numberOf(fields, 'p_db_lookup_before'))
  const length = lengthText(Math.abs(afterS))
  const of = dimensions === '' || dimensions === '*' || dimensions === 'all' ? 'all dimensions' : dimensions
  const options = agentText(fields['p_db_lookup_options'])
    .split(/[\s,|]+/u)
    .filter((word) => word !== '' && word !== 'unaligned')
  return [
    `${method} of ${of} over ${endS === 0 ? `the last ${length}` : `${length}, ending ${lengthText(endS)} ago`}`,
    ...(options.length === 0 ? [] : [`(${options.join(', ')})`]),
  ].join(' ')
}

function everyWords(fields: DefinitionFields): string {
  const everyS = numberOf(fields, 'p_update_every')
  const every = agentText(fields['every']).trim()
  if (everyS > 0) return `every ${lengthText(everyS)}`
  return every === '' ? '' : `every ${every}`
}

const unitS: Readonly<Record<string, number>> = { s: 1, m: 60, min: 60, h: 3600, d: 86_400 }

/** Seconds of `300`, `300s`, `5m` or `1h`; undefined for anything else. */
function secondsOf(text: string): number | undefined {
  const [, amount = '', unit = 's'] = /^(\d+(?:\.\d+)?)(s|m|min|h|d)?$/iu.exec(text) ?? []
  return amount === '' ? undefined : Number(amount) * (unitS[unit.toLowerCase()] ?? 1)
}

/** Pairs of a word and a value: `down 300s multiplier 1.5 max 3600s`. */
function pairsOf(text: string): ReadonlyMap<string, string> {
  const words = text.split(/\s+/u).filter((word) => word !== '')
  return new Map(words.flatMap((word, at) => (at % 2 === 0 ? [[word.toLowerCase(), words[at + 1] ?? '']] : [])))
}

function delayWords(text: string): string {
  if (text === '') return ''
  const pairs = pairsOf(text)
  const [upS, downS] = [secondsOf(pairs.get('up') ?? '0'), secondsOf(pairs.get('down') ?? '0')]
  if (upS === undefined || downS === undefined) return text
  if (upS === 0 && downS === 0) return 'none'
  const parts = [
    ...(upS > 0 ? [`${lengthText(upS)} before it tells of a raise`] : []),
    ...(downS > 0 ? [`${lengthText(downS)} before it tells of a recovery`] : []),
  ]
  const factor = Number(pairs.get('multiplier') ?? 1)
  const maxS = secondsOf(pairs.get('max') ?? '0')
  if (factor > 1) parts.push(`times ${factor} while it goes on${maxS === undefined || maxS === 0 ? '' : `, ${lengthText(maxS)} at most`}`)
  return parts.join('; ')
}

function repeatWords(text: string): string {
  if (text === '' || text.toLowerCase() === 'off') return text === '' ? '' : 'never'
  const pairs = pairsOf(text)
  const parts = ['warning', 'critical'].flatMap((severity) => {
    const everyS = secondsOf(pairs.get(severity) ?? '')
    return everyS === undefined || everyS === 0 ? [] : [`${severity} every ${lengthText(everyS)}`]
  })
  return parts.length === 0 ? text : parts.join(', ')
}

/** `line=12,file=/etc/health.d/cpu.conf` and `12@/etc/health.d/cpu.conf` are a line of a file. */
function sourceWords(text: string): string {
  if (text === '') return ''
  const [, lineNumber = '', file = ''] = /^(\d+)@(.+)$/u.exec(text) ?? []
  if (file !== '') return `${file}, line ${lineNumber}`
  const parts = new Map(text.split(',').map((part) => [part.split('=', 1)[0] ?? '', part.slice(part.indexOf('=') + 1)]))
  if (text.includes('type=dyncfg') || text === 'dyncfg') return 'dynamic configuration'
  const path = parts.get('file')
  return path === undefined ? text : `${path}${parts.has('line') ? `, line ${parts.get('line') ?? ''}` : ''}`
}

/**
 * Whether values of an alert can be read off its chart: it is in the unit of the chart and calculates nothing on top of the lookup.
 * Only then does a line at its threshold say something.
 */
export function isReadOffChart(fields: DefinitionFields, chartUnits: string): boolean {
  const calculation = agentText(fields['calculation_expr']).replaceAll(/[\s(){}]/gu, '')
  if (calculation !== '' && calculation !== '$this') return false
  const units = agentText(fields['units']).trim()
  return units === chartUnits || (isPercentage(chartUnits) && isPercentage(units))
}

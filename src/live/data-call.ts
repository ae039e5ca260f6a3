import { z } from 'zod'
import { ThroughlineError } from '../errors/throughline-error.ts'
import { dataTimeoutMs } from './data-targets.ts'
import { questionSchema } from './questions.ts'
import type { LiveQuestion } from './questions.ts'

/** Questions about data, the only ones that can be asked by an address. */
export type DataQuestion = Extract<LiveQuestion, { kind: 'data' | 'data-v2' }>

/** The names a part goes by at agents (agent-api §6.1, §8.1); a call copied from the page holds these. */
const spellings = {
  contexts: ['context', 'contexts', 'scope_contexts'],
  instances: ['chart', 'instances'],
  dimensions: ['dimension', 'dimensions'],
  labels: ['labels'],
  after: ['after'],
  before: ['before'],
  points: ['points'],
  nodeIds: ['scope_nodes'],
  groupBy: ['group_by'],
  groupByLabels: ['group_by_label'],
  aggregation: ['aggregation'],
  timeGroup: ['time_group'],
  group: ['group'],
  format: ['format'],
  options: ['options'],
  timeout: ['timeout'],
} as const

type Part = keyof typeof spellings

const partOf: ReadonlyMap<string, Part> = new Map(
  Object.entries(spellings).flatMap(([part, names]) => names.map((name) => [name, part as Part] as const)),
)

/** What only an agent that aggregates can be asked. */
const aggregatedParts: readonly Part[] = ['nodeIds', 'labels', 'groupBy', 'groupByLabels', 'aggregation', 'timeGroup']

/** The relay says these itself; who repeats a call may say them too, as long as it is nothing else. */
const knownOptions: ReadonlySet<string> = new Set(['jsonwrap', 'minify', 'unaligned', 'minimal-stats', 'raw'])

/** Rows of an answer when nobody says how many: one a second of the window, up to this. */
const defaultPoints = 600
const defaultAfterS = -600

/**
 * The question behind the query of an address, in the grammar of all questions. Throws BODY_UNPROCESSABLE with a sentence that names
 * what is unknown, given twice, or out of range: nothing is ignored, and no text reaches an agent that was not checked.
 */
export function parseDataCall(query: string): DataQuestion {
  const said = readParts(query)
  const integer = (part: Part, otherwise: number) => {
    const text = said.get(part)
    if (text === undefined) return otherwise
    if (!/^-?\d{1,12}$/.test(text)) throw refused(`${part} is a whole number`)
    return Number(text)
  }
  const list = (part: Part) => said.get(part)?.split(/[|,]/)
  const options = new Set(list('options') ?? [])
  const stranger = [...options].find((option) => !knownOptions.has(option))
  if (stranger !== undefined) throw refused(`the option ${quoted(stranger)} is not among ${[...knownOptions].join(', ')}`)
  const format = said.get('format')
  const isAggregated = format === 'json2' || options.has('raw') || aggregatedParts.some((part) => said.has(part))
  if (format !== undefined && format !== 'json' && format !== 'json2') throw refused('format is json or json2')
  if (format === 'json' && isAggregated) throw refused('aggregated data comes as json2')
  if (said.has('group') && (isAggregated || said.get('group') !== 'average')) throw refused('group is average; use time_group')
  const timeout = integer('timeout', dataTimeoutMs)
  if (timeout < 1 || timeout > dataTimeoutMs) throw refused(`timeout is from 1 to ${dataTimeoutMs} milliseconds`)
  if (!said.has('contexts')) throw refused('name a context, such as context=system.cpu')

  const afterS = integer('after', defaultAfterS)
  const beforeS = integer('before', 0)
  const shared = {
    contexts: list('contexts'),
    afterS,
    beforeS,
    points: integer('points', pointsOf(afterS, beforeS)),
    ...(said.has('instances') ? { instances: list('instances') } : {}),
    ...(said.has('dimensions') ? { dimensions: list('dimensions') } : {}),
  }
  const question = isAggregated
    ? {
        kind: 'data-v2',
        ...shared,
        groupBy: list('groupBy') ?? (said.has('groupByLabels') ? ['label'] : ['dimension']),
        groupByLabels: list('groupByLabels') ?? [],
        aggregation: said.get('aggregation') ?? 'average',
        timeGroup: said.get('timeGroup') ?? 'average',
        ...(said.has('nodeIds') ? { nodeIds: list('nodeIds') } : {}),
        ...(said.has('labels') ? { labels: list('labels')?.map(labelOf) } : {}),
        ...(options.has('raw') ? { raw: true } : {}),
      }
    : { kind: 'data', ...shared }
  const parsed = questionSchema.safeParse(question)
  if (!parsed.success) throw refused(`${wrongPart(parsed.error)} is not as agents take it`)
  return parsed.data as DataQuestion
}

/** Every parameter by the part it says; empty ones say nothing. */
function readParts(query: string): ReadonlyMap<Part, string> {
  const said = new Map<Part, string>()
  const seen = new Set<string>()
  for (const [name, value] of new URLSearchParams(query)) {
    const part = partOf.get(name)
    if (part === undefined) throw refused(`the parameter ${quoted(name)} is not known`)
    if (seen.has(name)) throw refused(`${name} is given twice`)
    seen.add(name)
    if (value === '') continue
    // A copied call names its contexts twice, once as the scope.
    if (said.has(part) && said.get(part) !== value) throw refused(`${spellings[part].join(' and ')} say different things`)
    said.set(part, value)
  }
  return said
}

function labelOf(text: string): { readonly key: string; readonly value: string } {
  const cut = text.indexOf(':')
  return { key: text.slice(0, Math.max(cut, 0)), value: text.slice(cut + 1) }
}

/** One row a second; a relative start counts from the end, an absolute window is as long as it is. */
function pointsOf(afterS: number, beforeS: number): number {
  const windowS = afterS < 0 ? -afterS : beforeS > 0 ? beforeS - afterS : defaultPoints
  return Math.min(Math.max(windowS, 1), defaultPoints)
}

/** The parameter behind the first complaint of the grammar. */
function wrongPart(error: z.ZodError): string {
  const names: Readonly<Record<string, Part>> = { afterS: 'after', beforeS: 'before' }
  const member = String(error.issues[0]?.path[0] ?? 'groupByLabels')
  const part = names[member] ?? (member in spellings ? (member as Part) : 'contexts')
  return spellings[part].join(' or ')
}

/** A stranger's word in a sentence: short, and nothing in it but what can be printed. */
const quoted = (word: string) => JSON.stringify(word.slice(0, 60).replace(/[^\x20-\x7e]/g, '?'))

function refused(what: string): ThroughlineError {
  return new ThroughlineError('BODY_UNPROCESSABLE', `This cannot be asked: ${what}.`)
}

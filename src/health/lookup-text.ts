import { groupConditions, timeGroups, type AlertLookup } from './alert-document.ts'
import { parseDuration, writeDuration } from './durations.ts'
import { numberText } from './number-text.ts'

/** What a lookup line says: the lookup, and how often to look if it says so. */
export interface ParsedLookup {
  readonly lookup: AlertLookup
  readonly everyS: number
}

/** A refusal: one sentence for a person. */
export interface TextProblem {
  readonly problem: string
}

/** What agents take when a method that has a number is written without one. */
const methodDefaults: Readonly<Record<string, number>> = { countif: 0, 'trimmed-mean': 5, 'trimmed-median': 5, percentile: 95 }
/** Methods that say a number in their name, which agents of every age know (agent-api §6.4). */
const namedNumbers: Readonly<Record<string, readonly number[]>> = {
  'trimmed-mean': [1, 2, 3, 5, 10, 15, 20, 25],
  'trimmed-median': [1, 2, 3, 5, 10, 15, 20, 25],
  percentile: [25, 50, 75, 80, 90, 95, 97, 98, 99],
}
const methodNames: Readonly<Record<string, AlertLookup['time_group']>> = {
  avg: 'average',
  mean: 'average',
  'incremental-sum': 'incremental_sum',
  ema: 'ses',
  ewma: 'ses',
  rsd: 'cv',
  'coefficient-of-variation': 'cv',
}
const lookupWords: Readonly<Record<string, Partial<AlertLookup> | { readonly option: AlertLookup['options'][number] }>> = {
  unaligned: { option: 'unaligned' },
  absolute: { option: 'absolute' },
  abs: { option: 'absolute' },
  'absolute-sum': { option: 'absolute' },
  absolute_sum: { option: 'absolute' },
  null2zero: { option: 'null2zero' },
  'match-ids': { option: 'match_ids' },
  match_ids: { option: 'match_ids' },
  'match-names': { option: 'match_names' },
  match_names: { option: 'match_names' },
  percentage: { data_source: 'percentages' },
  'anomaly-bit': { data_source: 'anomalies' },
  min: { dims_group: 'min' },
  max: { dims_group: 'max' },
  average: { dims_group: 'average' },
  sum: { dims_group: 'sum' },
  min2max: { dims_group: 'min2max' },
}

/** The grouping over time behind a method's name, with the number it names; undefined when agents know no such method. */
export function parseTimeGroup(name: string): { readonly group: AlertLookup['time_group']; readonly value: number } | undefined {
  const lower = name.toLowerCase()
  const known = timeGroups.find((group) => group === lower) ?? methodNames[lower]
  if (known !== undefined) return { group: known, value: methodDefaults[known] ?? 0 }
  const numbered = /^(percentile|trimmed-mean|trimmed-median)(\d+)$/.exec(lower)
  if (numbered === null) return undefined
  return { group: numbered[1] as AlertLookup['time_group'], value: Number(numbered[2]) }
}

/** Reads `METHOD[(condition value)] AFTER [at BEFORE] [every D] [options] [of DIMS]` (agent-api §14). */
export function parseLookup(text: string): ParsedLookup | TextProblem {
  const head = /^([^\s(]+)\s*(?:\(\s*(!=?|<>|<=?|>=?|==?|:)?\s*([+-]?(?:\d+\.?\d*|\.\d+))?\s*\)\s*)?(.*)$/.exec(text.trim())
  const [, method = '', condition, number, rest = ''] = head ?? []
  if (head === null || rest.startsWith('(')) return { problem: 'A lookup begins with a method, such as average, and how far to look back.' }
  const time = parseTimeGroup(method)
  if (time === undefined) return { problem: `Agents know no method ${quoted(method)}.` }
  const words = rest.split(/\s+/).filter((word) => word !== '')
  const afterS = parseDuration(words.shift() ?? '')
  if (afterS === undefined || afterS === 0)
    return { problem: `After the method ${quoted(method)} stands how far to look back, such as -10m.` }

  const lookup: AlertLookup = {
    after: -Math.abs(afterS),
    before: 0,
    time_group: time.group,
    time_group_condition: time.group === 'countif' ? conditionOf(condition) : '=',
    time_group_value: number === undefined ? time.value : Number(number),
    dims_group: 'sum',
    data_source: 'samples',
    options: [],
    dimensions: '*',
  }
  let everyS = Math.abs(afterS)
  while (words.length > 0) {
    const word = (words.shift() ?? '').toLowerCase()
    if (word === 'of') {
      const dimensions = words.join(' ')
      if (/(?:^|\s)foreach\s/i.test(dimensions)) return noForeach
      if (dimensions === '') return { problem: 'After "of" stand the dimensions to look up.' }
      lookup.dimensions = dimensions.toLowerCase() === 'all' ? '*' : dimensions
      break
    }
    if (word === 'foreach') return noForeach
    if (word === 'at' || word === 'every') {
      const said = words.shift() ?? ''
      const seconds = parseDuration(said)
      if (seconds === undefined) return { problem: `${quoted(said)} is no duration; write one such as 10m after "${word}".` }
      if (word === 'at') lookup.before = seconds === 0 ? 0 : -Math.abs(seconds)
      else everyS = seconds
      continue
    }
    const known = lookupWords[word]
    if (known === undefined) return { problem: `Agents know no option ${quoted(word)} of a lookup.` }
    if (!('option' in known)) Object.assign(lookup, known)
    else if (!lookup.options.includes(known.option)) lookup.options.push(known.option)
  }
  return { lookup, everyS }
}

/** The lookup as a line of health.d that agents of every age read, where its method has such a form; undefined without a lookup. */
export function writeLookup(lookup: AlertLookup): string | undefined {
  if (lookup.after === 0) return undefined
  const words = [methodText(lookup), writeDuration(lookup.after)]
  if (lookup.before !== 0) words.push('at', writeDuration(lookup.before))
  words.push(...lookup.options.map((option) => option.replace('_', '-')))
  if (lookup.data_source !== 'samples') words.push(lookup.data_source === 'percentages' ? 'percentage' : 'anomaly-bit')
  if (lookup.dims_group !== 'sum') words.push(lookup.dims_group)
  if (lookup.dimensions !== '*' && lookup.dimensions !== '') words.push('of', lookup.dimensions)
  return words.join(' ')
}

/** Whether the number of a grouping means anything; only for counting also its comparison does. */
export function hasGroupValue(group: AlertLookup['time_group']): boolean {
  return methodDefaults[group] !== undefined
}

function methodText({ time_group: group, time_group_condition: condition, time_group_value: value }: AlertLookup): string {
  const method = group === 'incremental_sum' ? 'incremental-sum' : group
  if (!hasGroupValue(group)) return method
  if (group === 'countif') return `countif(${condition}${numberText(value)})`
  return namedNumbers[group]?.includes(value) === true ? `${method}${value}` : `${method}(${numberText(value)})`
}

function conditionOf(text: string | undefined): AlertLookup['time_group_condition'] {
  if (text === '!' || text === '<>') return '!='
  return groupConditions.find((condition) => condition === text) ?? '='
}

const noForeach: TextProblem = { problem: 'Agents from 1.45 on know no "foreach"; write one alert for each dimension.' }

/** What somebody wrote, short enough for a sentence. */
export function quoted(text: string): string {
  return `"${text.length > 60 ? `${text.slice(0, 60)}…` : text}"`
}

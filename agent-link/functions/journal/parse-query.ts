import type { FunctionArguments } from '../arguments.ts'
import { facetFields } from './fields.ts'

/** What is asked of the journal. */
export interface JournalQuery {
  readonly afterS: number
  readonly beforeS: number
  /** Microseconds; rows older (or newer, by the direction) than this are wanted. */
  readonly anchorUs: number | undefined
  readonly direction: 'backward' | 'forward'
  readonly last: number
  readonly matches: (text: string) => boolean
  readonly hasText: boolean
  /** Values chosen by field: one of each field's must be there. */
  readonly chosen: ReadonlyMap<string, ReadonlySet<string>>
  /** The fields whose values are counted. */
  readonly facets: readonly string[]
  readonly histogram: string
  readonly ifModifiedSinceUs: number | undefined
  readonly isDataOnly: boolean
}

const defaultRows = 200
const rowLimit = 1_000
const defaultWindowS = 3_600
/** Longer windows are cut; journals are rarely older. */
const windowLimitS = 366 * 86_400

export const acceptedParameters = [
  'after',
  'before',
  'anchor',
  'direction',
  'last',
  'query',
  'facets',
  'histogram',
  'if_modified_since',
  'data_only',
  ...facetFields.map(({ id }) => id),
] as const

/** Reads the arguments; relative times are relative to now. Undefined when the window is none. */
export function parseQuery(args: FunctionArguments, nowS: number): JournalQuery | undefined {
  const before = args.integer('before') ?? 0
  const beforeS = before > 0 ? before : nowS + before
  const after = args.integer('after') ?? -defaultWindowS
  const afterS = Math.max(after > 0 ? after : beforeS + after, beforeS - windowLimitS, 0)
  if (afterS >= beforeS) return undefined
  const known = new Set(facetFields.map(({ id }) => id))
  const chosen = new Map<string, ReadonlySet<string>>()
  for (const field of known) {
    const values = args.list(field).filter((value) => !value.includes('\0'))
    if (values.length > 0) chosen.set(field, new Set(values))
  }
  const facets = args.list('facets').filter((field) => known.has(field))
  const histogram = args.text('histogram') ?? 'PRIORITY'
  const text = args.text('query')
  return {
    afterS,
    beforeS,
    anchorUs: args.integer('anchor'),
    direction: args.text('direction') === 'forward' ? 'forward' : 'backward',
    last: Math.min(Math.max(args.integer('last') ?? defaultRows, 1), rowLimit),
    matches: textMatcher(text ?? ''),
    hasText: text !== undefined,
    chosen,
    facets: facets.length > 0 ? facets : [...known],
    histogram: known.has(histogram) ? histogram : 'PRIORITY',
    ifModifiedSinceUs: args.integer('if_modified_since'),
    isDataOnly: args.has('data_only'),
  }
}

/**
 * Words separated by bars, found anywhere and in any case; `*` stands for anything between, `!` in front for "not". The first word
 * found decides; when none is, only a list of nothing but "not" holds.
 */
function textMatcher(list: string): (text: string) => boolean {
  const items = list
    .toLowerCase()
    .split('|')
    .filter((item) => item !== '' && item !== '!')
    .map((item) => {
      const isNegative = item.startsWith('!')
      return { isNegative, parts: (isNegative ? item.slice(1) : item).split('*').filter((part) => part !== '') }
    })
  if (items.length === 0) return () => true
  const isAllNegative = items.every(({ isNegative }) => isNegative)
  return (text) => {
    const lower = text.toLowerCase()
    const decided = items.find(({ parts }) => holds(lower, parts))
    return decided === undefined ? isAllNegative : !decided.isNegative
  }
}

/** Whether the parts stand in the text in this order; linear, so no question can stall the agent. */
function holds(text: string, parts: readonly string[]): boolean {
  let at = 0
  for (const part of parts) {
    const found = text.indexOf(part, at)
    if (found < 0) return false
    at = found + part.length
  }
  return true
}

import { patternItems, simplePattern } from '../domain/simple-pattern.ts'
import type { AlertLookup } from './alert-document.ts'
import { timeGroupOf } from './time-group.ts'

/** What is stored of one instance: rows of values, one a step. */
export interface Samples {
  readonly updateEveryS: number
  /** Times of the oldest and the newest row, multiples of the step; undefined while there is none. Epoch seconds. */
  readonly firstS: number | undefined
  readonly lastS: number | undefined
  readonly dimensions: readonly { readonly id: string; readonly name: string }[]
  /** The value of a dimension at a multiple of the step; NaN where there is none. */
  at(dimension: number, timeS: number): number
}

/** Seconds an agent looks at: those after `fromS` up to `toS`. */
export interface LookupWindow {
  readonly fromS: number
  readonly toS: number
}

/** Whether a rule looks anything up. */
export function hasLookup(lookup: AlertLookup): boolean {
  return lookup.after < 0
}

/** The window of a lookup at a moment. Without `unaligned` it snaps to multiples of its length, and then moves only that often (agent-api §7). */
export function lookupWindow({ after, before, options }: Pick<AlertLookup, 'after' | 'before' | 'options'>, nowS: number): LookupWindow {
  const lengthS = -after
  const end = nowS + before
  const toS = options.includes('unaligned') || lengthS === 0 ? end : Math.floor(end / lengthS) * lengthS
  return { fromS: toS - lengthS, toS }
}

/**
 * A lookup made ready: its pattern and its aggregation are worked out once. The result is undefined when there is no value in the
 * window, or no dimension matches. Anomaly rates are always undefined: nothing here keeps them.
 */
export function compileLookup(lookup: AlertLookup): (samples: Samples, nowS: number) => number | undefined {
  const group = timeGroupOf(lookup)
  const matches = simplePattern(lookup.dimensions === '*' ? [] : patternItems(lookup.dimensions))
  const has = (option: AlertLookup['options'][number]) => lookup.options.includes(option)
  const [isAbsolute, nullIsZero, idsOnly, namesOnly] = [has('absolute'), has('null2zero'), has('match_ids'), has('match_names')]
  const isWanted = ({ id, name }: { id: string; name: string }) =>
    idsOnly && !namesOnly ? matches(id) : namesOnly && !idsOnly ? matches(name) : matches(id, name)

  function valueOf(samples: Samples, dimension: number, { fromS, toS }: LookupWindow): number | undefined {
    const every = samples.updateEveryS
    const list: number[] = []
    // A window shorter than a step holds the row before its end, as agents widen it.
    const startS = Math.min(fromS, toS - every)
    const oldest = Math.max(Math.floor(startS / every) * every + every, samples.firstS ?? Infinity)
    for (let timeS = oldest; timeS <= Math.min(toS, samples.lastS ?? 0); timeS += every) {
      const sample = samples.at(dimension, timeS)
      if (!Number.isNaN(sample)) list.push(isAbsolute ? Math.abs(sample) : sample)
    }
    const value = list.length === 0 ? Number.NaN : group(list)
    if (!Number.isNaN(value)) return value
    return nullIsZero ? 0 : undefined
  }

  return (samples, nowS) => {
    if (lookup.data_source === 'anomalies') return undefined
    const window = lookupWindow(lookup, nowS)
    const wanted = samples.dimensions.map(isWanted)
    const isShare = lookup.data_source === 'percentages'
    // A share is one of all dimensions, also of those that were not asked for.
    const values = samples.dimensions.map((_, index) => (isShare || wanted[index] ? valueOf(samples, index, window) : undefined))
    const total = values.reduce<number>((whole, value) => whole + Math.abs(value ?? 0), 0)
    const parts = values.flatMap((value, index) => {
      if (value === undefined || !wanted[index]) return []
      return [isShare ? (total > 0 ? (value * 100) / total : 0) : value]
    })
    return parts.length === 0 ? undefined : combine(lookup.dims_group, parts)
  }
}

function combine(group: AlertLookup['dims_group'], parts: readonly number[]): number {
  const sum = parts.reduce((total, part) => total + part, 0)
  if (group === 'sum') return sum
  if (group === 'average') return sum / parts.length
  const [min, max] = [Math.min(...parts), Math.max(...parts)]
  return group === 'min' ? min : group === 'max' ? max : max - min
}

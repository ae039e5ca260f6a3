import { formatNumber, scaleFor } from '../units.ts'
import type { FleetMetric } from './fleet-metric.ts'
import type { Samples } from './sample-book.ts'

/**
 * A value with its unit at the size that reads best, for itself or, to be compared with others, at the size of `largest`; a dash for
 * none.
 */
export function valueWords(
  metric: Pick<FleetMetric, 'units'>,
  value: number | undefined,
  largest?: number,
): { readonly number: string; readonly unit: string } {
  if (value === undefined) return { number: '–', unit: '' }
  const scale = scaleFor(metric.units, Math.abs(largest ?? value))
  return { number: formatNumber(value * scale.factor), unit: metric.units === 'load' ? '' : scale.label }
}

/** Older values than this are no picture of now. */
export const oldS = 15

/** How old a value is, in words; empty while it is fresh. */
export function ageWords(ageS: number | undefined): string {
  if (ageS === undefined || ageS < oldS) return ''
  return ageS < 120 ? `${Math.round(ageS)} s old` : `${Math.round(ageS / 60)} min old`
}

/** The rows a line is drawn of: those of the last seconds before the newest, with a gap where rows are missing. */
export function lineOf(
  samples: Samples,
  windowS: number,
): { readonly timesS: readonly number[]; readonly values: readonly (number | null)[] } {
  const toS = samples.timesS.at(-1) ?? 0
  const from = samples.timesS.findIndex((timeS) => timeS >= toS - windowS)
  const timesS: number[] = []
  const values: (number | null)[] = []
  const paces = samples.timesS.slice(1).map((timeS, at) => timeS - (samples.timesS[at] ?? timeS))
  const paceS = Math.max(1, paces.toSorted((a, b) => a - b)[Math.floor(paces.length / 2)] ?? 1)
  for (let row = Math.max(0, from); row < samples.timesS.length; row++) {
    const timeS = samples.timesS[row] ?? 0
    const before = timesS.at(-1)
    if (before !== undefined && timeS - before > 3 * paceS) {
      timesS.push(before + paceS)
      values.push(null)
    }
    timesS.push(timeS)
    values.push(samples.values[row] ?? null)
  }
  return { timesS, values }
}

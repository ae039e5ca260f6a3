import type { AlertLookup } from './alert-document.ts'

/** How samples of one dimension become one number; samples are in the order of time and hold no gap. */
export type TimeGroup = (samples: readonly number[]) => number

const sum: TimeGroup = (samples) => samples.reduce((total, sample) => total + sample, 0)
const average: TimeGroup = (samples) => sum(samples) / samples.length
const sorted = (samples: readonly number[]) => [...samples].sort((a, b) => a - b)
const extent = (samples: readonly number[]) => {
  let [min, max] = [Infinity, -Infinity]
  for (const sample of samples) {
    if (sample < min) min = sample
    if (sample > max) max = sample
  }
  return { min, max }
}

function medianOfSorted(samples: readonly number[]): number {
  const middle = samples.length >> 1
  const upper = samples[middle] ?? Number.NaN
  return samples.length % 2 === 1 ? upper : (upper + (samples[middle - 1] ?? upper)) / 2
}

/** Of a sample of a population, so by one less than their number, as agents do. */
function standardDeviation(samples: readonly number[]): number {
  if (samples.length < 2) return 0
  const mean = average(samples)
  return Math.sqrt(sum(samples.map((sample) => (sample - mean) ** 2)) / (samples.length - 1))
}

/** The mean of those left when a share is cut off at both ends; a sample on the edge counts in part. */
function trimmedMean(samples: readonly number[], percent: number): number {
  const list = sorted(samples)
  const cut = (list.length * Math.min(50, Math.max(0, percent))) / 100
  return meanOfRange(list, cut, list.length - cut)
}

/** The median of those whose value is not in the outer share of the range of values, as agents trim for a median. */
function trimmedMedian(samples: readonly number[], percent: number): number {
  const { min, max } = extent(samples)
  const delta = ((max - min) * Math.min(50, Math.max(0, percent))) / 100
  const kept = sorted(samples).filter((sample) => sample >= min + delta && sample <= max - delta)
  return medianOfSorted(kept.length > 0 ? kept : sorted(samples))
}

/** The mean of the lowest share: this is what agents call a percentile. */
function percentile(samples: readonly number[], percent: number): number {
  const list = sorted(samples)
  return meanOfRange(list, 0, (list.length * Math.min(100, Math.max(0, percent))) / 100)
}

/** The mean of a sorted list between two positions, which may lie within a sample. */
function meanOfRange(list: readonly number[], from: number, to: number): number {
  if (to - from < 1e-9) return medianOfSorted(list)
  let total = 0
  for (let index = Math.floor(from); index < Math.min(list.length, Math.ceil(to)); index++) {
    const share = Math.min(to, index + 1) - Math.max(from, index)
    total += (list[index] ?? 0) * share
  }
  return total / (to - from)
}

/** Samples that smoothing looks back on, at most, as agents are set up. */
const smoothingWindow = 15
const smoothing = (samples: readonly number[]) => 2 / (Math.min(samples.length, smoothingWindow) + 1)

const singleSmoothing: TimeGroup = (samples) => {
  const alpha = smoothing(samples)
  return samples.reduce((level, sample) => alpha * sample + (1 - alpha) * level, samples[0] ?? Number.NaN)
}

const doubleSmoothing: TimeGroup = (samples) => {
  const alpha = smoothing(samples)
  let level = samples[0] ?? Number.NaN
  let trend = 0
  for (const [index, sample] of samples.entries()) {
    if (index === 0) continue
    const before = level
    level = index === 1 ? sample : alpha * sample + (1 - alpha) * (level + trend)
    trend = index === 1 ? sample - before : alpha * (level - before) + (1 - alpha) * trend
  }
  return level
}

const conditions: Readonly<Record<AlertLookup['time_group_condition'], (sample: number, value: number) => boolean>> = {
  '=': (sample, value) => sample === value,
  '!=': (sample, value) => sample !== value,
  '>': (sample, value) => sample > value,
  '>=': (sample, value) => sample >= value,
  '<': (sample, value) => sample < value,
  '<=': (sample, value) => sample <= value,
}

type Grouping = Pick<AlertLookup, 'time_group' | 'time_group_condition' | 'time_group_value'>

/** The aggregation a lookup asks for (agent-api §6.4). Only call it with at least one sample. */
export function timeGroupOf({ time_group, time_group_condition, time_group_value }: Grouping): TimeGroup {
  const groups: Readonly<Record<AlertLookup['time_group'], TimeGroup>> = {
    average,
    sum,
    median: (samples) => medianOfSorted(sorted(samples)),
    min: (samples) => extent(samples).min,
    max: (samples) => extent(samples).max,
    incremental_sum: (samples) => (samples.at(-1) ?? 0) - (samples[0] ?? 0),
    stddev: standardDeviation,
    cv: (samples) => (100 * standardDeviation(samples)) / Math.abs(average(samples)),
    'trimmed-mean': (samples) => trimmedMean(samples, time_group_value),
    'trimmed-median': (samples) => trimmedMedian(samples, time_group_value),
    percentile: (samples) => percentile(samples, time_group_value),
    ses: singleSmoothing,
    des: doubleSmoothing,
    countif: (samples) => {
      const holds = conditions[time_group_condition]
      return (samples.filter((sample) => holds(sample, time_group_value)).length * 100) / samples.length
    },
  }
  return groups[time_group]
}

/** Turns the samples of one row into its value; only called with at least one sample. */
export type Aggregate = (samples: readonly number[]) => number

const sum: Aggregate = (samples) => samples.reduce((total, sample) => total + sample, 0)
const average: Aggregate = (samples) => sum(samples) / samples.length
const last: Aggregate = (samples) => samples.at(-1) ?? Number.NaN
const median: Aggregate = (samples) => {
  const sorted = [...samples].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  const upper = sorted[middle] ?? Number.NaN
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? upper)) / 2
}
const deviation: Aggregate = (samples) => {
  const mean = average(samples)
  return Math.sqrt(average(samples.map((sample) => (sample - mean) ** 2)))
}
/** The sample farthest from zero, its sign kept. */
const extreme: Aggregate = (samples) => samples.reduce((far, sample) => (Math.abs(sample) > Math.abs(far) ? sample : far))

const byName: Readonly<Record<string, Aggregate>> = {
  average,
  avg: average,
  mean: average,
  min: (samples) => Math.min(...samples),
  max: (samples) => Math.max(...samples),
  sum,
  median,
  extremes: extreme,
  stddev: deviation,
  latest: last,
  'incremental-sum': (samples) => last(samples) - (samples[0] ?? 0),
  incremental_sum: (samples) => last(samples) - (samples[0] ?? 0),
}

/** The aggregation of a name, and the name it goes by; unknown names are the average (agent-api §6.4). */
export function aggregateOf(name: string | undefined): { readonly name: string; readonly aggregate: Aggregate } {
  const found = name !== undefined && Object.hasOwn(byName, name) ? byName[name] : undefined
  return found === undefined || name === undefined ? { name: 'average', aggregate: average } : { name, aggregate: found }
}

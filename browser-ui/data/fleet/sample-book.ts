import type { MetricRows } from './fleet-metric.ts'

/** The recent past of one metric of one node. Times are epoch seconds, oldest first. */
export interface Samples {
  readonly timesS: readonly number[]
  readonly values: readonly (number | null)[]
  /** The newest value there is. */
  readonly latest: number | undefined
  /** When the page got it, on its own monotonic clock. */
  readonly atMs: number
}

/** Live values of many nodes, a bounded number of rows each. In memory only, and gone with the page. */
export interface SampleBook {
  note(nodeId: string, metricId: string, rows: MetricRows, atMs: number): void
  get(nodeId: string, metricId: string): Samples | undefined
  /** Forgets every node but these. */
  keep(nodeIds: ReadonlySet<string>): void
}

/** `rowsMax`: so many of the newest rows are kept of each metric of a node. */
export function createSampleBook(rowsMax: number): SampleBook {
  const byNode = new Map<string, Map<string, Samples>>()
  return {
    note(nodeId, metricId, rows, atMs) {
      const metrics = byNode.get(nodeId) ?? new Map<string, Samples>()
      byNode.set(nodeId, metrics)
      const before = metrics.get(metricId)
      const merged = new Map(before?.timesS.map((timeS, row) => [timeS, before.values[row] ?? null]))
      for (const [row, timeS] of rows.timesS.entries()) {
        const value = rows.values[row]
        // A gap never takes a value away: a later answer may hold fewer rows of a slow collector.
        if (value !== undefined || !merged.has(timeS)) merged.set(timeS, value ?? null)
      }
      const sorted = [...merged].sort(([a], [b]) => a - b).slice(-rowsMax)
      const newest = sorted.findLast(([, value]) => value !== null)?.[1] ?? undefined
      metrics.set(metricId, {
        timesS: sorted.map(([timeS]) => timeS),
        values: sorted.map(([, value]) => value),
        latest: newest ?? rows.latest ?? before?.latest,
        atMs,
      })
    },
    get: (nodeId, metricId) => byNode.get(nodeId)?.get(metricId),
    keep(nodeIds) {
      for (const nodeId of byNode.keys()) if (!nodeIds.has(nodeId)) byNode.delete(nodeId)
    },
  }
}

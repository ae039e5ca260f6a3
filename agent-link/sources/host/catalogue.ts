import type { Context } from '../../../src/domain/model.ts'
import { contextVersion } from '../context-version.ts'
import type { Chart } from './chart.ts'

/** Charts of one context, and what they have in common; the family of several instances is what all share, or the context's own word. */
export interface ChartGroup {
  readonly id: string
  readonly title: string
  readonly units: string
  readonly family: string
  readonly chartType: string
  readonly priority: number
  readonly charts: readonly Chart[]
}

/** The families contexts of many instances are filed under; a single instance's own name would change with every disk. */
const groupFamilies: Readonly<Record<string, string>> = { disk: 'disk', net: 'network', mem: 'mem', cpu: 'utilization' }

/** Groups charts by context, in the order of their priority. */
export function groupByContext(charts: Iterable<Chart>): readonly ChartGroup[] {
  const groups = new Map<string, Chart[]>()
  for (const chart of charts) {
    const group = groups.get(chart.context)
    if (group) group.push(chart)
    else groups.set(chart.context, [chart])
  }
  return [...groups]
    .map(([id, members]) => {
      const first = members[0] as Chart
      const isInstanced = first.id !== id
      const family = isInstanced ? (groupFamilies[id.split('.')[0] ?? ''] ?? first.family) : first.family
      const priority = Math.min(...members.map((chart) => chart.priority))
      return { id, title: first.title, units: first.units, family, chartType: first.chartType, priority, charts: members }
    })
    .sort((a, b) => a.priority - b.priority || (a.id < b.id ? -1 : 1))
}

/** The contexts as the cloud keeps them. `sinceS` is when this host began to be watched: it stays over restarts, as the version does. */
export function contextsOf(groups: readonly ChartGroup[], sinceS: number): readonly Context[] {
  return groups.map(({ id, title, units, family, chartType, priority }) => ({
    id,
    title,
    units,
    family,
    chartType,
    priority,
    version: contextVersion({ id, title, units, family, chartType, priority }),
    firstEntryS: BigInt(sinceS),
    lastEntryS: 0n,
  }))
}

import { createHistory } from './history.ts'
import type { History } from './history.ts'

export interface ChartDimension {
  readonly id: string
  readonly name: string
}

/** What a chart is; ids, names, families, units and priorities are the ones Netdata Agents use for the same thing. */
export interface ChartDefinition {
  readonly id: string
  readonly context: string
  readonly family: string
  readonly title: string
  readonly units: string
  readonly priority: number
  readonly chartType: 'line' | 'area' | 'stacked'
  readonly module: string
  readonly plugin?: string
  readonly updateEveryS?: number
  /** Ids, or `id=name` where the shown name differs. */
  readonly dimensions: readonly string[]
  readonly labels?: Readonly<Record<string, string>>
}

/** A chart with its values. */
export interface Chart {
  readonly id: string
  readonly context: string
  readonly family: string
  readonly title: string
  readonly units: string
  readonly priority: number
  readonly chartType: string
  readonly plugin: string
  readonly module: string
  readonly updateEveryS: number
  readonly dimensions: readonly ChartDimension[]
  readonly labels: Readonly<Record<string, string>>
  readonly history: History
}

/** The charts of this host, by id. */
export interface ChartSet {
  readonly charts: ReadonlyMap<string, Chart>
  /** The chart of this definition, made at the first call; undefined when the set is full. */
  ensure(definition: ChartDefinition): Chart | undefined
}

/** Dimensions in all, so that a host with a thousand disks cannot eat its own memory: 29 KB each. */
export const dimensionLimit = 1_500

/** `onNew` hears of every chart made. */
export function createChartSet(onNew: (chart: Chart) => void): ChartSet {
  const charts = new Map<string, Chart>()
  let dimensionCount = 0
  return {
    charts,
    ensure(definition) {
      const known = charts.get(definition.id)
      if (known !== undefined) return known
      if (dimensionCount + definition.dimensions.length > dimensionLimit) return undefined
      dimensionCount += definition.dimensions.length
      const plugin = definition.plugin ?? 'proc.plugin'
      const chart: Chart = {
        ...definition,
        plugin,
        updateEveryS: definition.updateEveryS ?? 1,
        dimensions: definition.dimensions.map((text) => {
          const [id = text, name = id] = text.split('=')
          return { id, name }
        }),
        labels: { _collect_plugin: plugin, _collect_module: definition.module || '[none]', ...definition.labels },
        history: createHistory(definition.dimensions.length, definition.updateEveryS ?? 1),
      }
      charts.set(chart.id, chart)
      onNew(chart)
      return chart
    },
  }
}

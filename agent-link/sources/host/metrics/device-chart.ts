import type { ChartDefinition } from '../chart.ts'

/** A chart that each device of a kind has, as a row of a table. */
export type DeviceChart = readonly [
  prefix: string,
  context: string,
  title: string,
  units: string,
  type: 'line' | 'area',
  priority: number,
  dimensions: readonly string[],
]

/** The definition of that chart for one device: its id ends in the device's name, which is its family too. */
export function deviceDefinition(
  [prefix, context, title, units, chartType, priority, dimensions]: DeviceChart,
  { name, module, labels }: { name: string; module: string; labels: Readonly<Record<string, string>> },
): ChartDefinition {
  return { id: `${prefix}.${name}`, context, family: name, title, units, priority, chartType, module, dimensions, labels }
}

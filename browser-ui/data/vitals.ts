import type { ChartFrame } from './chart-frame.ts'
import type { Aggregation, MetricsFrame } from './metrics/metrics-feed.ts'
import { formatNumber, scaleFor } from './units.ts'

/** Values of one context at one time, by dimension; undefined for a gap. */
export type Reading = (dimensionId: string) => number | undefined

/** One of the few numbers people look at first. */
export interface Vital {
  readonly id: string
  readonly title: string
  readonly contextId: string
  /** The sparkline's ceiling, when there is a natural one. */
  readonly ceiling?: number
  /** One number out of a reading; undefined when it has none. */
  value(reading: Reading, dimensionIds: readonly string[]): number | undefined
  /** The number and what stands under it. */
  words(value: number, reading: Reading, units: string): { readonly number: string; readonly unit: string; readonly detail: string }
}

const sum = (reading: Reading, ids: readonly string[]): number | undefined => {
  const values = ids.map(reading).filter((value) => value !== undefined)
  return values.length === 0 ? undefined : values.reduce((total, value) => total + value, 0)
}
const magnitudes = (reading: Reading, ids: readonly string[]) => sum((id) => absolute(reading(id)), ids)
const absolute = (value: number | undefined) => (value === undefined ? undefined : Math.abs(value))
const said = (value: number, units: string) => {
  const scale = scaleFor(units, Math.abs(value))
  return `${formatNumber(Math.abs(value) * scale.factor)} ${scale.label}`
}

const throughput = (
  id: string,
  title: string,
  contextId: string,
  inIds: readonly string[],
  outIds: readonly string[],
  inWord: string,
  outWord: string,
): Vital => ({
  id,
  title,
  contextId,
  value: magnitudes,
  words(value, reading, units) {
    const { factor, label } = scaleFor(units, value)
    const part = (ids: readonly string[]) => {
      const size = magnitudes(reading, ids)
      return formatNumber(size === undefined ? size : size * factor)
    }
    // Both in the unit of the number above: they are compared at a glance, and the line is short.
    return {
      number: formatNumber(value * factor),
      unit: label,
      detail: `${inWord} ${part(inIds)} · ${outWord} ${part(outIds)} ${label}`,
    }
  },
})

/** The vitals of a host, from contexts every agent has. */
export const vitals: readonly Vital[] = [
  {
    id: 'cpu',
    title: 'CPU',
    contextId: 'system.cpu',
    ceiling: 100,
    value: (reading, ids) =>
      sum(
        reading,
        ids.filter((id) => id !== 'idle'),
      ),
    words: (value, reading) => ({
      number: formatNumber(value),
      unit: '%',
      detail: `user ${formatNumber(reading('user'))} · system ${formatNumber(reading('system'))}`,
    }),
  },
  {
    id: 'memory',
    title: 'Memory used',
    contextId: 'system.ram',
    ceiling: 100,
    value(reading, ids) {
      const total = sum(reading, ids)
      const used = reading('used')
      return total === undefined || used === undefined || total === 0 ? undefined : (used / total) * 100
    },
    words(value, reading, units) {
      const used = reading('used') ?? 0
      return { number: formatNumber(value), unit: '%', detail: `${said(used, units)} of ${said((used / value) * 100, units)}` }
    },
  },
  {
    id: 'load',
    title: 'Load',
    contextId: 'system.load',
    value: (reading) => reading('load1'),
    words: (value, reading) => ({
      number: formatNumber(value),
      unit: '',
      detail: `5 min ${formatNumber(reading('load5'))} · 15 min ${formatNumber(reading('load15'))}`,
    }),
  },
  throughput('disk', 'Disk', 'system.io', ['in'], ['out'], 'read', 'write'),
  throughput('network', 'Network', 'system.net', ['received', 'InOctets'], ['sent', 'OutOctets'], 'in', 'out'),
  {
    id: 'processes',
    title: 'Processes',
    contextId: 'system.processes',
    value: (reading, ids) => sum(reading, ids),
    words: (_value, reading) => ({
      number: formatNumber(reading('running')),
      unit: 'running',
      detail: `${formatNumber(reading('blocked'))} blocked`,
    }),
  },
]

/** How the values of several nodes become one: loads and shares of CPU as their mean, amounts added up. */
export function vitalAggregation(vital: Vital): Aggregation {
  return vital.id === 'cpu' || vital.id === 'load' ? 'average' : 'sum'
}

/** A frame with how many metrics are behind each series, when it is one of several nodes. */
type Counted = ChartFrame & Partial<Pick<MetricsFrame, 'wholeFromS' | 'volumes'>>

/** A vital's value at each time of a frame; none where only some of the sources had begun, which would look like a rise. */
export function vitalLine(vital: Vital, frame: Counted): readonly (number | null)[] {
  const ids = frame.series.map((line) => line.dimensionId)
  const { wholeFromS = 0 } = frame
  return frame.timesS.map((timeS, row) => (timeS < wholeFromS ? null : (vital.value(vitalReading(vital, frame, row), ids) ?? null)))
}

/**
 * The values of one row of a frame. Where they are means, one that only some nodes have counts as 0 on the others: else the parts
 * of a whole would add up to more than it.
 */
export function vitalReading(vital: Vital, { series, volumes = [] }: Counted, row: number): Reading {
  const most = vitalAggregation(vital) === 'average' ? Math.max(0, ...volumes) : 0
  return (dimensionId) => {
    const place = series.findIndex((line) => line.dimensionId === dimensionId)
    const value = series[place]?.values[row] ?? undefined
    return value === undefined || most === 0 ? value : (value * (volumes[place] ?? most)) / most
  }
}

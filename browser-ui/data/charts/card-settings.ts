import type { ContextSummary } from '../feed/catalogue.ts'
import { defaultChoice, type Aggregation, type ChartChoice, type GroupBy } from '../metrics/metrics-feed.ts'
import { isPercentage } from '../units.ts'

/** How the values of a chart are painted. */
export type ChartKind = 'line' | 'area' | 'stacked' | 'heatmap'

/** What a person changed about one chart; what is missing is as the chart came. */
export interface CardSettings {
  readonly nodeIds?: readonly string[]
  readonly instances?: readonly string[]
  readonly dimensions?: readonly string[]
  readonly labels?: ChartChoice['labels']
  readonly groupBy?: readonly GroupBy[]
  readonly aggregation?: Aggregation
  readonly kind?: ChartKind
  /** Ids of series that were switched off in the legend. */
  readonly hidden?: readonly string[]
}

export const aggregations: readonly Aggregation[] = ['average', 'sum', 'min', 'max']
export const chartKinds: readonly ChartKind[] = ['line', 'area', 'stacked', 'heatmap']

/** A chart as it came. */
export const noSettings: CardSettings = {}

export const isUntouched = (settings: CardSettings): boolean => Object.keys(settings).length === 0

/** The settings with one of them changed; undefined takes it back to what the chart came with. */
export function withSetting<K extends keyof CardSettings>(
  settings: CardSettings,
  key: K,
  value: CardSettings[K] | undefined,
): CardSettings {
  const { [key]: _, ...rest } = settings
  const next: CardSettings = value === undefined ? rest : { ...rest, [key]: value }
  // Other series come and go with the grouping: what was switched off before means nothing then.
  if (key !== 'groupBy' || next.hidden === undefined) return next
  const { hidden: __, ...shown } = next
  return shown
}

/** What the feed is asked for a context with these settings. Chosen nodes that are not among `nodeIds` any more do not count. */
export function choiceOf(context: Pick<ContextSummary, 'id' | 'units'>, settings: CardSettings, nodeIds?: readonly string[]): ChartChoice {
  const base = defaultChoice(context, isPercentage(context.units))
  const chosenNodes = nodeIds === undefined ? settings.nodeIds : settings.nodeIds?.filter((id) => nodeIds.includes(id))
  return {
    ...base,
    nodeIds: chosenNodes === undefined || chosenNodes.length === 0 ? base.nodeIds : chosenNodes,
    instances: settings.instances ?? base.instances,
    dimensions: settings.dimensions ?? base.dimensions,
    labels: settings.labels ?? base.labels,
    groupBy: settings.groupBy ?? base.groupBy,
    aggregation: settings.aggregation ?? base.aggregation,
  }
}

/** How a chart is painted: as chosen, otherwise as its agent says; anything unknown as lines. */
export function kindOf(context: Pick<ContextSummary, 'chartType'>, settings: CardSettings): ChartKind {
  return settings.kind ?? chartKinds.find((kind) => kind === context.chartType) ?? 'line'
}

/** The ways a chart can be painted; a heat map only where the agent says so. */
export function kindsFor(context: Pick<ContextSummary, 'chartType'>): readonly ChartKind[] {
  return context.chartType === 'heatmap' ? chartKinds : chartKinds.filter((kind) => kind !== 'heatmap')
}

/** A list with one entry put in or taken out. `chosen` undefined means all; all of them, or none, is all again. */
export function toggled(all: readonly string[], chosen: readonly string[] | undefined, id: string): readonly string[] | undefined {
  const before = new Set(chosen ?? all)
  if (before.has(id)) before.delete(id)
  else before.add(id)
  const next = all.filter((entry) => before.has(entry))
  return next.length === 0 || next.length === all.length ? undefined : next
}

/** The grouping with one way put in at the end or taken out; the last one stays. */
export function toggledGroup(groupBy: readonly GroupBy[], group: GroupBy): readonly GroupBy[] {
  if (!groupBy.includes(group)) return [...groupBy, group]
  return groupBy.length === 1 ? groupBy : groupBy.filter((entry) => entry !== group)
}

/** Label pairs with one put in or taken out. */
export function toggledLabel(labels: ChartChoice['labels'], key: string, value: string): ChartChoice['labels'] {
  const rest = labels.filter((label) => label.key !== key || label.value !== value)
  return rest.length === labels.length ? [...labels, { key, value }] : rest
}

/** The settings after a person picked one series of the legend: alone, or to switch it. `ids` are all there are. */
export function picked(settings: CardSettings, ids: readonly string[], id: string, isAlone: boolean): CardSettings {
  const next = (isAlone ? isolated : switched)(ids, settings.hidden ?? [], id)
  return withSetting(settings, 'hidden', next.length === 0 ? undefined : next)
}

/** What is switched off after a person took one series alone; again, and all are back. */
export function isolated(ids: readonly string[], hidden: readonly string[], id: string): readonly string[] {
  const others = ids.filter((other) => other !== id)
  const isAlone = !hidden.includes(id) && others.every((other) => hidden.includes(other))
  return isAlone ? [] : others
}

/** What is switched off after a person switched one series; the last one cannot go: then all are back. */
export function switched(ids: readonly string[], hidden: readonly string[], id: string): readonly string[] {
  const next = hidden.includes(id) ? hidden.filter((other) => other !== id) : [...hidden, id]
  return ids.every((other) => next.includes(other)) ? [] : next
}

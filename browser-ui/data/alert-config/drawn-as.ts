import type { AlertRule } from '../../../src/health/alert-document.ts'
import { patternItems, simplePattern } from '../../../src/domain/simple-pattern.ts'
import type { CardSettings } from '../charts/card-settings.ts'
import type { ContextInstance } from '../feed/catalogue.ts'
import type { Aggregation } from '../metrics/metrics-feed.ts'
import { isEmpty } from './is-empty.ts'

const aggregationOf = { sum: 'sum', average: 'average', min: 'min', max: 'max', min2max: 'max' } as const satisfies Record<
  string,
  Aggregation
>
/** Methods whose result is of the size of what was collected. */
const keepsSize: ReadonlySet<string> = new Set([
  'average',
  'median',
  'min',
  'max',
  'trimmed-mean',
  'trimmed-median',
  'percentile',
  'ses',
  'des',
])

/** Why thresholds are not drawn on the live chart; undefined when they are: the rule's value is of the kind that the chart shows. */
export function whyNoLines({ config: { value } }: AlertRule): string | undefined {
  const lookup = value.database_lookup
  if (lookup.after === 0) return 'The rule calculates its value, so its thresholds are drawn in the back-test and not here.'
  if (!isEmpty(value.calculation) && !/^\s*\$(this|\{this\})\s*$/.test(value.calculation)) {
    return 'The rule calculates with what it looks up, so its thresholds are drawn in the back-test and not here.'
  }
  if (
    lookup.data_source !== 'samples' ||
    lookup.options.includes('absolute') ||
    lookup.dims_group === 'min2max' ||
    !keepsSize.has(lookup.time_group)
  ) {
    return 'The rule’s value is of another kind than what was collected, so its thresholds are drawn in the back-test and not here.'
  }
  return undefined
}

/** The settings with which a chart shows what a rule looks up: a line for each instance it takes, its dimensions joined as it joins them. */
export function chartSettingsOf(
  { type, config: { value } }: AlertRule,
  all: readonly ContextInstance[],
  taken: readonly ContextInstance[],
): CardSettings {
  const lookup = value.database_lookup
  const dimensions = dimensionsOf(lookup.dimensions, all)
  const isAll = type === 'template' && taken.length === all.length
  return {
    kind: 'line',
    groupBy: lookup.after === 0 ? ['instance', 'dimension'] : ['instance'],
    aggregation: aggregationOf[lookup.dims_group],
    ...(isAll || taken.length === 0 ? {} : { instances: taken.map(({ chartId }) => chartId) }),
    ...(dimensions === undefined || lookup.after === 0 ? {} : { dimensions }),
  }
}

/** The names of the dimensions that a pattern takes; undefined for all, and when it takes none. */
function dimensionsOf(pattern: string, instances: readonly ContextInstance[]): readonly string[] | undefined {
  const items = pattern.trim() === '*' ? [] : pattern.split(/\s+/).flatMap(patternItems)
  if (items.length === 0) return undefined
  const isTaken = simplePattern(items)
  const names = new Set(
    instances.flatMap(({ dimensions }) => dimensions.filter(({ id, name }) => isTaken(id, name)).map(({ name }) => name)),
  )
  return names.size === 0 ? undefined : [...names]
}

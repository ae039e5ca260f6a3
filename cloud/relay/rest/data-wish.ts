import { z } from 'zod'
import { groupings } from '../../../src/live/questions.ts'
import { isExactItem, simplePattern } from '../../../src/domain/simple-pattern.ts'
import { ThroughlineError } from '../../../src/errors/throughline-error.ts'
import { restLimits } from './rest-limits.ts'

/** One pass of grouping, in the agents' words. */
export interface GroupPass {
  readonly groupBy: readonly (typeof groupings)[number][]
  readonly labels: readonly string[]
  readonly aggregation: string
}

/** What a client wants to see, read from a body of any of the forms there are (cloud-api §9.2, §11). Empty lists mean all. */
export interface DataWish {
  readonly scopeNodes: readonly string[]
  readonly selectedNodes: readonly string[]
  readonly contexts: readonly string[]
  readonly instances: readonly string[]
  readonly dimensions: readonly string[]
  /** `key:value`: any value of one key, every key named. */
  readonly labels: readonly string[]
  readonly alerts: readonly string[]
  /** Something was named that no agent can be asked for, and so nothing matches. */
  readonly isNothing: boolean
  /** Epoch seconds, relative when negative. */
  readonly afterS: number
  readonly beforeS: number
  readonly points: number
  readonly tier: number | undefined
  readonly baseline: { readonly afterS: number; readonly beforeS: number } | undefined
  readonly passes: readonly GroupPass[]
  readonly timeGroup: string
  readonly timeGroupOptions: string
  readonly timeResamplingS: number
  readonly options: ReadonlySet<string>
  readonly limit: number | undefined
  readonly timeoutMs: number
  readonly method: string
}

const texts = z
  .union([
    z
      .string()
      .max(4_000)
      .transform((text) => (text === '' ? [] : [text])),
    z.array(z.string().max(500)).max(restLimits.listItems),
  ])
  .nullish()
  .transform((list) => list ?? [])
const number = z.number().min(-1e15).max(1e15)
const filters = z
  .object({ nodes: texts, contexts: texts, instances: texts, dimensions: texts, labels: texts, alerts: texts })
  .nullish()
  .transform((value) => value ?? { nodes: [], contexts: [], instances: [], dimensions: [], labels: [], alerts: [] })
const pass = z.object({
  group_by: texts,
  groupBy: texts,
  group_by_label: texts,
  groupByLabel: texts,
  aggregation: z.string().max(40).nullish(),
})

const current = z.object({
  scope: filters,
  selectors: filters,
  window: z
    .object({
      after: number.nullish(),
      before: number.nullish(),
      points: number.nullish(),
      duration: number.nullish(),
      tier: z.number().int().min(0).max(16).nullish(),
      baseline: z.object({ after: number.nullish(), before: number.nullish() }).nullish(),
    })
    .nullish(),
  aggregations: z
    .object({
      metrics: z.array(pass).max(2).nullish(),
      time: z
        .object({
          time_group: z.string().max(40).nullish(),
          time_group_options: z.union([z.string().max(60), number]).nullish(),
          time_resampling: number.nullish(),
        })
        .nullish(),
    })
    .nullish(),
  format: z.string().max(20).nullish(),
  options: texts,
  timeout: number.nullish(),
  limit: z.number().int().min(0).max(10_000).nullish(),
  method: z.string().max(20).nullish(),
})

/** The form of v1 and of early v2 (cloud-api §11). */
const older = z.object({
  filter: z.object({ nodeIDs: texts, context: texts, dimensions: texts }),
  after: number.nullish(),
  before: number.nullish(),
  points: number.nullish(),
  group: z.string().max(40).nullish(),
  gtime: number.nullish(),
  agent_options: texts,
  aggregations: z
    .array(z.object({ method: z.string().max(40).nullish(), groupBy: texts }))
    .max(2)
    .nullish(),
})

const aggregations: Readonly<Record<string, string>> = { avg: 'average', mean: 'average' }
const knownAggregations = new Set(['average', 'sum', 'min', 'max', 'percentage', 'median', 'extremes'])

/** Options that mean something for a table of numbers; what else a client sends is passed over. */
const knownOptions = new Set([
  'ms',
  'milliseconds',
  'nonzero',
  'null2zero',
  'absolute',
  'abs',
  'percentage',
  'unaligned',
  'anomaly-bit',
  'match-ids',
  'match-names',
  'raw',
])

/** Reads a body. Throws BODY_MALFORMED with a sentence; unknown members are passed over. */
export function readDataWish(json: unknown): DataWish {
  const isOlder = typeof json === 'object' && json !== null && Object.hasOwn(json, 'filter') && !Object.hasOwn(json, 'scope')
  const parsed = isOlder ? older.transform(modernised).safeParse(json) : current.safeParse(json)
  if (!parsed.success) throw refused(`${parsed.error.issues[0]?.path.map(String).join('.') || 'it'} is not as it should be`)
  const { scope, selectors, window, aggregations: grouping, format, options, timeout, limit, method } = parsed.data
  if (format !== undefined && format !== null && !['', 'json2', 'json'].includes(format)) throw refused('format is json2')
  if (scope.nodes.includes('*')) throw refused('name nodes by their ids, or none for all of them')
  const chosen = {
    contexts: chosenOf(scope.contexts, selectors.contexts),
    instances: chosenOf(scope.instances, selectors.instances),
    dimensions: chosenOf(scope.dimensions, selectors.dimensions),
    labels: chosenOf(scope.labels, selectors.labels),
    alerts: chosenOf([], selectors.alerts),
  }
  const afterS = Math.floor(window?.after ?? (window?.duration ? -Math.abs(window.duration) : -600))
  const beforeS = Math.floor(window?.before ?? 0)
  const passes = (grouping?.metrics ?? []).map(passOf)
  const time = grouping?.time
  const timeGroup = time?.time_group || 'average'
  if (!/^[a-z0-9-]{1,40}$/.test(timeGroup)) throw refused('time_group is a word')
  const timeGroupOptions = String(time?.time_group_options ?? '')
  if (!/^[\w.<>=!: -]{0,60}$/.test(timeGroupOptions)) throw refused('time_group_options is a number or a condition')
  const baseline = window?.baseline
  return {
    ...(Object.fromEntries(Object.entries(chosen).map(([name, { items }]) => [name, items])) as Record<
      keyof typeof chosen,
      readonly string[]
    >),
    isNothing: Object.values(chosen).some(({ isNothing }) => isNothing),
    scopeNodes: scope.nodes,
    selectedNodes: selectors.nodes,
    afterS,
    beforeS,
    points: pointsOf(window?.points ?? 0, afterS, beforeS),
    tier: window?.tier ?? undefined,
    baseline:
      baseline === undefined || baseline === null
        ? undefined
        : { afterS: Math.floor(baseline.after ?? 0), beforeS: Math.floor(baseline.before ?? 0) },
    passes: passes.length === 0 ? [{ groupBy: ['dimension'], labels: [], aggregation: 'average' }] : passes,
    timeGroup,
    timeGroupOptions,
    timeResamplingS: Math.max(0, Math.floor(time?.time_resampling ?? 0)),
    options: new Set(options.flatMap((option) => option.split(/[ ,|]/)).filter((option) => knownOptions.has(option))),
    // Clients say zero where they want no limit.
    limit: limit === null || limit === 0 ? undefined : limit,
    timeoutMs: Math.min(Math.max(1_000, timeout || restLimits.defaultTimeoutMs), restLimits.longTimeoutMs),
    method: method || 'volume',
  }
}

function modernised({
  filter,
  after,
  before,
  points,
  group,
  gtime,
  agent_options,
  aggregations: passes,
}: z.output<typeof older>): z.output<typeof current> {
  const nothing = { nodes: [], contexts: [], instances: [], dimensions: [], labels: [], alerts: [] }
  return {
    scope: { ...nothing, nodes: filter.nodeIDs, contexts: filter.context, dimensions: filter.dimensions },
    selectors: nothing,
    window: { after, before, points },
    aggregations: {
      metrics: passes?.map(({ method, groupBy }) => ({
        group_by: groupBy,
        groupBy: [],
        group_by_label: [],
        groupByLabel: [],
        aggregation: method,
      })),
      time: { time_group: group, time_resampling: gtime },
    },
    options: agent_options,
  }
}

function passOf({ group_by, groupBy, group_by_label, groupByLabel, aggregation }: z.output<typeof pass>): GroupPass {
  const words = [...new Set((group_by.length > 0 ? group_by : groupBy).flatMap((word) => word.split(/[,|]/)).filter((word) => word !== ''))]
  const known = words.filter((word): word is (typeof groupings)[number] => (groupings as readonly string[]).includes(word))
  if (known.length < words.length) throw refused(`group_by is of ${groupings.join(', ')}`)
  const labels = [...new Set(group_by_label.length > 0 ? group_by_label : groupByLabel)]
  if (labels.length > 16 || labels.some((label) => label === '' || !itemText.test(label))) throw refused('group_by_label is a list of keys')
  const name = aggregations[aggregation ?? ''] ?? (aggregation || 'average')
  if (!knownAggregations.has(name)) throw refused(`aggregation is of avg, ${[...knownAggregations].slice(1).join(', ')}`)
  // Keys alone mean grouping by them; a word alone, without a key, means nothing.
  const groups =
    labels.length === 0 ? known.filter((word) => word !== 'label') : known.includes('label') ? known : [...known, 'label' as const]
  return { groupBy: groups.length === 0 ? ['dimension'] : groups, labels, aggregation: name }
}

/** What can stand in a list for an agent: it decodes a target before it splits it (agent-api §2.4). */
const itemText = /^[^,|&%"\\\p{Cc}\p{Cs}\p{Zl}\p{Zp}]+$/u

/** A hard filter and a soft one as the one list agents are asked with; `*` is all. */
function chosenOf(
  scope: readonly string[],
  selected: readonly string[],
): { readonly items: readonly string[]; readonly isNothing: boolean } {
  const isAll = (list: readonly string[]) => list.length === 0 || list.includes('*')
  const wanted = isAll(scope)
    ? isAll(selected)
      ? []
      : selected
    : isAll(selected) || !scope.every(isExactItem)
      ? scope
      : scope.filter((item) => simplePattern(selected)(item))
  const wasAll = isAll(scope) && isAll(selected)
  const items = [...new Set(wanted)].filter((item) => itemText.test(item))
  return { items, isNothing: !wasAll && items.length === 0 }
}

/** As many rows as asked for; as many as there are seconds where nothing is said, within the bound. */
function pointsOf(points: number, afterS: number, beforeS: number): number {
  const spanS = afterS <= 0 ? -afterS : beforeS > 0 ? Math.abs(beforeS - afterS) : restLimits.mergedPoints
  return Math.min(Math.max(1, Math.floor(points) || Math.min(spanS, restLimits.mergedPoints)), restLimits.points)
}

function refused(what: string): ThroughlineError {
  return new ThroughlineError('BODY_MALFORMED', `This cannot be asked: ${what}.`)
}

import { z } from 'zod'
import { filterText, labelKeyText, nameText } from './filter-text.ts'
import { liveLimits } from './limits.ts'

/**
 * What a browser may ask once. It names parts; path, method, headers and query are the relay's. Agents decode a target before they
 * split it (agent-api §2.4), so an ampersand can be written in no way at all and is part of no grammar here.
 */

/**
 * Context and chart names as agents make them: no separators of the query language, no white space, no control characters,
 * nothing an old agent would echo unescaped, no half of a surrogate pair (it has no percent-encoded form).
 */
export const nameSchema = z.string().max(200).regex(nameText)
const filterSchema = z.string().max(200).regex(filterText)
const filters = z.array(filterSchema).min(1).max(liveLimits.filterItems).readonly().optional()

/** A label that an instance has to carry; several of one key: any of them. */
const labelSchema = z.strictObject({ key: z.string().max(200).regex(labelKeyText), value: filterSchema })

const seconds = z.number().int().min(-94_608_000).max(4_102_444_800)
const window = {
  contexts: z.array(nameSchema).min(1).max(200).readonly(),
  afterS: seconds,
  beforeS: seconds,
  points: z.number().int().min(1).max(liveLimits.maxPoints),
}

/** What `data-v2` groups by, and how; the agents' own words (agent-api §8.1). */
export const groupings = ['dimension', 'instance', 'label', 'node', 'context', 'units', 'selected', 'percentage-of-instance'] as const
export const aggregations = ['average', 'min', 'max', 'sum', 'percentage', 'extremes'] as const
export const timeGroups = ['average', 'min', 'max', 'sum', 'median', 'extremes', 'incremental-sum', 'stddev', 'cv'] as const

/** How long an agent may work on a function or on its configuration; both take seconds (agent-api §2.5). */
const operationS = z.number().int().max(liveLimits.operationMaxS)

/** Names of functions, such as `systemd-journal` or `topology:snmp`; those that start with two underscores are the agent's own. */
const functionName = z
  .string()
  .max(100)
  .regex(/^(?!__)[\w][\w.:-]*$/)
/** A word, or the id of a facet, which has dots in it. */
const argumentKey = z
  .string()
  .max(64)
  .regex(/^[A-Za-z_][\w.-]*$/)
/** Arguments are separated by spaces, items of a list by commas; quotes group words at agents. */
const argumentText = z
  .string()
  .min(1)
  .max(500)
  .regex(/^[^\s&"'\\\p{Cc}\p{Cs}]+$/u)
const argumentItem = argumentText.regex(/^[^,]+$/)

/** One argument: a bare word (`info`) without value, else `key:value`, a list as `key:one,two`. */
const argument = z.strictObject({
  key: argumentKey,
  value: z.union([argumentText, z.number().int(), z.boolean(), z.array(argumentItem).min(1).max(100).readonly()]).optional(),
})

/** Ids of configuration items: colons build a hierarchy; no white space and no quote (agent-api §11.1). */
const configId = z
  .string()
  .min(1)
  .max(250)
  .regex(/^[^\s'"`\\&=#?\p{Cc}\p{Cs}]+$/u)
const configPath = z
  .string()
  .max(250)
  .regex(/^\/[^\s'"`\\&=#?\p{Cc}\p{Cs}]*$/u)
/** A document as JSON text; what it means is between the page and the agent. */
const configBody = z.string().min(2).max(liveLimits.configBodyBytes).refine(isDocument)

const config = { kind: z.literal('config'), timeoutS: operationS.min(10) }

/** One action on dynamic configuration (agent-api §11.1). Only those that take a document have a body. */
const configSchema = z.discriminatedUnion('action', [
  z.strictObject({ ...config, action: z.literal('tree'), path: configPath }),
  z.strictObject({ ...config, action: z.literal('get'), id: configId }),
  z.strictObject({ ...config, action: z.literal('schema'), id: configId }),
  z.strictObject({ ...config, action: z.literal('enable'), id: configId }),
  z.strictObject({ ...config, action: z.literal('disable'), id: configId }),
  z.strictObject({ ...config, action: z.literal('remove'), id: configId }),
  z.strictObject({ ...config, action: z.literal('restart'), id: configId }),
  z.strictObject({ ...config, action: z.literal('update'), id: configId, body: configBody }),
  z.strictObject({ ...config, action: z.literal('add'), id: configId, name: configId, body: configBody }),
  z.strictObject({ ...config, action: z.literal('userconfig'), id: configId, name: configId.optional(), body: configBody }),
  z.strictObject({ ...config, action: z.literal('test'), id: configId, name: configId.optional(), body: configBody }),
])

/**
 * Data that the agent aggregates; agents from 1.39 on. Group labels belong to grouping by label, and to nothing else. `nodeIds` are
 * the nodes it spans, all of one agent; without them it is the addressed node. `raw` leaves sums undivided and adds how many metrics
 * are in each, to be merged with the answers of other agents.
 */
const aggregatedSchema = z
  .strictObject({
    kind: z.literal('data-v2'),
    ...window,
    groupBy: z.array(z.enum(groupings)).min(1).max(groupings.length).readonly(),
    groupByLabels: z.array(nameSchema).max(8).readonly(),
    aggregation: z.enum(aggregations),
    timeGroup: z.enum(timeGroups),
    nodeIds: z.array(z.uuid()).min(1).max(liveLimits.scopeNodes).readonly().optional(),
    instances: filters,
    dimensions: filters,
    labels: z.array(labelSchema).min(1).max(liveLimits.filterItems).readonly().optional(),
    raw: z.boolean().optional(),
  })
  .refine(({ groupBy, groupByLabels }) => groupBy.includes('label') === groupByLabels.length > 0)
export type AggregatedQuestion = z.infer<typeof aggregatedSchema>

/** A question that stands has to end now: a fixed span would answer the same for ever. */
export const watchedSchema = aggregatedSchema.refine(({ afterS, beforeS }) => afterS < 0 && beforeS === 0)

/** What may be asked once. Times are epoch seconds, or seconds relative to now when negative. */
export const questionSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('data'), ...window, instances: filters, dimensions: filters }),
  aggregatedSchema,
  z.strictObject({ kind: z.literal('contexts') }),
  z.strictObject({ kind: z.literal('info') }),
  z.strictObject({ kind: z.literal('alerts') }),
  /** What became of the alerts of this name lately, newest first; agents from 1.41 on. `anchor` is the `gi` of the last row one has. */
  z.strictObject({
    kind: z.literal('alert-transitions'),
    name: filterSchema,
    last: z.number().int().min(1).max(liveLimits.transitions),
    anchor: z.number().int().min(1).max(Number.MAX_SAFE_INTEGER).optional(),
  }),
  /** What became of the alerts of a chart, as far as the agent remembers; every agent. */
  z.strictObject({ kind: z.literal('alert-log'), chart: filterSchema }),
  /** The list of functions the node offers. */
  z.strictObject({ kind: z.literal('functions') }),
  z.strictObject({
    kind: z.literal('function'),
    name: functionName,
    args: z.array(argument).max(liveLimits.functionArguments).readonly(),
    timeoutS: operationS.min(1),
  }),
  configSchema,
])
export type LiveQuestion = z.infer<typeof questionSchema>
export type ConfigQuestion = z.infer<typeof configSchema>
export type FunctionQuestion = Extract<LiveQuestion, { kind: 'function' }>

const encoder = new TextEncoder()

/** Whether a text is a JSON object within the size agents read; a document is never anything else (agent-api §11.5). */
function isDocument(text: string): boolean {
  if (encoder.encode(text).byteLength > liveLimits.configBodyBytes) return false
  try {
    const parsed: unknown = JSON.parse(text)
    return typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)
  } catch {
    return false
  }
}

import { z } from 'zod'

/**
 * The document by which an alert is configured (agent-api §11.5): one name, its rules in order. Agents ≥ 1.45 take it over the link,
 * agent-link's host source evaluates it itself, the cloud keeps it as metadata. It is always complete and holds no null, so that every
 * version of agents takes it.
 */

export const documentLimits = { nameChars: 200, textChars: 1_000, expressionChars: 2_000, patternChars: 1_000, rules: 64 } as const

export const timeGroups = [
  'average',
  'median',
  'min',
  'max',
  'sum',
  'incremental_sum',
  'stddev',
  'cv',
  'trimmed-mean',
  'trimmed-median',
  'percentile',
  'ses',
  'des',
  'countif',
] as const
export const groupConditions = ['=', '!=', '>', '>=', '<', '<='] as const
export const dimensionGroups = ['sum', 'average', 'min', 'max', 'min2max'] as const
export const dataSources = ['samples', 'percentages', 'anomalies'] as const
export const lookupOptions = ['unaligned', 'absolute', 'null2zero', 'match_ids', 'match_names'] as const

/** One line of text without control characters. */
const line = (max: number) =>
  z
    .string()
    .max(max)
    .refine((text) => !/[\p{Cc}\p{Zl}\p{Zp}]/u.test(text), 'must be one line')
const seconds = z
  .int()
  .min(0)
  .max(365 * 86_400)

const lookupSchema = z.strictObject({
  /** Seconds, negative; 0: no lookup. */
  after: z
    .int()
    .min(-365 * 86_400)
    .max(0),
  before: z
    .int()
    .min(-365 * 86_400)
    .max(0),
  time_group: z.enum(timeGroups),
  time_group_condition: z.enum(groupConditions),
  time_group_value: z.number(),
  dims_group: z.enum(dimensionGroups),
  data_source: z.enum(dataSources),
  options: z.array(z.enum(lookupOptions)).max(lookupOptions.length),
  /** A pattern; `*`: all. */
  dimensions: line(documentLimits.patternChars),
})

const ruleConfigSchema = z.strictObject({
  match: z.strictObject({
    /** A context (template) or an instance. */
    on: line(documentLimits.nameChars).min(1),
    host_labels: line(documentLimits.patternChars),
    instance_labels: line(documentLimits.patternChars),
  }),
  summary: line(documentLimits.textChars),
  info: line(documentLimits.textChars),
  type: line(documentLimits.nameChars),
  component: line(documentLimits.nameChars),
  classification: line(documentLimits.nameChars),
  value: z.strictObject({
    database_lookup: lookupSchema,
    /** An expression; empty: the result of the lookup. */
    calculation: line(documentLimits.expressionChars),
    units: line(64),
    update_every: z.int().min(1).max(86_400),
  }),
  conditions: z.strictObject({
    warning_condition: line(documentLimits.expressionChars),
    critical_condition: line(documentLimits.expressionChars),
  }),
  action: z.strictObject({
    options: z.array(z.literal('no-clear-notification')).max(1),
    execute: line(documentLimits.textChars),
    recipient: line(documentLimits.textChars),
    delay: z.strictObject({ up: seconds, down: seconds, max: seconds, multiplier: z.number().min(0).max(1_000) }),
    repeat: z.strictObject({ enabled: z.boolean(), warning: seconds, critical: seconds }),
  }),
})

const alertRuleSchema = z.strictObject({
  enabled: z.boolean(),
  type: z.enum(['template', 'instance']),
  config: ruleConfigSchema,
})

/** A name agents take in an id: no white space, no quote, no colon (agent-api §11.1). */
export const alertNameSchema = z
  .string()
  .min(1)
  .max(documentLimits.nameChars)
  .regex(/^[A-Za-z0-9_.-]+$/)

export const alertDocumentSchema = z.strictObject({
  format_version: z.literal(1),
  name: alertNameSchema,
  rules: z.array(alertRuleSchema).min(1).max(documentLimits.rules),
})

export type AlertLookup = z.infer<typeof lookupSchema>
export type AlertRuleConfig = z.infer<typeof ruleConfigSchema>
export type AlertRule = z.infer<typeof alertRuleSchema>
export type AlertDocument = z.infer<typeof alertDocumentSchema>

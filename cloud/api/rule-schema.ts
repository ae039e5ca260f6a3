import { z } from 'zod'
import type { RuleId } from '../../src/domain/ids.ts'
import { ruleOperators } from '../../src/domain/model.ts'
import { metadataLimits } from '../metadata/limits.ts'
import { idSchema } from './id-schema.ts'
import { descriptionText as description } from './name-schema.ts'

const clauseFields = {
  label: z.string().min(1).max(metadataLimits.labelKeyBytes),
  operator: z.enum(ruleOperators),
  value: z.string().max(metadataLimits.labelValueBytes),
  negate: z.boolean(),
}
const action = z.enum(['INCLUDE', 'EXCLUDE'])

/** A rule as it is shown. */
export const shownRule = z.object({ ruleId: z.string(), action, description, clauses: z.array(z.object(clauseFields)) })

/** All rules of a room as our own API takes them. */
export const rulesWish = z.strictObject({
  rules: z
    .array(
      z.strictObject({
        ruleId: idSchema<RuleId>().optional(),
        action,
        description: description.default(''),
        clauses: z.array(z.strictObject(clauseFields)).max(metadataLimits.clausesPerRule),
      }),
    )
    .max(metadataLimits.rulesPerRoom),
})

/** One rule as existing clients send it: clauses may be null, a member that is left out may be too (cloud-api §7.3). */
export const compatibleRule = z.object({
  action,
  description: description.nullish().transform((text) => text ?? ''),
  clauses: z
    .array(
      z.object({
        ...clauseFields,
        negate: z
          .boolean()
          .nullish()
          .transform((negates) => negates ?? false),
      }),
    )
    .max(metadataLimits.clausesPerRule)
    .nullish()
    .transform((clauses) => clauses ?? []),
})

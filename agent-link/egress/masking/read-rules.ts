import { z } from 'zod'
import { ThroughlineError } from '../../../src/errors/throughline-error.ts'
import { readFileIfAny } from '../../claim/claim-files.ts'
import { contentKinds } from './content-kind.ts'
import { maskedFields, presets, type Action, type PresetName, type Rules } from './rules.ts'

/** The rules of a host, in the agent's folder. */
const rulesFileName = 'egress.json'

const action = z.union([
  z.enum(['keep', 'drop', 'hash', 'token']).transform((name): Action => ({ action: name })),
  z.strictObject({ action: z.enum(['keep', 'drop', 'hash', 'token']) }),
  z.strictObject({ action: z.literal('truncate'), to: z.literal('shape') }),
  z.strictObject({ action: z.literal('truncate'), to: z.int().min(0).max(4096) }),
])

const fileSchema = z.strictObject({
  version: z.literal(1),
  /** `off` can be chosen with a flag only: a file alone does not take all masks off. */
  preset: z.enum(['strict', 'default']).default('default'),
  fields: z.partialRecord(z.enum(maskedFields), action).default({}),
  content: z.partialRecord(z.enum(contentKinds), action).default({}),
})

/** What a rules file says. Throws CONFIG_INVALID with every problem at once, each with its place. */
export function parseRules(text: string, where: string): Rules {
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch {
    throw new ThroughlineError('CONFIG_INVALID', `${where} is not JSON.`)
  }
  const read = fileSchema.safeParse(json)
  if (!read.success) {
    const problems = read.error.issues.map((issue) => `${issue.path.join('.') || 'the whole file'}: ${wordsOf(issue)}`)
    throw new ThroughlineError('CONFIG_INVALID', `${where} cannot be used: ${problems.join('; ')}.`)
  }
  const base = presets[read.data.preset]
  return { fields: { ...base.fields, ...read.data.fields }, content: { ...base.content, ...read.data.content } }
}

function wordsOf(issue: z.core.$ZodIssue): string {
  if (issue.code === 'unrecognized_keys') return `unknown ${issue.keys.join(', ')}`
  if (issue.code === 'invalid_key')
    return `unknown; known are ${issue.path[0] === 'content' ? contentKinds.join(', ') : maskedFields.join(', ')}`
  if (issue.code === 'invalid_union')
    return 'must be keep, drop, hash, token, or {"action": "truncate", "to": "shape" or a number up to 4096}'
  return issue.message.toLowerCase()
}

/** The rules of the host whose agent lives in this folder: the preset asked for, else the file, else the defaults. */
export async function loadRules(folder: string, preset?: PresetName): Promise<Rules> {
  if (preset !== undefined) return presets[preset]
  const text = await readFileIfAny(folder, rulesFileName)
  return text === undefined ? presets.default : parseRules(text, `${folder}/${rulesFileName}`)
}

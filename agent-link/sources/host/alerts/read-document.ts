import { alertDocumentSchema } from '../../../../src/health/alert-document.ts'
import type { AlertDocument } from '../../../../src/health/alert-document.ts'
import { blankRule } from '../../../../src/health/blank-rule.ts'
import { RuleError } from '../../../../src/health/compile-rule.ts'
import { isObject } from '../../../../src/support/json.ts'
import { runningRules } from './running-rule.ts'

/** A document, or why it is none: one sentence that names the member. */
export type ReadDocument = { readonly document: AlertDocument } | { readonly problem: string }

/** The longest text of a document. */
export const documentBytes = 256 * 1024

/** What agents tell with a rule and take no notice of when it is written (agent-api §11.5). */
const toldMembers = new Set(['hash', 'source_type', 'source'])

/**
 * Reads a document for an alert as agents 2.x do (agent-api §11.5): what is missing or null takes its usual value, what agents add to
 * what they tell is left out, all else must be right. `name` is the one in the item's id.
 */
export function readDocument(text: string, name: string): ReadDocument {
  let json: unknown
  if (Buffer.byteLength(text) > documentBytes) return { problem: 'the document is too large' }
  try {
    json = JSON.parse(text)
  } catch {
    return { problem: 'the document is not JSON' }
  }
  if (!isObject(json)) return { problem: 'the document is not an object' }
  if (json['name'] !== undefined && json['name'] !== null && json['name'] !== name)
    return { problem: "member 'name' is not the name in the id" }
  const rules = Array.isArray(json['rules']) ? json['rules'].map(completeRule) : json['rules']
  const parsed = alertDocumentSchema.safeParse({ format_version: 1, ...json, name, rules })
  if (!parsed.success) {
    const [issue] = parsed.error.issues
    const extra = issue?.code === 'unrecognized_keys' ? issue.keys.slice(0, 1) : []
    return { problem: `member '${[...(issue?.path ?? []), ...extra].join('.')}' is wrong: ${issue?.message ?? ''}` }
  }
  try {
    runningRules(parsed.data, 'dyncfg')
  } catch (thrown) {
    if (!(thrown instanceof RuleError)) throw thrown
    const place = thrown.at === undefined ? '' : ` (at character ${thrown.at + 1})`
    return { problem: `member '${thrown.member}' is wrong: ${thrown.message}${place}` }
  }
  return { document: parsed.data }
}

function completeRule(rule: unknown): unknown {
  if (!isObject(rule)) return rule
  const { config, ...blank } = blankRule()
  const given = isObject(rule['config'])
    ? Object.fromEntries(Object.entries(rule['config']).filter(([key]) => !toldMembers.has(key)))
    : rule['config']
  return { ...blank, ...withoutNull(rule), config: isObject(given) ? complete(config, given) : given }
}

/** What is not said is as in `usual`, member by member; lists and texts are taken whole. */
function complete(usual: object, given: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const merged: Record<string, unknown> = { ...usual, ...withoutNull(given) }
  for (const [key, value] of Object.entries(usual)) {
    const said = given[key]
    if (isObject(value) && isObject(said)) merged[key] = complete(value, said)
  }
  return merged
}

const withoutNull = (fields: Readonly<Record<string, unknown>>) =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null))

import type { z } from 'zod'
import { ThroughlineError } from '../../src/errors/throughline-error.ts'
import { isDeeperThan } from '../../src/support/json-depth.ts'

/** Whether a Content-Type is JSON as we read it: no other charset, no other kind. */
export function isJsonType(contentType: string | undefined): boolean {
  return /^application\/json\s*(;\s*charset="?utf-8"?\s*)?$/i.test(contentType ?? '')
}

/**
 * The body as its schema reads it; an absent body counts as `{}`. Throws BODY_UNPROCESSABLE for unknown members, wrong types and
 * nesting over the limit, naming the first member that is wrong but never its value.
 */
export function parseBody(body: unknown, schema: z.ZodType | undefined, maxDepth: number): unknown {
  const value: unknown = body === undefined ? {} : body
  if (isDeeperThan(value, maxDepth)) throw new ThroughlineError('BODY_UNPROCESSABLE', 'The body nests too deeply.')
  if (schema === undefined) {
    const isEmpty = typeof value === 'object' && value !== null && !Array.isArray(value) && Object.keys(value).length === 0
    if (!isEmpty) throw new ThroughlineError('BODY_UNPROCESSABLE', 'This request takes an empty body.')
    return value
  }
  const parsed = schema.safeParse(value)
  if (parsed.success) return parsed.data
  const issue = parsed.error.issues[0]
  const member = issue?.path.map(String).join('.') ?? ''
  const what =
    issue?.code === 'unrecognized_keys'
      ? 'The body has a member that is not known here.'
      : member === ''
        ? 'The body is not as this request needs it.'
        : `The member ${member} is missing or not as it should be.`
  throw new ThroughlineError('BODY_UNPROCESSABLE', what)
}

/**
 * The query as the route reads it. Strict: a parameter that is not known or comes twice is refused (T5); otherwise unknown ones are
 * passed over, and of a repeated one the first counts. Throws BODY_UNPROCESSABLE.
 */
export function parseQuery(url: string, schema: z.ZodType | undefined, { isStrict }: { readonly isStrict: boolean }): unknown {
  const mark = url.indexOf('?')
  const given = new URLSearchParams(mark < 0 ? '' : url.slice(mark + 1))
  if (schema === undefined) {
    if (isStrict && mark >= 0 && mark < url.length - 1)
      throw new ThroughlineError('BODY_UNPROCESSABLE', 'This request takes no query parameters.')
    return {}
  }
  const read = new Map<string, string>()
  for (const [name, text] of given) {
    if (isStrict && read.has(name)) throw new ThroughlineError('BODY_UNPROCESSABLE', 'A query parameter stands twice.')
    if (!read.has(name)) read.set(name, text)
  }
  const parsed = schema.safeParse(Object.fromEntries(read))
  if (parsed.success) return parsed.data
  const name = parsed.error.issues[0]?.path.map(String).join('.') ?? ''
  const what = name === '' ? 'A query parameter is not known here.' : `The query parameter ${name} is missing or not as it should be.`
  throw new ThroughlineError('BODY_UNPROCESSABLE', what)
}

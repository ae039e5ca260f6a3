import { z } from 'zod'
import type { Storable } from '../../../src/domain/storable.ts'
import { ThroughlineError } from '../../../src/errors/throughline-error.ts'
import type { Integration, IntegrationField } from './integrations.ts'

/** What a channel was told, as clients send it: an object in the shape of its integration. */
export type ChannelSecrets = { readonly [name: string]: Storable }

/** The same by the names of its fields, as forms have it. */
export type FieldValues = Readonly<Record<string, string | number>>

const limits = { textChars: 1_024, urlChars: 2_048, linesChars: 8_192, headers: 20 }

const hasControl = (text: string) => /[\p{Cc}\p{Zl}\p{Zp}]/u.test(text)
const line = (max: number) =>
  z
    .string()
    .max(max)
    .refine((text) => !hasControl(text))

/** Only https, without a name and password in it (security requirement N1); whether it may be reached is seen when it is used. */
function isHttpsUrl(text: string): boolean {
  if (/\s/.test(text) || !URL.canParse(text)) return false
  const { protocol, username, password, hostname } = new URL(text)
  return protocol === 'https:' && username === '' && password === '' && hostname !== ''
}

/** Headers that belong to the connection, or could speak for somebody else (security requirement N2). */
const forbiddenHeaders =
  /^(host|connection|keep-alive|te|trailer|transfer-encoding|upgrade|expect|content-length|content-encoding|cookie2?|set-cookie2?|proxy-.*|forwarded|x-forwarded-.*|via)$/i

function areHeaders(text: string): boolean {
  const lines = text.split(/\r?\n/).filter((each) => each.trim() !== '')
  return (
    lines.length <= limits.headers &&
    lines.every((each) => {
      const [, name = '', value] = /^([!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}):[ \t]*(.*)$/.exec(each) ?? []
      return name !== '' && value !== undefined && !forbiddenHeaders.test(name) && /^[\t\x20-\x7e]*$/.test(value)
    })
  )
}

function schemaOfKind({ kind, choices = [], isRequired }: IntegrationField): z.ZodType<string | number> {
  const least = isRequired ? 1 : 0
  switch (kind) {
    case 'text':
      return line(limits.textChars).min(least)
    case 'url':
      return line(limits.urlChars).refine((text) => isHttpsUrl(text) || (text === '' && !isRequired))
    case 'number':
      return z.int().min(0)
    case 'choice':
      return z.enum(choices as [string, ...string[]])
    case 'lines':
      return z.string().max(limits.linesChars).refine(areHeaders)
    case 'email':
      return line(254).regex(/^[^\s@<>(),;:"\\]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,188}[A-Za-z0-9])?$/)
  }
}

/** How the values of an integration's fields are checked, by their names. */
function valuesSchema({ fields }: Integration) {
  return z.strictObject(
    Object.fromEntries(
      fields.map((each) => {
        const schema = schemaOfKind(each)
        return [each.name, each.isRequired ? schema : schema.optional()]
      }),
    ),
  )
}

/** The fields of secrets as a client sent them. What the integration does not know is passed over (cloud-api §1.2). */
export function valuesOf({ fields }: Integration, secrets: unknown): Record<string, unknown> {
  const values: Record<string, unknown> = {}
  for (const { name } of fields) {
    let at = secrets
    for (const part of name.split('.'))
      at = typeof at === 'object' && at !== null && Object.hasOwn(at, part) ? (at as Record<string, unknown>)[part] : undefined
    if (at !== undefined && at !== null) values[name] = at
  }
  return values
}

/**
 * The secrets that field values make. Throws BODY_UNPROCESSABLE that names the first field which is missing, not known or not as it
 * should be, and never its value.
 */
export function secretsOf(integration: Integration, values: Readonly<Record<string, unknown>>): ChannelSecrets {
  const parsed = valuesSchema(integration).safeParse(values)
  if (!parsed.success) {
    const [issue] = parsed.error.issues
    const what =
      issue?.code === 'unrecognized_keys'
        ? `A channel of ${integration.name} has no such field.`
        : `The field ${String(issue?.path[0] ?? '')} of a channel of ${integration.name} is missing or not as it should be.`
    throw new ThroughlineError('BODY_UNPROCESSABLE', what)
  }
  const secrets: Record<string, Storable> = {}
  for (const { name } of integration.fields) {
    const value = parsed.data[name]
    if (value === undefined) continue
    const [outer = name, inner] = name.split('.')
    if (inner === undefined) secrets[outer] = value
    else secrets[outer] = { ...(secrets[outer] as Record<string, Storable> | undefined), [inner]: value }
  }
  return secrets
}

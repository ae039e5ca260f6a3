import { ThroughlineError } from '../errors/throughline-error.ts'
import { fields, type Field } from './fields.ts'

type Value<F> = F extends { fallback: string; parse: (raw: string) => infer T }
  ? T
  : F extends { parse: (raw: string) => infer T }
    ? T | undefined
    : never
type Parsed = { readonly [K in keyof typeof fields]: Value<(typeof fields)[K]> }

/** The settings of this process, complete and checked. */
export interface Config extends Omit<Parsed, 'publicUrl'> {
  /** `https://host:port`, the port always known: `publicHost`, `publicPort`. */
  readonly publicUrl: string
  readonly publicHost: string
  readonly publicPort: number
}

/**
 * Reads every setting from the environment. Throws CONFIG_INVALID with one line for each problem, unknown
 * `THROUGHLINE_` names included, so that all can be mended at once. Secrets are never in the text.
 */
export function readConfig(env: Readonly<Record<string, string | undefined>>): Config {
  const problems: string[] = []
  const values: Record<string, unknown> = {}
  for (const [name, field] of Object.entries<Field<unknown>>(fields)) {
    const raw = env[field.env] || field.fallback
    try {
      values[name] = raw === undefined ? undefined : field.parse(raw)
    } catch (cause) {
      problems.push(`${field.env}: ${cause instanceof Error ? cause.message : 'cannot be read.'}`)
    }
  }
  const known = new Set<string>(Object.values<Field<unknown>>(fields).map((field) => field.env))
  for (const name of Object.keys(env)) {
    if (name.startsWith('THROUGHLINE_') && !known.has(name)) problems.push(`${name}: no such setting; see the table in README.md.`)
  }
  const parsed = values as Parsed
  if ((parsed.tlsCert === undefined) !== (parsed.tlsKey === undefined))
    problems.push('THROUGHLINE_TLS_CERT: set it together with THROUGHLINE_TLS_KEY.')
  if (problems.length > 0) throw new ThroughlineError('CONFIG_INVALID', problems.join('\n'))
  const url = parsed.publicUrl ?? new URL(`https://localhost:${parsed.port}`)
  const publicPort = Number(url.port || 443)
  const publicUrl = publicPort === 443 ? `https://${url.hostname}` : `https://${url.hostname}:${publicPort}`
  return Object.freeze({ ...parsed, publicUrl, publicHost: url.hostname, publicPort })
}

/** The settings as lines `NAME=value` for `--check-config`; secrets are only said to be set. */
export function describeConfig(env: Readonly<Record<string, string | undefined>>): string[] {
  return Object.values<Field<unknown>>(fields).map((field) => {
    const raw = env[field.env]
    if (raw !== undefined && raw !== '') return `${field.env}=${field.isSecret ? '(set)' : raw}`
    return `${field.env}=${field.fallback ?? ''}  (default)`
  })
}

import { readFileSync } from 'node:fs'
import { ThroughlineError } from '../errors/throughline-error.ts'
import { fields, type Field } from './fields.ts'

type Value<F> = F extends { fallback: string; parse: (raw: string) => infer T }
  ? T
  : F extends { parse: (raw: string) => infer T }
    ? T | undefined
    : never
type Parsed = { readonly [K in keyof typeof fields]: Value<(typeof fields)[K]> }

/** The settings of this process, complete and checked. */
export interface Config extends Omit<Parsed, 'publicUrl' | 'keysFolder'> {
  /** Where the keys lie: never inside the data folder. */
  readonly keysFolder: string
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
    try {
      const raw = given(env, field) || field.fallback
      values[name] = raw === undefined ? undefined : field.parse(raw)
    } catch (cause) {
      problems.push(`${field.env}: ${cause instanceof Error ? cause.message : 'cannot be read.'}`)
    }
  }
  const known = new Set<string>(
    Object.values<Field<unknown>>(fields).flatMap((field) => (field.isSecret === true ? [field.env, fileEnv(field)] : [field.env])),
  )
  for (const name of Object.keys(env)) {
    if (name.startsWith('THROUGHLINE_') && !known.has(name)) problems.push(`${name}: no such setting; see the table in README.md.`)
  }
  const parsed = values as Parsed
  if ((parsed.tlsCert === undefined) !== (parsed.tlsKey === undefined))
    problems.push('THROUGHLINE_TLS_CERT: set it together with THROUGHLINE_TLS_KEY.')
  if (parsed.mirror === 'bigquery' && parsed.bigQueryProject === undefined)
    problems.push(`${fields.bigQueryProject.env}: set it together with ${fields.mirror.env}=bigquery.`)
  const keysFolder = parsed.keysFolder ?? `${parsed.dataFolder}-keys`
  if (`${keysFolder}/`.startsWith(`${parsed.dataFolder}/`))
    problems.push('THROUGHLINE_KEYS: it must lie outside the data folder, so that a copy of the data has no keys in it.')
  for (const [one, ...others] of together(parsed)) {
    const missing = [one, ...others].filter(([, value]) => value === undefined)
    if (missing.length > 0 && missing.length <= others.length)
      problems.push(`${missing.map(([name]) => name).join(', ')}: set it together with the other settings of that provider.`)
  }
  if (problems.length > 0) throw new ThroughlineError('CONFIG_INVALID', problems.join('\n'))
  const url = parsed.publicUrl ?? new URL(`https://localhost:${parsed.port}`)
  const publicPort = Number(url.port || 443)
  const publicUrl = publicPort === 443 ? `https://${url.hostname}` : `https://${url.hostname}:${publicPort}`
  return Object.freeze({ ...parsed, keysFolder, publicUrl, publicHost: url.hostname, publicPort })
}

type Named = readonly [name: string, value: unknown]

/** Settings that mean something only together. */
const together = ({ googleClientId, googleClientSecret, githubClientId, githubClientSecret, ...rest }: Parsed): [Named, ...Named[]][] => [
  [
    [fields.googleClientId.env, googleClientId],
    [fields.googleClientSecret.env, googleClientSecret],
  ],
  [
    [fields.githubClientId.env, githubClientId],
    [fields.githubClientSecret.env, githubClientSecret],
  ],
  [
    [fields.oidcIssuer.env, rest.oidcIssuer],
    [fields.oidcClientId.env, rest.oidcClientId],
    [fields.oidcClientSecret.env, rest.oidcClientSecret],
  ],
  [
    [fields.analyticsScriptUrl.env, rest.analyticsScriptUrl],
    [fields.analyticsName.env, rest.analyticsName],
    [fields.analyticsPurpose.env, rest.analyticsPurpose],
  ],
]

const fileEnv = ({ env }: Field<unknown>): string => `${env}_FILE`

/** What the environment says; a secret may stand in a file instead, its last line end not counted. Throws TypeError. */
function given(env: Readonly<Record<string, string | undefined>>, field: Field<unknown>): string | undefined {
  const path = field.isSecret === true ? env[fileEnv(field)] : undefined
  if (path === undefined || path === '') return env[field.env]
  if (env[field.env]) throw new TypeError(`set it or ${fileEnv(field)}, not both.`)
  try {
    return readFileSync(path, 'utf8').replace(/\r?\n$/, '')
  } catch {
    throw new TypeError(`the file in ${fileEnv(field)} cannot be read.`)
  }
}

/** The settings as lines `NAME=value` for `--check-config`; secrets are only said to be set. */
export function describeConfig(env: Readonly<Record<string, string | undefined>>): string[] {
  return Object.values<Field<unknown>>(fields).map((field) => {
    const isInFile = field.isSecret === true && (env[fileEnv(field)] ?? '') !== ''
    const raw = isInFile ? 'a file' : env[field.env]
    if (raw !== undefined && raw !== '') return `${field.env}=${field.isSecret ? '(set)' : raw}`
    return `${field.env}=${field.fallback ?? ''}  (default)`
  })
}

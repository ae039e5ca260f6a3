import { isIP } from 'node:net'
import { resolve } from 'node:path'
import { plans, type PlanName } from '../domain/plans.ts'

/** One setting: its environment variable, default, parser and the sentence that the README prints. */
export interface Field<T> {
  readonly env: string
  /** Text as it would stand in the environment; absent means the setting may stay unset (parsed as undefined). */
  readonly fallback?: string
  readonly doc: string
  /** Marks values that are never printed. */
  readonly isSecret?: boolean
  /** Throws TypeError with the rest of the sentence `NAME: …`. */
  readonly parse: (raw: string) => T
}

const port = (raw: string): number => {
  const value = Number(raw)
  if (!/^\d{1,5}$/.test(raw) || value < 1 || value > 65_535) throw new TypeError(`"${raw}" is not a port (1 to 65535).`)
  return value
}

const oneOf =
  <const T extends string>(...choices: readonly T[]) =>
  (raw: string): T => {
    const found = choices.find((choice) => choice === raw)
    if (found === undefined) throw new TypeError(`"${raw}" is not one of ${choices.join(', ')}.`)
    return found
  }

const text =
  (what: string, pattern: RegExp) =>
  (raw: string): string => {
    if (!pattern.test(raw)) throw new TypeError(`"${raw}" is not ${what}.`)
    return raw
  }

const url =
  (...schemes: readonly string[]) =>
  (raw: string): URL => {
    const parsed = URL.canParse(raw) ? new URL(raw) : undefined
    if (parsed === undefined || !schemes.includes(parsed.protocol))
      throw new TypeError(`it is not a URL that starts with ${schemes.join('// or ')}//.`)
    return parsed
  }

const publicUrl = (raw: string): URL => {
  const parsed = url('https:')(raw)
  if (parsed.pathname !== '/' || parsed.search !== '' || parsed.hash !== '' || parsed.username !== '') {
    throw new TypeError(`"${raw}" must be https://host:port with nothing behind it (agents ignore a path).`)
  }
  if (parsed.hostname.startsWith('['))
    throw new TypeError('an IPv6 address cannot be used here: agents split the port at the last colon. Use a name.')
  return parsed
}

const list =
  (what: string, isGood: (item: string) => boolean) =>
  (raw: string): readonly string[] => {
    const items = raw
      .split(',')
      .map((item) => item.trim())
      .filter((item) => item !== '')
    const bad = items.find((item) => !isGood(item))
    if (bad !== undefined) throw new TypeError(`"${bad}" is not ${what}.`)
    return items
  }

const wholeNumber =
  (least: number, most: number) =>
  (raw: string): number => {
    const value = Number(raw)
    if (!/^\d{1,9}$/.test(raw) || value < least || value > most)
      throw new TypeError(`"${raw}" is not a whole number from ${least} to ${most}.`)
    return value
  }

const seconds = (raw: string): number => {
  const value = Number(raw)
  if (!/^\d{1,4}$/.test(raw) || value > 3600) throw new TypeError(`"${raw}" is not a number of seconds (0 to 3600).`)
  return value
}

const isCidr = (item: string): boolean => {
  const [address = '', bits = ''] = item.split('/')
  const version = isIP(address)
  return version !== 0 && /^\d{1,3}$/.test(bits) && Number(bits) <= (version === 4 ? 32 : 128)
}

const credential = (raw: string): string => {
  // The value itself is never in the sentence: it may be a secret.
  if (!/^[\x21-\x7e]{1,1024}$/.test(raw)) throw new TypeError('it is not 1 to 1024 printable characters without a space.')
  return raw
}

/** A server we ask: HTTPS, or plain HTTP on this very machine (E1). */
const serverUrl = (raw: string): string => {
  const parsed = url('https:', 'http:')(raw)
  const isHere = ['localhost', '[::1]'].includes(parsed.hostname) || /^127\.\d+\.\d+\.\d+$/.test(parsed.hostname)
  if (parsed.protocol === 'http:' && !isHere) throw new TypeError(`"${raw}" must begin with https://; plain http is for this machine only.`)
  if (parsed.search !== '' || parsed.hash !== '' || parsed.username !== '') throw new TypeError(`"${raw}" must be an address alone.`)
  return raw
}

/** A service that messages go to, always over HTTPS; without a slash at its end. */
const vendorUrl = (raw: string): string => {
  const parsed = url('https:')(raw)
  if (parsed.search !== '' || parsed.hash !== '' || parsed.username !== '') throw new TypeError(`"${raw}" must be an address alone.`)
  return parsed.href.replace(/\/+$/, '')
}

/** Every setting. A row here is all it takes: reading, checking, `--check-config` and the README table come from it. */
export const fields = {
  port: { env: 'THROUGHLINE_PORT', fallback: '8443', doc: 'The one port for agents and browsers (TLS).', parse: port },
  dataFolder: {
    env: 'THROUGHLINE_DATA',
    fallback: '.throughline',
    doc: 'Folder of everything kept on disk but the keys.',
    parse: (raw: string) => resolve(raw),
  },
  keysFolder: {
    env: 'THROUGHLINE_KEYS',
    doc: 'Folder of keys, outside the data folder and in no backup; default the data folder with `-keys` behind it.',
    parse: (raw: string) => resolve(raw),
  },
  kmsKey: {
    env: 'THROUGHLINE_KMS_KEY',
    doc: 'AWS KMS key (id, ARN or alias) that wraps the keys of people and spaces; unset: a master key file in the keys folder.',
    parse: text('a KMS key', /^[a-zA-Z0-9:/_-]{1,2048}$/),
  },
  kmsRegion: {
    env: 'THROUGHLINE_KMS_REGION',
    fallback: 'us-east-1',
    doc: 'KMS region.',
    parse: text('a region', /^[a-z0-9-]{3,40}$/),
  },
  kmsEndpoint: {
    env: 'THROUGHLINE_KMS_ENDPOINT',
    doc: "KMS endpoint, if not the region's own.",
    parse: serverUrl,
  },
  publicUrl: {
    env: 'THROUGHLINE_PUBLIC_URL',
    doc: 'Address that agents and browsers use; default `https://localhost:<port>`.',
    parse: publicUrl,
  },
  listenAddress: {
    env: 'THROUGHLINE_LISTEN',
    doc: 'Address to listen on; default all.',
    parse: (raw: string) => {
      if (isIP(raw) === 0) throw new TypeError(`"${raw}" is not an IP address.`)
      return raw
    },
  },
  store: {
    env: 'THROUGHLINE_STORE',
    fallback: 'sqlite',
    doc: 'Where metadata lives: `sqlite` (one file in the data folder) or `dynamodb`.',
    parse: oneOf('sqlite', 'dynamodb'),
  },
  dynamoTable: {
    env: 'THROUGHLINE_DYNAMODB_TABLE',
    fallback: 'throughline',
    doc: 'DynamoDB table.',
    parse: text('a table name', /^[a-zA-Z0-9_.-]{3,255}$/),
  },
  dynamoRegion: {
    env: 'THROUGHLINE_DYNAMODB_REGION',
    fallback: 'us-east-1',
    doc: 'DynamoDB region.',
    parse: text('a region', /^[a-z0-9-]{3,40}$/),
  },
  dynamoEndpoint: {
    env: 'THROUGHLINE_DYNAMODB_ENDPOINT',
    doc: "DynamoDB endpoint, if not the region's own.",
    parse: (raw: string) => url('http:', 'https:')(raw).href,
  },
  mirror: {
    env: 'THROUGHLINE_MIRROR',
    fallback: 'duckdb',
    doc: 'Where metadata is mirrored to, as pseudonyms, for questions of analysis: `duckdb` (one file in the data folder), `bigquery`, or `off`.',
    parse: oneOf('duckdb', 'bigquery', 'off'),
  },
  bigQueryProject: {
    env: 'THROUGHLINE_BIGQUERY_PROJECT',
    doc: 'Google Cloud project that the mirror lies in; needed with `THROUGHLINE_MIRROR=bigquery`. Credentials are the Application Default Credentials of this machine.',
    parse: text('the id of a Google Cloud project', /^([a-z0-9.-]{1,100}:)?[a-z][a-z0-9-]{4,28}[a-z0-9]$/),
  },
  bigQueryDataset: {
    env: 'THROUGHLINE_BIGQUERY_DATASET',
    fallback: 'throughline',
    doc: 'Dataset of the mirror; a second one with `_staging` behind its name holds what is on its way.',
    parse: text('the name of a dataset', /^\w{1,1000}$/),
  },
  bigQueryLocation: {
    env: 'THROUGHLINE_BIGQUERY_LOCATION',
    fallback: 'EU',
    doc: 'Where those datasets lie, such as `EU`, `US` or `europe-west3`; it cannot be changed afterwards.',
    parse: text('a location of BigQuery', /^[A-Za-z][A-Za-z0-9-]{1,39}$/),
  },
  bigQueryEndpoint: {
    env: 'THROUGHLINE_BIGQUERY_ENDPOINT',
    doc: "Address of the BigQuery API, if not Google's own. Outside `googleapis.com` no credentials are sent to it.",
    parse: serverUrl,
  },
  backups: {
    env: 'THROUGHLINE_BACKUPS',
    doc: 'Folder of the daily backups, best on another disk than the data; default `<data>-backups`. `off` takes none.',
    parse: (raw: string) => (raw === 'off' ? raw : resolve(raw)),
  },
  backupDays: {
    env: 'THROUGHLINE_BACKUP_DAYS',
    fallback: '30',
    doc: 'Days that a backup is kept (1 to 365); the newest three stay up to 30 days longer where no newer ones come.',
    parse: wholeNumber(1, 365),
  },
  hostAgent: {
    env: 'THROUGHLINE_HOST_AGENT',
    fallback: 'on',
    doc: 'Whether `up` also monitors the host it runs on: `on` or `off`.',
    parse: oneOf('on', 'off'),
  },
  hostFunctions: {
    env: 'THROUGHLINE_FUNCTIONS',
    fallback: 'on',
    doc: "Whether agents run here offer this host's processes, mounts, connections, units and logs to those who may see them: `on` or `off`.",
    parse: oneOf('on', 'off'),
  },
  offlinePage: {
    env: 'THROUGHLINE_OFFLINE_PAGE',
    fallback: 'on',
    doc: 'Whether browsers may keep the page and its last known metadata (never values): `on`, or `off`, which also takes back what they keep.',
    parse: oneOf('on', 'off'),
  },
  plan: {
    env: 'THROUGHLINE_PLAN',
    fallback: 'unlimited',
    doc: `How much each space may have: ${Object.keys(plans)
      .map((plan) => `\`${plan}\``)
      .join(', ')}.`,
    parse: oneOf(...(Object.keys(plans) as PlanName[])),
  },
  tlsCert: {
    env: 'THROUGHLINE_TLS_CERT',
    doc: 'PEM file with your own certificate chain; default a private CA made at first start.',
    parse: (raw: string) => resolve(raw),
  },
  tlsKey: { env: 'THROUGHLINE_TLS_KEY', doc: 'PEM file with the key of that certificate.', parse: (raw: string) => resolve(raw) },
  tlsNames: {
    env: 'THROUGHLINE_TLS_NAMES',
    fallback: '',
    doc: 'More DNS names and IP addresses for the certificate made here, separated by commas.',
    parse: list('a DNS name or IP address', (item) => isIP(item) !== 0 || /^[a-zA-Z0-9*.-]{1,253}$/.test(item)),
  },
  adminEmail: {
    env: 'THROUGHLINE_ADMIN_EMAIL',
    fallback: 'owner@localhost',
    doc: 'Address of the first admin, used at first start only.',
    parse: text('an address', /^[^\s@<>]{1,64}@[a-zA-Z0-9.-]{1,190}$/),
  },
  securityContact: {
    env: 'THROUGHLINE_SECURITY_CONTACT',
    doc: 'Where to report a hole in this installation (`mailto:…` or `https://…`); then `/.well-known/security.txt` says so.',
    parse: (raw: string) => {
      const contact = url('mailto:', 'https:')(raw).href
      if (!/^[\x21-\x7e]{8,500}$/.test(contact)) throw new TypeError('it is too short or too long for an address.')
      return contact
    },
  },
  smtpUrl: {
    env: 'THROUGHLINE_SMTP_URL',
    doc: 'SMTP server for sign-in links (`smtps://user:password@host:465`); without it links are shown on the console of the cloud, and `npx throughline sign-in-link` prints one.',
    isSecret: true,
    parse: (raw: string) => url('smtp:', 'smtps:')(raw).href,
  },
  mailFrom: {
    env: 'THROUGHLINE_MAIL_FROM',
    fallback: 'throughline@localhost',
    doc: 'Sender of mail.',
    parse: text('an address', /^[^\s@<>]{1,64}@[a-zA-Z0-9.-]{1,190}$/),
  },
  signUp: {
    env: 'THROUGHLINE_SIGN_UP',
    fallback: 'invited',
    doc: 'Who may begin an account: `invited` addresses, or `anyone` whose address a sign-in provider verified.',
    parse: oneOf('invited', 'anyone'),
  },
  googleClientId: {
    env: 'THROUGHLINE_GOOGLE_CLIENT_ID',
    doc: 'Client id for sign-in with Google; with it its secret. Callback: `<public URL>/api/throughline/v1/sign-in/callback/google`.',
    parse: credential,
  },
  googleClientSecret: { env: 'THROUGHLINE_GOOGLE_CLIENT_SECRET', doc: 'Its secret.', isSecret: true, parse: credential },
  googleIssuer: {
    env: 'THROUGHLINE_GOOGLE_ISSUER',
    fallback: 'https://accounts.google.com',
    doc: 'Issuer of sign-in with Google.',
    parse: serverUrl,
  },
  githubClientId: {
    env: 'THROUGHLINE_GITHUB_CLIENT_ID',
    doc: 'Client id for sign-in with GitHub; with it its secret. Callback: `<public URL>/api/throughline/v1/sign-in/callback/github`.',
    parse: credential,
  },
  githubClientSecret: { env: 'THROUGHLINE_GITHUB_CLIENT_SECRET', doc: 'Its secret.', isSecret: true, parse: credential },
  githubUrl: {
    env: 'THROUGHLINE_GITHUB_URL',
    fallback: 'https://github.com',
    doc: 'Address of GitHub, or of a GitHub Enterprise server.',
    parse: serverUrl,
  },
  oidcIssuer: {
    env: 'THROUGHLINE_OIDC_ISSUER',
    doc: 'Issuer of any OpenID Connect server to sign in with; with it client id and secret. Callback: `<public URL>/api/throughline/v1/sign-in/callback/oidc`.',
    parse: serverUrl,
  },
  oidcClientId: { env: 'THROUGHLINE_OIDC_CLIENT_ID', doc: 'Client id there.', parse: credential },
  oidcClientSecret: { env: 'THROUGHLINE_OIDC_CLIENT_SECRET', doc: 'Its secret.', isSecret: true, parse: credential },
  oidcName: {
    env: 'THROUGHLINE_OIDC_NAME',
    fallback: 'Single sign-on',
    doc: 'What the button for it says.',
    parse: text('a name of at most 40 characters', /^[^\p{Cc}]{1,40}$/u),
  },
  dnsServers: {
    env: 'THROUGHLINE_DNS_SERVERS',
    fallback: '',
    doc: "DNS servers that are asked whether a domain is a space's, separated by commas; default those of the system.",
    parse: list(
      'an IP address with an optional port',
      (item) => isIP(item.replace(/^\[(.*)\](:\d+)?$/, '$1').replace(/^([\d.]+):\d+$/, '$1')) !== 0,
    ),
  },
  telegramUrl: {
    env: 'THROUGHLINE_TELEGRAM_URL',
    fallback: 'https://api.telegram.org',
    doc: "Address of Telegram's bot API, or of a bot API server of your own.",
    parse: vendorUrl,
  },
  opsgenieUrl: {
    env: 'THROUGHLINE_OPSGENIE_URL',
    fallback: 'https://api.opsgenie.com',
    doc: 'Address of the Opsgenie API.',
    parse: vendorUrl,
  },
  opsgenieEuUrl: {
    env: 'THROUGHLINE_OPSGENIE_EU_URL',
    fallback: 'https://api.eu.opsgenie.com',
    doc: 'Address of the Opsgenie API for accounts in the EU.',
    parse: vendorUrl,
  },
  privateTargets: {
    env: 'THROUGHLINE_PRIVATE_TARGETS',
    fallback: '',
    doc: 'Networks (CIDR, separated by commas) in which servers that spaces name, such as their sign-in providers and the targets of notifications and of the audit, may lie although they are not public.',
    parse: list('a network such as 10.0.0.0/8', isCidr),
  },
  analyticsScriptUrl: {
    env: 'THROUGHLINE_ANALYTICS_SCRIPT_URL',
    doc: 'Script of an analytics provider (https), loaded only in browsers of people who allowed it; with it name and purpose. Default: there are no analytics.',
    parse: (raw: string) => url('https:')(raw).href,
  },
  analyticsName: {
    env: 'THROUGHLINE_ANALYTICS_NAME',
    doc: 'What people are told that provider is called.',
    parse: text('a name of at most 60 characters', /^[^\p{Cc}]{1,60}$/u),
  },
  analyticsPurpose: {
    env: 'THROUGHLINE_ANALYTICS_PURPOSE',
    doc: 'What people are told it is for: the rest of a sentence that begins "It is used to".',
    parse: text('a text of at most 200 characters', /^[^\p{Cc}]{1,200}$/u),
  },
  trustedFleets: {
    env: 'THROUGHLINE_TRUSTED_FLEETS',
    fallback: '127.0.0.0/8,::1/128',
    doc: 'Networks (CIDR, separated by commas) whose many agents share addresses: the socket limit per address does not apply there.',
    parse: list('a network such as 10.0.0.0/8', isCidr),
  },
  trustedProxies: {
    env: 'THROUGHLINE_TRUSTED_PROXIES',
    fallback: '',
    doc: 'Networks (CIDR, separated by commas) of your own reverse proxies: only from there the last foreign address in `X-Forwarded-For` counts as the client, for limits, bans and logs.',
    parse: list('a network such as 10.0.0.0/8', isCidr),
  },
  offlineGraceS: {
    env: 'THROUGHLINE_OFFLINE_GRACE_S',
    fallback: '60',
    doc: 'Seconds a lost link may take to return before its nodes are shown offline.',
    parse: seconds,
  },
  feedDays: {
    env: 'THROUGHLINE_FEED_DAYS',
    fallback: '30',
    doc: 'Days that events of the feed are kept (1 to 365): states of nodes and alerts, without values.',
    parse: wholeNumber(1, 365),
  },
  staleGraceS: {
    env: 'THROUGHLINE_STALE_GRACE_S',
    fallback: '30',
    doc: 'Seconds a child that stopped at its parent may take to appear again, there or at another parent, before it is shown stale.',
    parse: seconds,
  },
  logLevel: {
    env: 'THROUGHLINE_LOG_LEVEL',
    fallback: 'info',
    doc: 'Least severe log line on standard error: `debug`, `info`, `warn` or `error`.',
    parse: oneOf('debug', 'info', 'warn', 'error'),
  },
} as const satisfies Record<string, Field<unknown>>

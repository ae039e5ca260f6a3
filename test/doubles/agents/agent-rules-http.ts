import { createHash } from 'node:crypto'

/** A request of an agent, as far as its answer depends on it. */
export interface AskedOverHttp {
  readonly method: string
  readonly path: string
  readonly webSocketKey: string | undefined
}

/** One answer, cut out of the bytes: status, header lines, body. */
export interface AnsweredOverHttp {
  readonly head: string
  readonly status: number
  readonly headers: ReadonlyMap<string, string>
  readonly body: string
}

const bodyBytesMax = 16_384
const headerBytesMax = 255
const challengeLength = 344
const webSocketGuid = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11'
const compulsoryTopics =
  'chart alarms meta inbox-cmd inbox-cmd-v1 agent-connection create-node-instance node-instance-connection node-instance-info node-instance-collectors contexts-snapshot contexts-updated alarm-config alarm-log alarm-health alarm-snapshot alarm-log-v2 alarm-checkpoint alarm-snapshot-v2 chart-and-dims-updated chart-configs-updated reset-charts chart-retention-updated'.split(
    ' ',
  )

/** What an agent's HTTP client would not take of an answer (aclk §1.2, §2, §3, §4.1); nothing when it takes all of it. */
export function answerFaults(asked: AskedOverHttp, answered: AnsweredOverHttp): string[] {
  const { head, status, headers, body } = answered
  const faults: string[] = []
  const [statusLine = '', ...lines] = head.split('\r\n')
  if (!/^HTTP\/1\.1 \d{3} /.test(statusLine)) faults.push(`status line "${statusLine}"`)
  if (/[^\x20-\x7e\r\n]/.test(head)) faults.push('bytes beyond plain text in the head')
  for (const line of lines) {
    const cut = line.indexOf(': ')
    if (cut <= 0) faults.push(`header line without ": ": ${line}`)
    else if (cut > headerBytesMax || line.length - cut - 2 > headerBytesMax) faults.push(`header over 255 bytes: ${line.slice(0, cut)}`)
  }
  return [...faults, ...(asked.webSocketKey === undefined ? plainFaults(asked, status, headers, body) : upgradeFaults(asked, answered))]
}

function plainFaults({ method, path }: AskedOverHttp, status: number, headers: ReadonlyMap<string, string>, body: string): string[] {
  const faults: string[] = []
  const length = headers.get('content-length')
  if (headers.has('transfer-encoding')) faults.push('an answer in chunks')
  if (headers.has('content-encoding')) faults.push('an encoded answer')
  if (status !== 204 && length === undefined) faults.push('no Content-Length')
  if (length !== undefined && !/^\d{1,5}$/.test(length)) faults.push(`Content-Length "${length}"`)
  if (Buffer.byteLength(body) > bodyBytesMax) faults.push(`a body of ${Buffer.byteLength(body)} bytes`)
  if (status >= 300 && status < 400) faults.push('a redirect')
  const isClaim = method === 'PUT' && path.startsWith('/api/v1/spaces/nodes/')
  const kind = isClaim ? 'claim' : path.startsWith('/api/v1/env') ? 'env' : path.endsWith('/challenge') ? 'challenge' : 'password'
  const success = { claim: 204, env: 200, challenge: 200, password: 201 }[kind]
  if (status >= 200 && status < 300 && status !== success) faults.push(`${kind} answered ${status}`)
  if (status >= 400) return [...faults, ...errorFaults(headers, body, isClaim)]
  if (kind === 'claim') return body === '' ? faults : [...faults, 'a claim answered with a body']
  const parsed = parseObject(body)
  if (parsed === undefined) return [...faults, `${kind} answered without a JSON object`]
  if (kind === 'env') faults.push(...envFaults(parsed))
  if (kind === 'challenge') {
    const { challenge } = parsed
    const isBlock = typeof challenge === 'string' && challenge.length === challengeLength && /^[A-Za-z0-9+/]+={0,2}$/.test(challenge)
    if (!isBlock || Buffer.from(challenge, 'base64').length !== 256) faults.push('a challenge that is not one block of 344 characters')
  }
  if (kind === 'password') faults.push(...passwordFaults(parsed))
  return faults
}

/** aclk §2.4, and the traps of old claiming scripts (§1.2). */
function errorFaults(headers: ReadonlyMap<string, string>, body: string, isClaim: boolean): string[] {
  const parsed = parseObject(body)
  if (parsed === undefined) return ['an error without its object']
  const faults = ['errorCode', 'errorMsgKey', 'errorMessage'].filter((key) => typeof parsed[key] !== 'string').map((key) => `no ${key}`)
  if (!['boolean', 'undefined'].includes(typeof parsed['errorNonRetryable'])) faults.push('errorNonRetryable is no boolean')
  const delay = parsed['errorRetryDelaySeconds']
  if (delay !== undefined && !isIntegerIn(delay, 0, 2 ** 31 - 1)) faults.push('errorRetryDelaySeconds is no integer')
  if (!body.includes('"errorMsgKey":"')) faults.push('an error that is not minified')
  const said = [...headers].map(([name, value]) => `${name}: ${value}`).join('\n') + body
  if (isClaim && said.includes('HTTP')) faults.push('a claim answer with HTTP in it')
  return faults
}

function envFaults(env: Readonly<Record<string, unknown>>): string[] {
  const faults: string[] = []
  const known = new Set(['authEndpoint', 'encoding', 'transports', 'capabilities', 'backoff'])
  for (const key of Object.keys(env)) if (!known.has(key)) faults.push(`env names ${key}`)
  if (!/^https:\/\/[^/:]+:\d+\/.*[^/]$/.test(String(env['authEndpoint']))) faults.push('authEndpoint')
  if (env['encoding'] !== 'proto') faults.push('encoding')
  const transports = env['transports'] as { type?: unknown; endpoint?: unknown }[] | undefined
  const isTransport = ({ type, endpoint }: { type?: unknown; endpoint?: unknown }) =>
    type === 'MQTTv5' && /^wss:\/\/[^/:]+:\d+\/mqtt$/.test(String(endpoint))
  if (!Array.isArray(transports) || transports.length === 0 || !transports.every(isTransport)) faults.push('transports')
  const capabilities = env['capabilities']
  if (!Array.isArray(capabilities) || !capabilities.includes('proto')) faults.push('capabilities')
  const { base, maxSeconds, minSeconds } = (env['backoff'] ?? {}) as Record<string, unknown>
  if (!isIntegerIn(base, 1, 10) || !isIntegerIn(maxSeconds, 500, 2 ** 31 - 1) || !isIntegerIn(minSeconds, 0, 2 ** 31 - 1))
    faults.push('backoff')
  return faults
}

function passwordFaults(password: Readonly<Record<string, unknown>>): string[] {
  const isText = (value: unknown) => typeof value === 'string' && value.length > 0 && Buffer.byteLength(value) < 65_536
  const faults = ['clientID', 'username', 'password'].filter((key) => !isText(password[key]))
  const topics = password['topics']
  const list = Array.isArray(topics) ? (topics as { name?: unknown; topic?: unknown }[]) : []
  const good = new Map(
    list.flatMap(({ name, topic }) => (typeof name === 'string' && typeof topic === 'string' ? [[name, topic] as const] : [])),
  )
  for (const name of compulsoryTopics) if (!good.get(name)?.includes('#{claim_id}')) faults.push(`missing compulsory topic ${name}`)
  if (!good.get('inbox-cmd')?.endsWith('/cmd')) faults.push('the inbox does not end in cmd')
  if (good.has('node-instance-manifest')) faults.push('the manifest is advertised')
  return faults
}

function upgradeFaults({ webSocketKey = '' }: AskedOverHttp, { head, status, headers }: AnsweredOverHttp): string[] {
  if (status !== 101) return []
  const faults: string[] = []
  const lines = head.split('\r\n').slice(1)
  if (lines.length > 128) faults.push('over 128 headers')
  for (const line of lines) if (line.length >= 4096 || /^[^:]*: *$/.test(line)) faults.push(`upgrade header ${line.slice(0, 40)}`)
  const accept = createHash('sha1')
    .update(webSocketKey + webSocketGuid)
    .digest('base64')
  if (headers.get('sec-websocket-accept') !== accept) faults.push('Sec-WebSocket-Accept')
  if (headers.has('sec-websocket-extensions')) faults.push('an extension')
  return faults
}

function isIntegerIn(value: unknown, least: number, most: number): boolean {
  return typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most
}

function parseObject(body: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const parsed: unknown = JSON.parse(body)
    return typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed) ? (parsed as Record<string, unknown>) : undefined
  } catch {
    return undefined
  }
}

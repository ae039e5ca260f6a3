import { topicNames } from '../../src/aclk/topics/topics.ts'
import type { TopicName } from '../../src/aclk/topics/topics.ts'
import { challengeTextLength } from '../../src/aclk/otp/answers.ts'
import { ThroughlineError } from '../../src/errors/throughline-error.ts'
import { isObject } from '../../src/support/json.ts'

/** Reads the three answers before the link: env, challenge, password (aclk §2, §3). Every reader throws LINK_PROTOCOL. */

/** What `env` tells. */
export interface LinkDirections {
  /** `https://host:port/prefix` of the challenge and password routes. */
  readonly authUrl: URL
  /** `wss://host:port/mqtt`. */
  readonly mqttUrl: URL
  readonly backoff: { readonly base: number; readonly maxSeconds: number; readonly minSeconds: number }
}

/** `GET /api/v1/env` of the cloud at `base` (aclk §2.1). */
export function envUrl(base: string, claimId: string, agentVersion: string): URL {
  const url = new URL('/api/v1/env', base)
  url.search = new URLSearchParams({ v: agentVersion, cap: 'proto,ctx', claim_id: claimId }).toString().replaceAll('%2C', ',')
  return url
}

/** One of the two authentication routes (aclk §3). */
export function authUrl(directions: LinkDirections, claimId: string, step: 'challenge' | 'password'): URL {
  return new URL(`${directions.authUrl.pathname.replace(/\/+$/, '')}/node/${claimId}/${step}`, directions.authUrl)
}

export function readEnv(body: string): LinkDirections {
  const fields = readObject(body, 'discovery')
  const auth = readUrl(fields['authEndpoint'], 'https:')
  if (fields['encoding'] !== 'proto') throw broken('discovery', 'an encoding this agent does not speak')
  const transports: unknown[] = Array.isArray(fields['transports']) ? fields['transports'] : []
  const transport = transports.filter(isObject).find((candidate) => candidate['type'] === 'MQTTv5')
  const endpoint = readUrl(transport?.['endpoint'], 'wss:')
  const backoff = isObject(fields['backoff']) ? fields['backoff'] : {}
  return {
    authUrl: auth,
    // Only host and port count; the path is always /mqtt (aclk §2.3).
    mqttUrl: new URL('/mqtt', endpoint),
    backoff: {
      base: readInteger(backoff['base'], 1, 10),
      maxSeconds: readInteger(backoff['maxSeconds'], 1, 2 ** 31 - 1),
      minSeconds: readInteger(backoff['minSeconds'], 0, 2 ** 31 - 1),
    },
  }
}

/** The encrypted secret of a challenge: one RSA-2048 block. */
export function readChallenge(body: string): Buffer {
  const text = readObject(body, 'challenge')['challenge']
  if (typeof text !== 'string' || text.length !== challengeTextLength) throw broken('challenge', 'no challenge of the agreed length')
  return Buffer.from(text, 'base64')
}

/** One-time credentials and the topics of this claim, the claim id already in place. */
export interface LinkPass {
  readonly clientId: string
  readonly username: string
  readonly password: string
  readonly topics: ReadonlyMap<TopicName, string>
}

/** Topics without which this agent cannot work (aclk §5.2; those of generation C). */
const neededTopics: readonly TopicName[] = [
  'inbox-cmd',
  'inbox-cmd-v1',
  'agent-connection',
  'create-node-instance',
  'node-instance-connection',
  'node-instance-info',
  'node-instance-collectors',
  'contexts-snapshot',
  'contexts-updated',
  'alarm-config',
  'alarm-log-v2',
  'alarm-snapshot-v2',
]

export function readPass(body: string, claimId: string): LinkPass {
  const fields = readObject(body, 'password')
  const { clientID, username, password } = fields
  if (typeof clientID !== 'string' || typeof username !== 'string' || typeof password !== 'string')
    throw broken('password', 'no credentials')
  const known = new Set<string>(topicNames)
  const topics = new Map<TopicName, string>()
  const list: unknown[] = Array.isArray(fields['topics']) ? fields['topics'] : []
  for (const entry of list.filter(isObject)) {
    const { name, topic } = entry
    if (typeof name !== 'string' || typeof topic !== 'string' || !known.has(name) || !topic.includes('#{claim_id}')) continue
    topics.set(name as TopicName, topic.replace('#{claim_id}', claimId))
  }
  const missing = neededTopics.find((name) => !topics.has(name))
  if (missing !== undefined) throw broken('password', `no topic ${missing}`)
  return { clientId: clientID, username, password, topics }
}

/** What a refusal says beyond its status (aclk §2.4); without its three texts the whole object is ignored. */
export interface LinkRefusal {
  readonly key: string | undefined
  readonly nonRetryable: boolean
  readonly retryDelayS: number | undefined
}

export function readRefusal(body: string): LinkRefusal {
  const nothing = { key: undefined, nonRetryable: false, retryDelayS: undefined }
  let fields: unknown
  try {
    fields = JSON.parse(body)
  } catch {
    return nothing
  }
  if (!isObject(fields)) return nothing
  const { errorCode, errorMsgKey, errorMessage, errorNonRetryable, errorRetryDelaySeconds: delay } = fields
  if (typeof errorCode !== 'string' || typeof errorMsgKey !== 'string' || typeof errorMessage !== 'string') return nothing
  const isDelay = typeof delay === 'number' && Number.isInteger(delay) && delay >= 0
  return { key: errorMsgKey, nonRetryable: errorNonRetryable === true, retryDelayS: isDelay ? delay : undefined }
}

function readObject(body: string, step: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(body)
    if (isObject(value)) return value
  } catch {
    // told below, as for any other shape
  }
  throw broken(step, 'no JSON object')
}

function readUrl(text: unknown, protocol: string): URL {
  const url = typeof text === 'string' && URL.canParse(text) ? new URL(text) : undefined
  // No fall-back to plain transports, whatever the answer says (security requirement E1).
  if (url?.protocol !== protocol) throw broken('discovery', `no ${protocol}// address`)
  return url
}

function readInteger(value: unknown, min: number, max: number): number {
  if (typeof value !== 'number' || !Number.isInteger(value) || value < min || value > max)
    throw broken('discovery', 'a back-off out of range')
  return value
}

function broken(step: string, what: string): ThroughlineError {
  return new ThroughlineError('LINK_PROTOCOL', `The cloud's ${step} answer has ${what}.`)
}

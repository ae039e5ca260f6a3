import { constants, privateDecrypt } from 'node:crypto'
import { ThroughlineError } from '../../src/errors/throughline-error.ts'
import { authUrl, envUrl, readChallenge, readEnv, readPass, readRefusal } from './discovery.ts'
import type { LinkDirections, LinkPass, LinkRefusal } from './discovery.ts'
import { requestHttps } from './https.ts'
import type { HttpsAnswer, HttpsRequest } from './https.ts'

/** Whose link this is. */
export interface LinkIdentity {
  readonly url: string
  readonly claimId: string
  readonly privateKeyPem: string
  readonly caPem: string | undefined
}

/** A step that the cloud refused: what it asked for rides along. */
export class LinkRefused extends ThroughlineError {
  readonly refusal: LinkRefusal

  constructor(message: string, refusal: LinkRefusal) {
    super('CLOUD_UNREACHABLE', message)
    this.refusal = refusal
  }
}

/** The agent's HTTP client waits this long for each step (aclk §2.2). */
const stepTimeoutMs = 30_000
/** No answer of these steps is longer (aclk §2.2). */
const stepBytes = 16_384

/** The headers of every step. */
export function stepHeaders(agentVersion: string): Readonly<Record<string, string>> {
  return { 'User-Agent': `Throughline-agent/${agentVersion}` }
}

/** The body of the password step (aclk §3.2). */
export function passwordBody(secret: Uint8Array, agentVersion: string): string {
  return JSON.stringify({ response: Buffer.from(secret).toString('base64'), agent_version: `v${agentVersion}` })
}

/** The secret of a challenge (aclk §3.1: OAEP with SHA-1). Throws LINK_PROTOCOL when it was not made for this key. */
export function solveChallenge(block: Uint8Array, privateKeyPem: string): Buffer {
  try {
    return privateDecrypt({ key: privateKeyPem, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha1' }, block)
  } catch (cause) {
    throw new ThroughlineError('LINK_PROTOCOL', "The cloud's challenge was not made for this agent's key; claim this host again.", {
      cause,
    })
  }
}

/**
 * env, then challenge, then password: where the link goes and the one-time credentials for it.
 * Throws CLOUD_UNREACHABLE ({@link LinkRefused} when the cloud refused), LINK_PROTOCOL or CANCELLED.
 */
export async function authenticate(
  identity: LinkIdentity,
  agentVersion: string,
  signal: AbortSignal,
): Promise<{ directions: LinkDirections; pass: LinkPass }> {
  const step = async (name: string, expected: number, asked: Pick<HttpsRequest, 'method' | 'url' | 'body'>) => {
    const headers = stepHeaders(agentVersion)
    const answer = await requestHttps({ ...asked, headers, signal, caPem: identity.caPem, timeoutMs: stepTimeoutMs, maxBytes: stepBytes })
    if (answer.status !== expected) throw refused(name, answer)
    return answer.body
  }
  const directions = readEnv(await step('discovery', 200, { method: 'GET', url: envUrl(identity.url, identity.claimId, agentVersion) }))
  const challenge = await step('challenge', 200, { method: 'GET', url: authUrl(directions, identity.claimId, 'challenge') })
  const body = passwordBody(solveChallenge(readChallenge(challenge), identity.privateKeyPem), agentVersion)
  const password = await step('password', 201, { method: 'POST', url: authUrl(directions, identity.claimId, 'password'), body })
  return { directions, pass: readPass(password, identity.claimId) }
}

function refused(step: string, { status, body }: HttpsAnswer): LinkRefused {
  const refusal = readRefusal(body)
  return new LinkRefused(`The cloud refuses the ${step} step with status ${status}${refusal.key ? ` (${refusal.key})` : ''}.`, refusal)
}

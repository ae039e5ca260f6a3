import { randomUUID } from 'node:crypto'
import { ThroughlineError } from '../../src/errors/throughline-error.ts'
import type { ErrorCode } from '../../src/errors/throughline-error.ts'
import type { ClaimId, MachineGuid } from '../../src/domain/ids.ts'
import type { Clock } from '../../src/support/clock.ts'
import type { Log } from '../../src/support/log.ts'
import { requestHttps } from '../link/https.ts'
import type { HttpsAnswer } from '../link/https.ts'
import type { EgressMember } from '../egress/tell-manifest.ts'
import { ensureKeyPair, saveClaim, type ClaimChoices } from './claim-files.ts'

/** What a claim needs. */
export interface ClaimWish {
  /** Base address of the cloud, `https://host:port`. */
  readonly url: string
  /** The space's claim token; sent, never kept. */
  readonly token: string
  readonly roomIds: readonly string[]
  readonly hostname: string
  readonly machineGuid: MachineGuid
  /** Where the key and the finished claim are kept. */
  readonly folder: string
  readonly caPem?: string | undefined
  /** The name the cloud is told instead, where it is masked. */
  readonly shownHostname?: string | undefined
  /** Kept with the claim, for the agent that speaks under it. */
  readonly choices?: ClaimChoices | undefined
  /** What the owner confirmed, signed with the key for this claim; a cloud that knows nothing of it lets it be (aclk §1.1). */
  readonly egress?: ((claimId: ClaimId, privateKeyPem: string) => EgressMember) | undefined
}

export interface ClaimDeps {
  /** Runs when the cloud has taken the claim, before that is kept: what must be there with it. */
  readonly onTaken?: (() => Promise<void>) | undefined
  readonly clock: Clock
  readonly log: Log
  readonly random?: () => number
}

const attempts = 5

/** The address a claim is sent to (aclk §1.1). Throws CONFIG_INVALID for what is no https address. */
export function claimUrl(base: string, claimId: string): URL {
  try {
    return new URL(`${base.replace(/\/+$/, '')}/api/v1/spaces/nodes/${claimId}`)
  } catch (cause) {
    throw new ThroughlineError('CONFIG_INVALID', `"${base}" is not an address of the form https://host:port.`, { cause })
  }
}

/** The JSON body of a claim (aclk §1.1). */
export function claimBody(
  wish: Omit<ClaimWish, 'url' | 'folder' | 'caPem' | 'choices' | 'egress'>,
  claimId: string,
  publicKeyPem: string,
  egress?: EgressMember,
): string {
  return JSON.stringify({
    node: { id: claimId, hostname: wish.shownHostname ?? wish.hostname },
    token: wish.token,
    rooms: wish.roomIds.map((roomId) => roomId.trim()).filter((roomId) => roomId !== ''),
    publicKey: publicKeyPem,
    mGUID: wish.machineGuid,
    ...(egress === undefined ? {} : { egress }),
  })
}

/**
 * Ties this host to a space: makes the key when there is none, asks the cloud, and on 204 keeps the claim on disk.
 * Outcomes that may heal are asked again, five times in all. Throws a CLAIM_… code, RATE_LIMITED, CLOUD_UNREACHABLE,
 * CONFIG_INVALID or DATA_FOLDER_UNUSABLE; then nothing of an earlier claim has changed.
 */
export async function claim(wish: ClaimWish, { clock, log, onTaken, random = Math.random }: ClaimDeps): Promise<ClaimId> {
  const { publicKeyPem, privateKeyPem } = await ensureKeyPair(wish.folder)
  // One id for all attempts: an answer that was lost on the way makes the repeat a harmless one.
  const claimId = randomUUID() as ClaimId
  const url = claimUrl(wish.url, claimId)
  const body = claimBody(wish, claimId, publicKeyPem, wish.egress?.(claimId, privateKeyPem))
  for (let attempt = 1; ; attempt++) {
    const refusal = await ask(url, body, wish.caPem)
    if (refusal === undefined) break
    log.warn('claim_refused', { code: refusal.error.code, attempt })
    if (!refusal.retry || attempt >= attempts) throw refusal.error
    await pause(clock, 300 + Math.round(random() * 400))
  }
  await onTaken?.()
  const { folder, machineGuid, hostname, caPem, choices } = wish
  await saveClaim(folder, { url: wish.url, claimId, machineGuid, hostname, caPem, choices })
  log.info('claim_done', { claimId })
  return claimId
}

interface Refusal {
  readonly error: ThroughlineError
  readonly retry: boolean
}

async function ask(url: URL, body: string, caPem: string | undefined): Promise<Refusal | undefined> {
  let answer: HttpsAnswer
  try {
    answer = await requestHttps({ method: 'PUT', url, body, caPem, timeoutMs: 10_000, headers: { 'Content-Type': 'application/json' } })
  } catch (thrown) {
    if (!(thrown instanceof ThroughlineError)) throw thrown
    return { error: thrown, retry: thrown.code === 'CLOUD_UNREACHABLE' }
  }
  return answer.status === 204 ? undefined : claimRefusal(answer)
}

const unprocessable: Readonly<Record<string, readonly [ErrorCode, string]>> = {
  ErrInvalidNodeID: ['CLAIM_ID_INVALID', 'The cloud refuses the claim id.'],
  ErrInvalidNodeName: ['CLAIM_HOSTNAME_INVALID', 'The cloud refuses the host name; give another one.'],
  ErrInvalidRoomID: ['CLAIM_ROOM_INVALID', 'One of the rooms does not exist in this space.'],
  ErrInvalidPublicKey: ['CLAIM_KEY_INVALID', 'The cloud refuses the public key; remove private.pem and public.pem and claim again.'],
}

/** What an answer other than 204 means (aclk §1.2), as one sentence and whether asking again may help. */
export function claimRefusal({ status, body }: HttpsAnswer): Refusal {
  const key = /"errorMsgKey"\s*:\s*"(\w{1,64})"/.exec(body)?.[1] ?? ''
  const refuse = (code: ErrorCode, sentence: string, retry = false) => ({ error: new ThroughlineError(code, sentence), retry })
  if (status === 422) {
    const [code, sentence] = unprocessable[key] ?? ['BODY_UNPROCESSABLE' as const, `The cloud refuses the claim${key ? ` (${key})` : ''}.`]
    return refuse(code, sentence)
  }
  if (status === 403) return refuse('CLAIM_TOKEN_REFUSED', 'The claim token is unknown, used up or expired; ask for a fresh one.')
  if (status === 409) return refuse('CLAIM_CONFLICT', 'This host is already claimed.')
  if (status === 429) return refuse('RATE_LIMITED', 'The cloud asks to wait before claiming again.', true)
  if (status >= 500) return refuse('CLOUD_UNREACHABLE', `The cloud cannot take the claim right now (status ${status}).`, true)
  if (status === 404) return refuse('CONFIG_INVALID', 'There is no cloud at this address; check it.')
  return refuse('CLOUD_UNREACHABLE', `The cloud answers the claim with status ${status}.`, true)
}

function pause(clock: Clock, delayMs: number): Promise<void> {
  return new Promise((resolve) => void clock.after(delayMs, resolve))
}

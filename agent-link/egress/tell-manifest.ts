import { createPublicKey, sign } from 'node:crypto'
import { manifestStatement, type ManifestFields } from '../../src/aclk/egress/manifest-form.ts'
import type { ClaimId } from '../../src/domain/ids.ts'
import type { Log } from '../../src/support/log.ts'
import { claimBody, claimUrl } from '../claim/claim.ts'
import { readFileIfAny, writeFileAtomically, type StoredClaim } from '../claim/claim-files.ts'
import { requestHttps } from '../link/https.ts'
import type { ConfirmedManifest } from './confirmed.ts'

/** What a claim says of what may leave: the confirmed list, what waits for the owner's word, and the key's signature over both. */
export interface EgressMember {
  readonly version: number
  readonly hash: string
  readonly fields: ManifestFields
  readonly confirmedAtMs: number
  readonly by: string
  readonly pending: readonly string[]
  /** RSA-SHA256 over the statement of both, base64. */
  readonly signature: string
}

/** The signed member of a claim's body. */
export function egressMember(
  { manifestVersion, hash, fields, confirmedAtMs, by }: ConfirmedManifest,
  pending: readonly string[],
  claimId: ClaimId,
  privateKeyPem: string,
): EgressMember {
  const signature = sign('sha256', Buffer.from(manifestStatement(claimId, hash, pending)), privateKeyPem).toString('base64')
  return { version: manifestVersion, hash, fields, confirmedAtMs, by, pending, signature }
}

/** What the cloud was told last, so that a start that changes nothing asks nothing. */
const toldFileName = 'egress-told'
const toldText = (claimId: ClaimId, { hash }: ConfirmedManifest, pending: readonly string[]) => JSON.stringify([claimId, hash, ...pending])

/** Keeps what a claim has just told. */
export function keepToldManifest(
  folder: string,
  claimId: ClaimId,
  confirmed: ConfirmedManifest,
  pending: readonly string[],
): Promise<void> {
  return writeFileAtomically(folder, toldFileName, toldText(claimId, confirmed, pending))
}

/**
 * Tells the cloud what is confirmed and what waits, by the claim again: with the same id and key it is done already and takes no token
 * (aclk §1.2). It is told once, and at the next start when it could not be; never throws, since the link goes on without.
 */
export async function tellManifest(deps: {
  readonly folder: string
  readonly claim: StoredClaim
  readonly shownHostname: string
  readonly confirmed: ConfirmedManifest
  readonly waiting: readonly string[]
  readonly log: Log
}): Promise<void> {
  const { folder, claim, shownHostname, confirmed, waiting, log } = deps
  const { claimId, machineGuid, hostname, privateKeyPem, caPem } = claim
  try {
    if ((await readFileIfAny(folder, toldFileName)) === toldText(claimId, confirmed, waiting)) return
    const publicKeyPem = createPublicKey(privateKeyPem).export({ format: 'pem', type: 'spki' }).toString()
    const member = egressMember(confirmed, waiting, claimId, privateKeyPem)
    const body = claimBody({ token: 'unknown', roomIds: [], hostname, shownHostname, machineGuid }, claimId, publicKeyPem, member)
    const headers = { 'Content-Type': 'application/json' }
    const answer = await requestHttps({ method: 'PUT', url: claimUrl(claim.url, claimId), body, caPem, timeoutMs: 10_000, headers })
    if (answer.status !== 204) return log.warn('egress_manifest_untold', { status: answer.status })
    await keepToldManifest(folder, claimId, confirmed, waiting)
    log.info('egress_manifest_told', { hash: confirmed.hash, waiting: waiting.length })
  } catch (thrown) {
    log.warn('egress_manifest_untold', { reason: thrown instanceof Error ? thrown.name : '' })
  }
}

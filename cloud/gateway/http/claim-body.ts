import type { KeyObject } from 'node:crypto'
import { createPublicKey } from 'node:crypto'
import { z } from 'zod'
import { linkLimits } from '../../../src/aclk/limits.ts'
import type { ClaimId, MachineGuid } from '../../../src/domain/ids.ts'
import { canonicalUuid, parseId } from '../../../src/domain/ids.ts'
import { ThroughlineError } from '../../../src/errors/throughline-error.ts'
import { readStatement } from '../egress/read-statement.ts'
import type { ClaimRequest } from '../ports.ts'

/** Members beyond these are let be: stock bodies vary by version (aclk §1.1). */
const claimBody = z.object({
  node: z.object({ id: z.string(), hostname: z.string() }),
  token: z.string().min(1).max(1024),
  rooms: z.array(z.string().max(200)).max(100),
  publicKey: z.string().max(4096),
  mGUID: z.string(),
  egress: z.unknown().optional(),
})

/** What the dashboard-driven claim lets through in room ids (aclk §1.1). */
const roomIdPattern = /^[A-Za-z0-9.,\-:/_]{1,100}$/

/** Checks a claim body against the id in its path (security requirements C4 to C6). Throws the code each kind of agent prints. */
export function readClaimBody(pathClaimId: string, body: unknown): ClaimRequest {
  const parsed = claimBody.safeParse(body)
  if (!parsed.success) {
    const where = parsed.error.issues[0]?.path.join('.') ?? ''
    throw new ThroughlineError('BODY_UNPROCESSABLE', `The claim has a missing or wrong member: ${where || 'the whole body'}.`)
  }
  const { node, token, rooms, publicKey, mGUID, egress } = parsed.data
  const claimId = parseId<ClaimId>(pathClaimId, 'CLAIM_ID_INVALID', 'The claim id')
  if (canonicalUuid(node.id) !== claimId) throw new ThroughlineError('CLAIM_ID_INVALID', 'The claim ids of path and body differ.')
  const machineGuid = parseId<MachineGuid>(mGUID, 'CLAIM_ID_INVALID', 'The machine guid')
  checkHostname(node.hostname)
  const roomIds = [...new Set(rooms.map((room) => room.trim()).filter((room) => room !== ''))]
  if (!roomIds.every((room) => roomIdPattern.test(room)))
    throw new ThroughlineError('CLAIM_ROOM_INVALID', 'One or more room ids are invalid.')
  const publicKeyPem = canonicalPublicKey(publicKey)
  const claim = { claimId, machineGuid, hostname: node.hostname, token, roomIds, publicKeyPem }
  return egress === undefined ? claim : { ...claim, egress: readStatement(egress, claimId, publicKeyPem) }
}

/** Control characters, those that turn the direction of text, and halves of surrogate pairs. */
const refusedInHostname = /[\p{Cc}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\p{Surrogate}]/u

function checkHostname(hostname: string): void {
  const bytes = Buffer.byteLength(hostname)
  if (bytes < 1 || bytes > linkLimits.hostnameBytes || refusedInHostname.test(hostname)) {
    throw new ThroughlineError('CLAIM_HOSTNAME_INVALID', 'The host name is empty, too long, or has characters a name cannot have.')
  }
}

const publicKeyPattern = /^-----BEGIN PUBLIC KEY-----\r?\n([A-Za-z0-9+/=\r\n]+)-----END PUBLIC KEY-----\s*$/

/**
 * The one form of key stock agents send: a single SubjectPublicKeyInfo PEM, RSA-2048, exponent 65537, nothing before or behind.
 * Answers its canonical PEM. Whatever is refused is neither logged nor quoted.
 */
function canonicalPublicKey(pem: string): string {
  const refusal = new ThroughlineError('CLAIM_KEY_INVALID', 'The public key is not one RSA-2048 key with exponent 65537.')
  const match = publicKeyPattern.exec(pem)
  if (!match) throw refusal
  const der = Buffer.from((match[1] ?? '').replace(/[\r\n]/g, ''), 'base64')
  let key: KeyObject
  try {
    key = createPublicKey({ key: der, format: 'der', type: 'spki' })
  } catch {
    throw refusal
  }
  const details = key.asymmetricKeyDetails
  const isStock = key.asymmetricKeyType === 'rsa' && details?.modulusLength === 2048 && details.publicExponent === 65_537n
  if (!isStock || !key.export({ format: 'der', type: 'spki' }).equals(der)) throw refusal
  return key.export({ format: 'pem', type: 'spki' }).toString()
}

import { createPublicKey, verify } from 'node:crypto'
import { z } from 'zod'
import { manifestHash, manifestStatement, type ManifestFields } from '../../../src/aclk/egress/manifest-form.ts'
import type { ClaimId } from '../../../src/domain/ids.ts'
import { ThroughlineError } from '../../../src/errors/throughline-error.ts'

/** What an agent says its owner allowed to leave. */
export interface EgressStatement {
  readonly version: number
  readonly hash: string
  readonly fields: ManifestFields
  readonly confirmedAtMs: number
  readonly by: 'terminal' | 'flag' | 'this-host' | 'earlier-claim'
  /** What waits for the owner's word, as `message field`. */
  readonly pending: readonly string[]
}

const name = z.string().regex(/^[\w.{}[\]/ -]{1,100}$/)
const statement = z.strictObject({
  version: z.int().min(1).max(1_000_000),
  hash: z.string().regex(/^[0-9a-f]{64}$/),
  fields: z.record(name, z.array(name).max(200)),
  confirmedAtMs: z.int().min(0).max(8_640_000_000_000_000),
  by: z.enum(['terminal', 'flag', 'this-host', 'earlier-claim']),
  pending: z.array(z.string().regex(/^[\w.{}[\]/ -]{1,200}$/)).max(500),
  signature: z.string().max(1024),
})

/**
 * Checks the member a claim may bring, of ours alone and therefore strictly: its hash is that of its list, and the key of the claim has
 * signed both, so that who only knows a claim cannot say what its host may send. Throws BODY_UNPROCESSABLE.
 */
export function readStatement(member: unknown, claimId: ClaimId, publicKeyPem: string): EgressStatement {
  const read = statement.safeParse(member)
  if (!read.success || Object.keys(read.data.fields).length > 200) throw refusal('is not of its form')
  const { signature, ...said } = read.data
  if (manifestHash(said.fields) !== said.hash) throw refusal('has the hash of another list')
  const signed = Buffer.from(manifestStatement(claimId, said.hash, said.pending))
  if (!verify('sha256', signed, createPublicKey(publicKeyPem), Buffer.from(signature, 'base64')))
    throw refusal('is not signed with the key of the claim')
  return said
}

function refusal(what: string): ThroughlineError {
  return new ThroughlineError('BODY_UNPROCESSABLE', `The egress manifest of the claim ${what}.`)
}

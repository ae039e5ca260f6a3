import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import { canonicalUuid } from '../../src/domain/ids.ts'

/** A fresh 256-bit secret. */
export const newSecret = (): Buffer => randomBytes(32)

/** What is stored of a secret: SHA-256, hex. 256 random bits need no salt. */
export const secretHash = (secret: Uint8Array): string => createHash('sha256').update(secret).digest('hex')

/** Compares a secret with a stored hash in constant time. */
export function matchesHash(secret: Uint8Array, hash: string): boolean {
  const expected = Buffer.from(hash, 'hex')
  const actual = createHash('sha256').update(secret).digest()
  return expected.length === actual.length && timingSafeEqual(actual, expected)
}

/** One text without structure from the outside: ids (UUIDs) that find the item, then secrets that open it. */
export function packToken(ids: readonly string[], secrets: readonly Uint8Array[]): string {
  return Buffer.concat([...ids.map((id) => Buffer.from(id.replaceAll('-', ''), 'hex')), ...secrets]).toString('base64url')
}

/** Takes apart what {@link packToken} made; undefined for anything of another length or spelling. */
export function unpackToken(token: string, idCount: number, secretCount: number): { ids: string[]; secrets: Buffer[] } | undefined {
  const size = idCount * 16 + secretCount * 32
  if (token.length !== Math.ceil((size * 4) / 3)) return undefined
  const bytes = Buffer.from(token, 'base64url')
  // Base64 has several spellings of the same bytes; only ours counts.
  if (bytes.length !== size || bytes.toString('base64url') !== token) return undefined
  const ids: string[] = []
  for (let at = 0; at < idCount * 16; at += 16) {
    const hex = bytes.toString('hex', at, at + 16)
    const id = canonicalUuid(`${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`)
    if (id === undefined) return undefined
    ids.push(id)
  }
  const secrets: Buffer[] = []
  for (let at = idCount * 16; at < size; at += 32) secrets.push(bytes.subarray(at, at + 32))
  return { ids, secrets }
}

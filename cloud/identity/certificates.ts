import { createPublicKey, type KeyObject } from 'node:crypto'
import { calculateJwkThumbprint, compactVerify, CompactSign } from 'jose'
import { ThroughlineError } from '../../src/errors/throughline-error.ts'
import type { KeyRing } from './signing-keys.ts'

/** A public key in the form of RFC 7517, with the id that certificates name. */
export interface PublicJwk {
  readonly kty: string
  readonly crv: string
  readonly x: string
  readonly y: string
  readonly kid: string
  readonly alg: 'ES256'
  readonly use: 'sig'
}

/** Signs what has to be proven to somebody outside, and shows the keys it can be checked with. */
export interface Certificates {
  /** A JWS in compact form (RFC 7515), ES256, with the newest signing key of the installation. */
  sign(claims: object, type?: CertificateType): Promise<string>
  publicKeys(): readonly PublicJwk[]
}

/** What separates a certificate from every other thing these keys sign, and one kind from the other (S2). */
export type CertificateType = 'throughline-erasure+jws' | 'throughline-canary+jws'
const erasure: CertificateType = 'throughline-erasure+jws'

export function createCertificates(ring: Pick<KeyRing, 'current' | 'all'>): Certificates {
  return {
    sign: (claims, type = erasure) =>
      new CompactSign(new TextEncoder().encode(JSON.stringify(claims)))
        .setProtectedHeader({ alg: 'ES256', typ: type, kid: ring.current.kid })
        .sign(ring.current.privateKey),
    publicKeys: () => ring.all.map(({ kid, publicKey }) => publicJwk(kid, publicKey)),
  }
}

function publicJwk(kid: string, key: KeyObject): PublicJwk {
  const { kty = '', crv = '', x = '', y = '' } = key.export({ format: 'jwk' })
  return { kty, crv, x, y, kid, alg: 'ES256', use: 'sig' }
}

/** Reads public keys as a document of keys (`{"keys": […]}`), as one JWK, or as PEM. Throws CERTIFICATE_REFUSED. */
export async function readPublicKeys(text: string): Promise<ReadonlyMap<string, KeyObject>> {
  try {
    const keys = text.trimStart().startsWith('{') ? keysIn(JSON.parse(text)) : [createPublicKey(text)]
    const named = await Promise.all(
      keys.map(async (key) => {
        const { kty, crv, x, y } = key.export({ format: 'jwk' })
        if (kty !== 'EC' || crv !== 'P-256') throw new TypeError('not a P-256 key')
        // The name is worked out here, so that a document cannot give a key the name of another (RFC 7638).
        return [await calculateJwkThumbprint({ kty, crv, x: x ?? '', y: y ?? '' }), key] as const
      }),
    )
    return new Map(named)
  } catch (cause) {
    throw new ThroughlineError('CERTIFICATE_REFUSED', 'The public key cannot be read; it has to be a P-256 key as JSON or PEM.', { cause })
  }
}

function keysIn(document: unknown): KeyObject[] {
  const { keys = [document] } = document as { readonly keys?: readonly unknown[] }
  return keys.map((each) => {
    const { kty = '', crv = '', x = '', y = '' } = each as Partial<Record<'kty' | 'crv' | 'x' | 'y', string>>
    return createPublicKey({ key: { kty, crv, x, y }, format: 'jwk' })
  })
}

const refused = (sentence: string, cause?: unknown) =>
  new ThroughlineError('CERTIFICATE_REFUSED', sentence, cause === undefined ? undefined : { cause })

/**
 * What a certificate says, if one of these keys signed exactly this text. Throws CERTIFICATE_REFUSED for anything else, down to another
 * spelling of the same bytes.
 */
export async function openCertificate(
  jws: string,
  keys: ReadonlyMap<string, KeyObject>,
  type: CertificateType = erasure,
): Promise<unknown> {
  const parts = jws.split('.')
  if (parts.length !== 3 || parts.some((part) => Buffer.from(part, 'base64url').toString('base64url') !== part))
    throw refused('This is not a certificate of Throughline, or it was changed.')
  let kid: string | undefined
  try {
    ;({ kid } = JSON.parse(Buffer.from(parts[0] ?? '', 'base64url').toString('utf8')) as { kid?: string })
  } catch (cause) {
    throw refused('This is not a certificate of Throughline, or it was changed.', cause)
  }
  const key = kid === undefined ? undefined : keys.get(kid)
  if (key === undefined) throw refused('The certificate was not signed with a key of this installation, or it was changed.')
  try {
    const { payload, protectedHeader } = await compactVerify(jws, key, { algorithms: ['ES256'] })
    if (protectedHeader.typ !== type) throw refused('This was signed by this installation, but it is a certificate of something else.')
    return JSON.parse(new TextDecoder().decode(payload)) as unknown
  } catch (cause) {
    if (cause instanceof ThroughlineError) throw cause
    throw refused('The certificate was changed after it was signed.', cause)
  }
}

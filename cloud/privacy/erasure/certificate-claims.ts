import type { CertificateClaims } from '../certificate/claims.ts'
import type { ErasureRecord } from './erasure-record.ts'

/** What a certificate says of an erasure whose steps are all done at `doneAtMs`. */
export function certificateClaims(
  erasureId: string,
  record: ErasureRecord,
  about: {
    readonly doneAtMs: number
    readonly tails: CertificateClaims['tails']
    readonly publicUrl: string
    /** Of the key under which `idHashes` were made. */
    readonly keyId: string
  },
): CertificateClaims {
  const { kind, requestedAtMs, steps, rowsErased, rowsUnnamed, idHashes, hadKey = false, mirror } = record
  const { doneAtMs, tails, publicUrl, keyId } = about
  return {
    version: 1,
    iss: publicUrl,
    jti: erasureId,
    sub: erasureId,
    iat: Math.floor(doneAtMs / 1000),
    kind,
    requestedAtMs,
    notedAtMs: steps.noted ?? doneAtMs,
    doneAtMs,
    stores: [
      { name: 'table', state: 'clean', rowsErased, rowsUnnamed, rowsLeft: 0, atMs: steps.checked ?? doneAtMs },
      {
        name: 'mirror',
        state: (mirror?.sink ?? 'off') === 'off' ? 'off' : 'clean',
        rowsErased: null,
        rowsUnnamed: null,
        rowsLeft: 0,
        atMs: steps.mirror ?? doneAtMs,
      },
    ],
    keyDestroyedAtMs: hadKey ? (steps.key ?? doneAtMs) : null,
    tails,
    idHashes,
    keyId,
  }
}

import { z } from 'zod'

const store = z.strictObject({
  name: z.enum(['table', 'mirror']),
  /** What it is: the mirror may be switched off. */
  state: z.enum(['clean', 'off']),
  rowsErased: z.number().nullable(),
  rowsUnnamed: z.number().nullable(),
  rowsLeft: z.literal(0),
  atMs: z.number(),
})

/** What a certificate of an erasure says, version 1. Times are epoch milliseconds. */
export const certificateClaims = z.strictObject({
  version: z.literal(1),
  /** The installation, by its address. */
  iss: z.string(),
  /** The erasure; also its entry in the ledger. */
  jti: z.string(),
  /** Keyed hash of who or what was erased. */
  sub: z.string(),
  iat: z.number(),
  kind: z.enum(['person', 'space', 'installation']),
  requestedAtMs: z.number(),
  notedAtMs: z.number(),
  doneAtMs: z.number(),
  stores: z.array(store),
  /** Null: there was no key of this subject. */
  keyDestroyedAtMs: z.number().nullable(),
  tails: z.array(z.strictObject({ what: z.string(), why: z.string(), untilMs: z.number().nullable() })),
  /** Keyed hashes of ids that were theirs alone: found again anywhere, they betray a row that came back. */
  idHashes: z.array(z.string()),
  /** Names the key of all these hashes. */
  keyId: z.string(),
})

export type CertificateClaims = z.infer<typeof certificateClaims>

/** The file that is handed out: one line, so that every byte of it counts. */
export const certificateFile = (jws: string): string => `${JSON.stringify({ certificate: jws })}\n`

/** The certificate in a file as it was handed out; undefined for any other text, down to a byte. */
export function certificateIn(text: string): string | undefined {
  const [, jws] = /^\{"certificate":"([\w.-]+)"\}\n?$/.exec(text) ?? []
  return jws
}

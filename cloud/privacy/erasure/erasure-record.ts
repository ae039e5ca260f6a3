import { z } from 'zod'
import type { Storable } from '../../../src/domain/storable.ts'

/** What an erasure does, in this order. Each may be repeated; a time says that it is done. */
export const erasureSteps = ['shut', 'left', 'noted', 'rows', 'traces', 'key', 'checked', 'mirror', 'certificate', 'mail'] as const
export type ErasureStepName = (typeof erasureSteps)[number]

const tail = z.object({ what: z.string(), why: z.string(), untilMs: z.number().nullable() })
/** Something that stays for a while after an erasure, and until when; null: for good. */
export type Tail = z.infer<typeof tail>

const mirrorPart = z.object({ sink: z.enum(['duckdb', 'bigquery', 'off']), tables: z.number(), rowsLeft: z.number() })

const record = z.object({
  kind: z.enum(['person', 'space', 'installation']),
  /** Whom it is about: only until it is done. */
  id: z.string().optional(),
  /** Hashes of the tokens that show it without a session. */
  tokenHashes: z.array(z.string()),
  requestedAtMs: z.number(),
  steps: z.partialRecord(z.enum(erasureSteps), z.number()),
  /** Rows that went, and rows of others that lost the name. */
  rowsErased: z.number(),
  rowsUnnamed: z.number(),
  /** Keyed hashes of ids that were theirs alone, such as those of sign-ins. */
  idHashes: z.array(z.string()),
  /** Whether there was a key to destroy. */
  hadKey: z.boolean().optional(),
  mirror: mirrorPart.optional(),
  tails: z.array(tail).optional(),
  certificate: z.string().optional(),
  /** Sealed address and link for the one mail that confirms it; gone when that is out, or after a day. */
  mail: z.string().optional(),
})

/** An erasure that was asked for: how far it is, and its certificate. Never an address. */
export type ErasureRecord = z.infer<typeof record>

export const parseErasure = (data: Storable): ErasureRecord => record.parse(data)

/** How long a token shows an erasure after it is done. */
export const erasureShownMs = 30 * 86_400_000
/** What other processes may still write before they know the ledger: nothing is called clean before. */
export const settleMs = 10_000
/** How long the address for the confirming mail is kept at most. */
export const mailKeptMs = 24 * 3_600_000
/** How many may watch one erasure: each request for the same one gets a token. */
export const tokensMax = 10
/** Most ids of one subject whose hashes a certificate carries; rows beyond still name the subject itself. */
export const idHashesMax = 2_000

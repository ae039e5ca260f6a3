import { z } from 'zod'
import { ThroughlineError } from '../../../src/errors/throughline-error.ts'
import type { DataOfKind } from '../../store/kinds.ts'
import type { StoredItem } from '../../store/port.ts'

const dayMs = 24 * 3_600_000

/** A month for an answer, two more once with a reason (GDPR article 12; security D7). */
export const requestLimits = { answerMs: 30 * dayMs, extensionMs: 60 * dayMs, keptMs: 400 * dayMs, textBytes: 2_048, open: 10 } as const

export const requestKinds = ['access', 'correction', 'export', 'objection', 'deletion'] as const
export type RequestKind = (typeof requestKinds)[number]
export const requestStates = ['open', 'answered', 'refused'] as const
export type RequestState = (typeof requestStates)[number]

/** What somebody asked for in writing. */
export interface PrivacyRequest {
  readonly requestId: string
  /** Undefined: a letter of somebody who has no account here; then `address` says whose. */
  readonly personId: string | undefined
  readonly address: string | undefined
  readonly kind: RequestKind
  readonly way: 'profile' | 'letter'
  readonly state: RequestState
  readonly madeAtMs: number
  readonly dueAtMs: number
  readonly endedAtMs: number | undefined
  readonly extendedAtMs: number | undefined
  /** Hostile text, as is all that people write. */
  readonly text: string
  /** What was answered. */
  readonly note: string | undefined
  /** Why an answer takes longer. */
  readonly extension: string | undefined
}

export type RequestData = DataOfKind<'privacy-request'>

const words = { text: z.string(), note: z.string().optional(), extension: z.string().optional() }
const stored = z.object({
  personId: z.string().optional(),
  kind: z.enum(requestKinds),
  way: z.enum(['profile', 'letter']),
  state: z.enum(requestStates),
  madeAtMs: z.number(),
  dueAtMs: z.number(),
  endedAtMs: z.number().optional(),
  extendedAtMs: z.number().optional(),
  isUntold: z.literal(true).optional(),
  own: z.object(words).optional(),
  letter: z.object({ address: z.string(), ...words }).optional(),
})

/** The data of an item. */
export const dataOf = (item: StoredItem): RequestData => stored.parse(item.data)

/** A request as it lies in the store. */
export function requestOf(item: StoredItem): PrivacyRequest {
  const { own, letter, personId, endedAtMs, extendedAtMs, isUntold: _untold, ...rest } = dataOf(item)
  const { text, note, extension } = own ?? letter ?? { text: '' }
  const requestId = item.sort.slice(item.sort.indexOf('/') + 1)
  return { ...rest, requestId, personId, address: letter?.address, endedAtMs, extendedAtMs, text, note, extension }
}

/** What somebody wrote, trimmed. Throws BODY_UNPROCESSABLE when it is nothing, or more than 2 kB. */
export function requestText(text: string): string {
  const written = text.trim()
  if (written === '') throw new ThroughlineError('BODY_UNPROCESSABLE', 'Write a few words.')
  if (Buffer.byteLength(written) > requestLimits.textBytes)
    throw new ThroughlineError('BODY_UNPROCESSABLE', `Write at most ${requestLimits.textBytes} bytes.`)
  return written
}

import type { SpaceId } from '../../../src/domain/ids.ts'
import type { Clock } from '../../../src/support/clock.ts'
import { attemptReasons, attemptSentence, isGoodReason, tlsReason, type AttemptReason, type AttemptStage } from './reasons.ts'

/** What is known of one attempt of an agent to claim or connect. Nothing in it is a secret or a value. */
export interface AttemptNote {
  readonly address: string
  readonly stage: AttemptStage
  readonly reason: AttemptReason
  readonly claimId?: string | undefined
  readonly machineGuid?: string | undefined
  readonly hostname?: string | undefined
  /** Undefined when it could not be told whose it was. */
  readonly spaceId?: SpaceId | undefined
}

/** One row for the page: repeats of the same attempt share it. Times are epoch milliseconds. */
export interface ConnectAttempt {
  readonly firstAtMs: number
  readonly atMs: number
  readonly count: number
  readonly address: string
  readonly stage: AttemptStage
  readonly reason: AttemptReason
  readonly isGood: boolean
  readonly sentence: string
  readonly mend: string
  readonly claimId: string | undefined
  readonly hostname: string | undefined
}

/** What agents tried lately: in memory only, bounded, gone after an hour. Addresses stand here and nowhere else. */
export interface ConnectJournal {
  note(attempt: AttemptNote): void
  /** A handshake ended before HTTP; `code` is Node.js's. Codes that say nothing of an agent are let be. */
  noteTls(trouble: { readonly address: string; readonly code: string }): void
  /** Newest first: attempts on this space, and those of which nobody knows whose they were. */
  list(spaceId: SpaceId): readonly ConnectAttempt[]
}

export const journalLimits = { attempts: 200, attemptsPerAddress: 20, keptMs: 3_600_000 } as const

interface Entry extends AttemptNote {
  readonly firstAtMs: number
  atMs: number
  count: number
}

export function createConnectJournal({ clock }: { clock: Clock }): ConnectJournal {
  /** Oldest first: a repeat moves its row to the end. */
  const entries = new Map<string, Entry>()

  const forgetOld = () => {
    for (const [key, { atMs }] of entries) {
      if (atMs + journalLimits.keptMs > clock.nowMs()) break
      entries.delete(key)
    }
  }

  /** One address cannot push out the attempts of others. */
  const makeRoom = (address: string) => {
    const ofAddress = [...entries].filter(([, entry]) => entry.address === address)
    const [oldestOfAddress] = ofAddress
    const [oldest] = entries.keys()
    if (oldestOfAddress !== undefined && ofAddress.length >= journalLimits.attemptsPerAddress) entries.delete(oldestOfAddress[0])
    else if (oldest !== undefined && entries.size >= journalLimits.attempts) entries.delete(oldest)
  }

  const note = (given: AttemptNote) => {
    forgetOld()
    const attempt = { ...given, address: plain(given.address) }
    const { address, stage, reason, claimId, machineGuid, spaceId } = attempt
    // Agents 2.x make up a claim id for each attempt; the machine is what repeats.
    const key = JSON.stringify([address, stage, reason, machineGuid ?? claimId, spaceId])
    const nowMs = clock.nowMs()
    const known = entries.get(key)
    if (known === undefined) makeRoom(address)
    else entries.delete(key)
    entries.set(key, { ...attempt, firstAtMs: known?.firstAtMs ?? nowMs, atMs: nowMs, count: (known?.count ?? 0) + 1 })
  }

  return {
    note,
    noteTls({ address, code }) {
      const reason = tlsReason(code)
      if (reason !== undefined) note({ address, stage: 'tls', reason })
    },
    list(spaceId) {
      forgetOld()
      return [...entries.values()]
        .filter((entry) => entry.spaceId === undefined || entry.spaceId === spaceId)
        .reverse()
        .map(({ firstAtMs, atMs, count, address, stage, reason, claimId, hostname }) => ({
          firstAtMs,
          atMs,
          count,
          address,
          stage,
          reason,
          isGood: isGoodReason(reason),
          sentence: attemptSentence({ address, stage, reason, hostname }),
          mend: attemptReasons[reason].mend,
          claimId,
          hostname,
        }))
    },
  }
}

/** An address without its IPv4-in-IPv6 dress. */
function plain(address: string): string {
  return address.replace(/^::ffff:(?=\d+\.)/i, '')
}

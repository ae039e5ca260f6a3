import { readRecurrence, type Recurrence } from './recurrence.ts'
import type { SilenceContent } from '../../../src/domain/silence.ts'

/** A time in which a silence holds. */
export interface SilenceWindow {
  readonly fromMs: number
  /** Null: it does not end. */
  readonly toMs: number | null
}

export type SilenceState = 'ACTIVE' | 'SCHEDULED' | 'INACTIVE'

/** How a silence stands at a time, and until when that is so. */
export interface SilenceMoment {
  readonly state: SilenceState
  /** While it is active: since when this time of it lasts; null: it is not active. */
  readonly activeSinceMs: number | null
  /** While it is active: until when, times that overlap taken together; null: it does not end, or is not active. */
  readonly activeUntilMs: number | null
  /** The next start after this time; null: there is none. */
  readonly nextAtMs: number | null
  /** From when on this has to be worked out again. */
  readonly goodUntilMs: number
}

export type SilenceTiming = Pick<SilenceContent, 'startsAtMs' | 'endsAtMs' | 'rrule' | 'timeZone' | 'isDisabled'>

/** Times that overlap are taken together this far; what goes on longer is looked at again then. */
const chainMax = 50
const brokenForMs = 3_600_000

/** One silence's times; the rule is read once. Throws BODY_UNPROCESSABLE when it is none. */
export function createSilenceTimes(timing: SilenceTiming) {
  const { startsAtMs, endsAtMs, rrule, timeZone, isDisabled } = timing
  const recurrence: Recurrence =
    rrule === null ? once(startsAtMs, endsAtMs) : readRecurrence(rrule, startsAtMs, endsAtMs, timeZone ?? 'UTC')

  const windowAt = (atMs: number): SilenceWindow | undefined => {
    const fromMs = recurrence.previous(atMs)
    if (fromMs === undefined) return undefined
    const toMs = recurrence.endOf(fromMs)
    return toMs === null || toMs > atMs ? { fromMs, toMs } : undefined
  }

  /** The end of this window and of those that begin before it is over. */
  const endOfChain = ({ fromMs, toMs }: SilenceWindow): number | null => {
    let [startMs, endMs] = [fromMs, toMs]
    for (let step = 0; step < chainMax && endMs !== null; step++) {
      const nextMs = recurrence.next(startMs)
      if (nextMs === undefined || nextMs > endMs) break
      startMs = nextMs
      const nextEndMs = recurrence.endOf(nextMs)
      endMs = nextEndMs === null ? null : Math.max(endMs, nextEndMs)
    }
    return endMs
  }

  return {
    /** How it stands at this time. */
    at(atMs: number): SilenceMoment {
      if (isDisabled) return { state: 'INACTIVE', activeSinceMs: null, activeUntilMs: null, nextAtMs: null, goodUntilMs: Infinity }
      const window = windowAt(atMs)
      const nextAtMs = recurrence.next(atMs) ?? null
      if (window !== undefined) {
        const activeUntilMs = endOfChain(window)
        return {
          state: 'ACTIVE',
          activeSinceMs: window.fromMs,
          activeUntilMs,
          nextAtMs,
          goodUntilMs: Math.min(activeUntilMs ?? Infinity, nextAtMs ?? Infinity),
        }
      }
      return {
        state: nextAtMs === null ? 'INACTIVE' : 'SCHEDULED',
        activeSinceMs: null,
        activeUntilMs: null,
        nextAtMs,
        goodUntilMs: nextAtMs ?? Infinity,
      }
    },

    /** The last time that began before this one, over or not. */
    last(atMs: number): SilenceWindow | undefined {
      const fromMs = recurrence.previous(atMs)
      return fromMs === undefined ? undefined : { fromMs, toMs: recurrence.endOf(fromMs) }
    },

    /** What of it lies in a span, the earliest first; `hasMore`: there are more than asked for. */
    between(fromMs: number, toMs: number, limit: number): { readonly windows: readonly SilenceWindow[]; readonly hasMore: boolean } {
      const windows: SilenceWindow[] = []
      const first = windowAt(fromMs)
      let startMs = first?.fromMs ?? recurrence.next(fromMs)
      while (startMs !== undefined && startMs < toMs && windows.length <= limit) {
        windows.push({ fromMs: startMs, toMs: recurrence.endOf(startMs) })
        startMs = recurrence.next(startMs)
      }
      return { windows: windows.slice(0, limit), hasMore: windows.length > limit }
    },
  }
}

/** A silence as far as its times are remembered. */
type Timed = SilenceTiming & { readonly silenceId: string; readonly changedAtMs: number }

/** How silences stand, worked out once for each version and again only when that changes; so many are remembered. */
export function createMoments(most = 5_000): (silence: Timed, atMs: number) => SilenceMoment {
  const known = new Map<string, { version: string; times?: ReturnType<typeof createSilenceTimes>; fromMs: number; moment: SilenceMoment }>()
  return (silence, atMs) => {
    const { silenceId, changedAtMs, startsAtMs, endsAtMs, rrule, timeZone, isDisabled } = silence
    const version = JSON.stringify([changedAtMs, startsAtMs, endsAtMs, rrule, timeZone, isDisabled])
    const entry = known.get(silenceId)
    const isSame = entry?.version === version
    if (entry !== undefined && isSame && atMs >= entry.fromMs && atMs < entry.moment.goodUntilMs) return entry.moment
    const [oldest] = known.size >= most ? known.keys() : []
    if (oldest !== undefined) known.delete(oldest)
    try {
      const times = (isSame ? entry?.times : undefined) ?? createSilenceTimes(silence)
      const moment = times.at(atMs)
      known.set(silenceId, { version, times, fromMs: atMs, moment })
      return moment
    } catch {
      // It could be worked out when it was made and cannot now: it is not active, and asked again in a while.
      const moment = {
        state: 'INACTIVE',
        activeSinceMs: null,
        activeUntilMs: null,
        nextAtMs: null,
        goodUntilMs: atMs + brokenForMs,
      } as const
      known.set(silenceId, { version, fromMs: atMs, moment })
      return moment
    }
  }
}

function once(startsAtMs: number, endsAtMs: number | null): Recurrence {
  return {
    previous: (atMs) => (startsAtMs <= atMs ? startsAtMs : undefined),
    next: (afterMs) => (startsAtMs > afterMs ? startsAtMs : undefined),
    endOf: () => endsAtMs,
  }
}

import { createRuleStarts } from './rule-starts.ts'
import { dayOf } from './civil-days.ts'
import { readRule } from './rule-parts.ts'
import { createZoneClock, type ZoneClock } from './zone-clock.ts'

/** When something recurs. Times are epoch milliseconds; a rule that cannot be worked out within bounds throws BODY_UNPROCESSABLE. */
export interface Recurrence {
  /** The last start at this time or before it. */
  previous(atMs: number): number | undefined
  /** The first start after this time. */
  next(afterMs: number): number | undefined
  /** When the time that starts then ends; null: never. */
  endOf(startMs: number): number | null
}

/** Whether it names a time zone. */
export function isTimeZone(name: string): boolean {
  // Offsets like +02:00 are taken by the platform too, but they know no summer time.
  if (!/^[A-Za-z][A-Za-z0-9_+/-]{0,63}$/.test(name)) return false
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== ''
  } catch {
    return false
  }
}

const dayMs = 86_400_000

/** The last millisecond of a rule with UNTIL: a time in UTC, or the whole of a day in its zone. */
function untilOf(text: string | undefined, clock: ZoneClock): number {
  if (text === undefined) return Infinity
  const [, year, month, date, hour = '', minute, second] = /^(\d{4})(\d{2})(\d{2})(?:T(\d{2})(\d{2})(\d{2})Z)?$/.exec(text) ?? []
  const day = dayOf(Number(year), Number(month), Number(date))
  if (hour !== '') return day * dayMs + ((Number(hour) * 60 + Number(minute)) * 60 + Number(second)) * 1_000
  const nextMs = (day + 1) * dayMs
  // Where clocks are set forward at midnight, the next day begins an hour later.
  return (clock.instantOf(nextMs) ?? clock.instantOf(nextMs + 3_600_000) ?? nextMs) - 1
}

/**
 * A rule (RFC 5545 §3.3.10) that starts at a time in a zone. Starts keep their time of day through summer time; one that does not
 * exist that day is left out, as the RFC wants. Ends keep theirs too: 22:00 to 06:00 is 22:00 to 06:00 in every night, however long
 * it is. Throws BODY_UNPROCESSABLE.
 */
export function readRecurrence(text: string, startsAtMs: number, endsAtMs: number | null, timeZone: string): Recurrence {
  const parts = readRule(text)
  const clock = createZoneClock(timeZone)
  const starts = createRuleStarts(parts, startsAtMs, clock)
  const untilMs = untilOf(parts.get('UNTIL'), clock)
  const count = Number(parts.get('COUNT') ?? 0)
  // A counted rule has to be walked from its start: once, since it is short.
  let known: readonly number[] | undefined
  const counted = () => (known ??= [...take(starts.after(startsAtMs), count)])
  const lastingMs = endsAtMs === null ? 0 : clock.localOf(endsAtMs) - clock.localOf(startsAtMs)
  const isExact = parts.get('FREQ') === 'HOURLY' || lastingMs <= 0

  return {
    previous(atMs) {
      if (count > 0) return counted().findLast((startMs) => startMs <= atMs)
      return starts.before(Math.min(atMs, untilMs)).next().value
    },
    next(afterMs) {
      if (count > 0) return counted().find((startMs) => startMs > afterMs)
      if (afterMs >= untilMs) return undefined
      const startMs = starts.after(afterMs + 1).next().value
      return startMs === undefined || startMs > untilMs ? undefined : startMs
    },
    endOf(startMs) {
      if (endsAtMs === null) return null
      if (isExact) return startMs + (endsAtMs - startsAtMs)
      const localMs = clock.localOf(startMs) + lastingMs
      // A time that does not exist that day is as much later as clocks are set forward.
      const endMs = clock.instantOf(localMs) ?? localMs - clock.offsetBefore(localMs)
      // Where clocks go back, the end may read earlier than the start.
      return endMs > startMs ? endMs : startMs + (endsAtMs - startsAtMs)
    },
  }
}

function* take(all: Iterable<number>, most: number): Generator<number> {
  let left = most
  for (const each of all) {
    yield each
    if (--left <= 0) return
  }
}

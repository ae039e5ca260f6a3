import { RRuleTemporal } from 'rrule-temporal'
import { Temporal } from 'temporal-polyfill'
import { ThroughlineError } from '../../../src/errors/throughline-error.ts'
import { readRule } from './rule-parts.ts'

/**
 * How much of a rule is worked out at once; one that needs more is refused when it is made. Hours are the dearest (0.4 ms each,
 * measured), and a rule of hours that is any use fits within a week.
 */
const workMax = (freq: string | undefined) => ({ maxIterations: freq === 'HOURLY' ? 200 : 800, maxCandidateEvaluations: 20_000 })

/** When something recurs. Times are epoch milliseconds; a rule that cannot be worked out within bounds throws BODY_UNPROCESSABLE. */
export interface Recurrence {
  /** The last start at this time or before it. */
  previous(atMs: number): number | undefined
  /** The first start after this time. */
  next(afterMs: number): number | undefined
  /** When the time that starts then ends; null: never. */
  endOf(startMs: number): number | null
}

const tooMuch = () =>
  new ThroughlineError('BODY_UNPROCESSABLE', 'This rule never fits, or so rarely that it cannot be worked out; make it simpler.')

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

const zoned = (atMs: number, timeZone: string) => Temporal.Instant.fromEpochMilliseconds(atMs).toZonedDateTimeISO(timeZone)

const weekdays = ['MO', 'TU', 'WE', 'TH', 'FR', 'SA', 'SU']

/** The same rule as the library works it out best: days by the year instead of one by one, and the weekday of a week from the start. */
function spelledOut(parts: ReadonlyMap<string, string>, start: Temporal.ZonedDateTime): string {
  const spelled = new Map(parts)
  if (parts.get('FREQ') === 'DAILY' && (parts.has('BYMONTH') || parts.has('BYMONTHDAY'))) {
    spelled.set('FREQ', 'YEARLY')
    if (!parts.has('BYMONTHDAY') && !parts.has('BYDAY')) spelled.set('BYDAY', weekdays.join(','))
  }
  if (parts.has('BYWEEKNO') && !parts.has('BYDAY')) spelled.set('BYDAY', weekdays[start.dayOfWeek - 1] ?? '')
  return [...spelled].map(([name, value]) => `${name}=${value}`).join(';')
}

/**
 * A rule (RFC 5545 §3.3.10) that starts at a time in a zone. Starts keep their time of day through summer time; one that does not
 * exist that day is left out, as the RFC wants. Ends keep theirs too: 22:00 to 06:00 is 22:00 to 06:00 in every night, however long
 * it is. Throws BODY_UNPROCESSABLE.
 */
export function readRecurrence(text: string, startsAtMs: number, endsAtMs: number | null, timeZone: string): Recurrence {
  const parts = readRule(text)
  // Plain hours follow one another however clocks are set, also through an hour that is there twice.
  const isPlainHours = parts.get('FREQ') === 'HOURLY' && !['BYDAY', 'BYHOUR', 'BYMINUTE'].some((name) => parts.has(name))
  const dtstart = zoned(startsAtMs, isPlainHours ? 'UTC' : timeZone)
  const rule = spelledOut(parts, dtstart)
  let made: RRuleTemporal
  try {
    made = new RRuleTemporal({ rruleString: rule, dtstart, temporal: Temporal, cache: false, ...workMax(parts.get('FREQ')) })
  } catch {
    throw new ThroughlineError('BODY_UNPROCESSABLE', 'The parts of this rule do not fit together.')
  }
  const worked = <T>(work: () => T): T => {
    try {
      return work()
    } catch {
      throw tooMuch()
    }
  }
  // A counted rule has to be walked from its start: once, since it is short.
  let counted: readonly number[] | undefined
  const starts = () => (counted ??= worked(() => made.all().map(({ epochMilliseconds }) => epochMilliseconds)))
  const isCounted = parts.has('COUNT')

  const onClock = (ms: number) => zoned(ms, timeZone).toPlainDateTime()
  const lasting = endsAtMs === null ? undefined : onClock(startsAtMs).until(onClock(endsAtMs), { largestUnit: 'day' })
  const isExact = lasting !== undefined && (parts.get('FREQ') === 'HOURLY' || lasting.sign <= 0)

  return {
    previous(atMs) {
      if (isCounted) return starts().findLast((startMs) => startMs <= atMs)
      if (atMs < startsAtMs) return undefined
      return worked(() => made.previous(zoned(atMs, timeZone), true))?.epochMilliseconds
    },
    next(afterMs) {
      if (isCounted) return starts().find((startMs) => startMs > afterMs)
      const fromMs = Math.max(afterMs, startsAtMs - 1)
      return worked(() => made.next(zoned(fromMs, timeZone), false))?.epochMilliseconds
    },
    endOf(startMs) {
      if (endsAtMs === null || lasting === undefined) return null
      if (isExact) return startMs + (endsAtMs - startsAtMs)
      const endMs = onClock(startMs).add(lasting).toZonedDateTime(timeZone).epochMilliseconds
      // Where clocks go back, the end may read earlier than the start.
      return endMs > startMs ? endMs : startMs + (endsAtMs - startsAtMs)
    },
  }
}

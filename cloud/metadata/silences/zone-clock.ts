import { Temporal } from 'temporal-polyfill'

/** What clocks on the wall of a zone show. A local time is milliseconds since 1970-01-01 00:00 on that wall. */
export interface ZoneClock {
  localOf(atMs: number): number
  /** The first moment at which clocks show this; undefined: they never do, because they are set forward past it. */
  instantOf(localMs: number): number | undefined
  /** By how much clocks are ahead of UTC a day before they show this. */
  offsetBefore(localMs: number): number
}

const hourMs = 3_600_000

/** The clock of a time zone (`isTimeZone`). */
export function createZoneClock(timeZone: string): ZoneClock {
  const offsetOf = (atMs: number) => Temporal.Instant.fromEpochMilliseconds(atMs).toZonedDateTimeISO(timeZone).offsetNanoseconds / 1_000_000
  const offsetBefore = (localMs: number) => offsetOf(localMs - 26 * hourMs)
  const localOf = (atMs: number) => atMs + offsetOf(atMs)
  return {
    localOf,
    offsetBefore,
    instantOf(localMs) {
      // Offsets around it: what clocks showed shortly before comes first.
      const offsets = [...new Set([offsetBefore(localMs), offsetOf(localMs + 26 * hourMs)])]
      const found = offsets.map((offsetMs) => localMs - offsetMs).filter((atMs) => localOf(atMs) === localMs)
      return found.length === 0 ? undefined : Math.min(...found)
    },
  }
}

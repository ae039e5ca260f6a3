import { zoneOffset } from './time-zone.ts'

/** Writes times of one time zone, 24 hours, days as `12 Mar`. Cheap: made for every label of every chart each second. */
export interface TimeFormat {
  readonly zone: string
  /** Seconds that the zone is ahead of UTC at a time. */
  offsetS(timeS: number): number
  /** `14:03:22`, or `14:03`. */
  clock(timeS: number, hasSeconds?: boolean): string
  /** `12 Mar`, with the year when it is not the one of `nowS`. */
  day(timeS: number, nowS: number): string
  /** The time of day, with the day before it when that is not the day of `nowS`. */
  moment(timeS: number, nowS: number, hasSeconds?: boolean): string
  /** Both ends as a person reads them, one day named once: `14:00 – 15:00`, `12 Mar 14:00 – 15:00`; weeks in days alone. */
  span(fromS: number, toS: number, nowS: number): string
  /** For a field of date and time: `2026-03-12T14:03:22`. */
  field(timeS: number): string
  /** Reads such a field; undefined when it holds no time. A time that a clock change leaves out counts as the one right after. */
  parseField(text: string): number | undefined
  /** `UTC`, `UTC+1`, `UTC−3:30`: the offset at a time in words. */
  offsetText(timeS: number): string
}

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']
const two = (n: number) => String(n).padStart(2, '0')
const dayS = 86_400
/** From here on a span is read in days. */
const longS = 7 * dayS
const fieldShape = /^(\d{4})-(\d{2})-(\d{2})[T ](\d{2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?$/u
const formats = new Map<string, TimeFormat>()

/** The format of a zone; the same one each time. Throws RangeError for a name the machine does not know. */
export function timeFormat(zone: string): TimeFormat {
  const known = formats.get(zone)
  if (known) return known
  const made = createTimeFormat(zone)
  formats.set(zone, made)
  return made
}

function createTimeFormat(zone: string): TimeFormat {
  const offsetS = zoneOffset(zone)
  /** A date whose UTC parts are the local ones. */
  const local = (timeS: number) => new Date((timeS + offsetS(timeS)) * 1000)
  const localDay = (timeS: number) => Math.floor((timeS + offsetS(timeS)) / dayS)

  const clock = (timeS: number, hasSeconds = true) => {
    const ofDayS = Math.floor(timeS + offsetS(timeS)) - localDay(timeS) * dayS
    const text = `${two(Math.floor(ofDayS / 3600))}:${two(Math.floor(ofDayS / 60) % 60)}`
    return hasSeconds ? `${text}:${two(ofDayS % 60)}` : text
  }
  const day = (timeS: number, nowS: number) => {
    const date = local(timeS)
    const text = `${date.getUTCDate()} ${months[date.getUTCMonth()]}`
    return date.getUTCFullYear() === local(nowS).getUTCFullYear() ? text : `${text} ${date.getUTCFullYear()}`
  }
  const moment = (timeS: number, nowS: number, hasSeconds = true) =>
    localDay(timeS) === localDay(nowS) ? clock(timeS, hasSeconds) : `${day(timeS, nowS)} ${clock(timeS, hasSeconds)}`

  return {
    zone,
    offsetS,
    clock,
    day,
    moment,
    span(fromS, toS, nowS) {
      const hasSeconds = toS - fromS < 600
      if (localDay(fromS) === localDay(toS)) return `${moment(fromS, nowS, hasSeconds)} – ${clock(toS, hasSeconds)}`
      // Two days are both named: the same time of day twice would read like nothing.
      const hasClock = toS - fromS < longS
      return [fromS, toS].map((timeS) => (hasClock ? `${day(timeS, nowS)} ${clock(timeS, hasSeconds)}` : day(timeS, nowS))).join(' – ')
    },
    field: (timeS) => local(Math.floor(timeS)).toISOString().slice(0, 19),
    parseField(text) {
      const [, year = '', month = '', date = '', hour = '', minute = '', second = '0'] = fieldShape.exec(text.trim()) ?? []
      if (year === '') return undefined
      const asUtcS = Date.UTC(Number(year), Number(month) - 1, Number(date), Number(hour), Number(minute), Number(second)) / 1000
      // Months of 13 and days of 31 February roll over: such a text names no time.
      if (new Date(asUtcS * 1000).toISOString().slice(0, 10) !== `${year}-${month}-${date}` || Number(hour) > 23) return undefined
      // The offset belongs to the time that is looked for: one guess, one correction.
      const guessS = asUtcS - offsetS(asUtcS)
      return asUtcS - offsetS(guessS)
    },
    offsetText(timeS) {
      const minutes = Math.round(offsetS(timeS) / 60)
      if (minutes === 0) return 'UTC'
      const size = Math.abs(minutes)
      const rest = size % 60 === 0 ? '' : `:${two(size % 60)}`
      return `UTC${minutes < 0 ? '−' : '+'}${Math.floor(size / 60)}${rest}`
    },
  }
}

const unitsOfTime = [
  [dayS, 'd'],
  [3600, 'h'],
  [60, 'min'],
  [1, 's'],
] as const

/** A length of time in its two largest units: `1 h 30 min`, `45 s`. */
export function lengthText(lengthS: number): string {
  let rest = Math.round(lengthS)
  const parts: string[] = []
  for (const [unitS, word] of unitsOfTime) {
    const count = Math.floor(rest / unitS)
    rest -= count * unitS
    if (count > 0) parts.push(`${count} ${word}`)
    // A skipped unit ends it: an hour and a second is an hour.
    else if (parts.length > 0) break
    if (parts.length === 2) break
  }
  return parts.length === 0 ? '0 s' : parts.join(' ')
}

const day = 86_400
/** Seconds of each unit agents read, in their spellings; case does not count, but `M` is a month and `m` a minute (agent-api §14). */
const unitSeconds: Readonly<Record<string, number>> = {
  s: 1,
  sec: 1,
  secs: 1,
  second: 1,
  seconds: 1,
  m: 60,
  min: 60,
  minute: 60,
  minutes: 60,
  h: 3_600,
  hr: 3_600,
  hrs: 3_600,
  hour: 3_600,
  hours: 3_600,
  d: day,
  day,
  days: day,
  w: 7 * day,
  wk: 7 * day,
  week: 7 * day,
  weeks: 7 * day,
  mo: 30 * day,
  month: 30 * day,
  months: 30 * day,
  y: 365 * day,
  year: 365 * day,
  years: 365 * day,
}

const whole = /^([+-]?)((?:\d+(?:\.\d+)?[a-z]*)+)$/i
const part = /(\d+(?:\.\d+)?)([a-z]*)/gi

/**
 * A duration of health.d text in whole seconds, such as `-10m`, `90`, `1h30m` or `off`; undefined when it is none. A bare number is
 * seconds.
 */
export function parseDuration(text: string): number | undefined {
  const trimmed = text.trim()
  if (/^(?:off|never)$/i.test(trimmed)) return 0
  const match = whole.exec(trimmed)
  if (match === null) return undefined
  let seconds = 0
  for (const [, number = '', unit = ''] of (match[2] ?? '').matchAll(part)) {
    const factor = unit === 'M' ? 30 * day : unit === '' ? 1 : unitSeconds[unit.toLowerCase()]
    if (factor === undefined) return undefined
    seconds += Number(number) * factor
  }
  const rounded = Math.round(seconds)
  if (!Number.isSafeInteger(rounded)) return undefined
  return match[1] === '-' && rounded !== 0 ? -rounded : rounded
}

/** Whole seconds in the largest unit that divides them: `-600` is `-10m`. Days and beyond are written as hours, which every agent reads. */
export function writeDuration(seconds: number): string {
  if (seconds % 3_600 === 0 && seconds !== 0) return `${seconds / 3_600}h`
  if (seconds % 60 === 0 && seconds !== 0) return `${seconds / 60}m`
  return `${seconds}s`
}

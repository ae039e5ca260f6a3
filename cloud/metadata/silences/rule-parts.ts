import { ThroughlineError } from '../../../src/errors/throughline-error.ts'

/** Bounds of a rule: what is in them is worked out in a few milliseconds, what is not is refused (measured with the library). */
const ruleLimits = { chars: 500, entries: 62, count: 400, interval: 1_000 }

const weekdays = new Set(['MO', 'TU', 'WE', 'TH', 'FR', 'SA', 'SU'])
const unfit = (what: string) => new ThroughlineError('BODY_UNPROCESSABLE', what)

type Check = (value: string) => boolean
const integer = (text: string) => (/^[+-]?\d{1,4}$/.test(text) ? Number(text) : NaN)
const list =
  (check: Check): Check =>
  (value) => {
    const entries = value.split(',')
    return entries.length <= ruleLimits.entries && entries.every(check)
  }
const within = (least: number, most: number): Check => {
  return (text) => integer(text) >= least && integer(text) <= most
}
/** Counted from either end; there is no zeroth. */
const ordinal = (most: number): Check => {
  return (text) => integer(text) !== 0 && Math.abs(integer(text)) <= most
}
const isDay: Check = (text) => {
  const [, position = '', day = ''] = /^([+-]?\d{0,2})([A-Z]{2})$/.exec(text) ?? []
  return weekdays.has(day) && (position === '' || (integer(position) !== 0 && Math.abs(integer(position)) <= 53))
}

/** The parts of a rule (RFC 5545 §3.3.10), each with how it is checked and how that is said. */
const parts: Readonly<Record<string, readonly [check: Check, says: string]>> = {
  FREQ: [(text) => ['HOURLY', 'DAILY', 'WEEKLY', 'MONTHLY', 'YEARLY'].includes(text), 'HOURLY, DAILY, WEEKLY, MONTHLY or YEARLY'],
  INTERVAL: [within(1, ruleLimits.interval), `a number from 1 to ${ruleLimits.interval}`],
  COUNT: [within(1, ruleLimits.count), `a number from 1 to ${ruleLimits.count}`],
  UNTIL: [isUntil, 'a day, or a time in UTC, like 20261231 or 20261231T220000Z'],
  BYMONTH: [list(within(1, 12)), 'months from 1 to 12'],
  BYWEEKNO: [list(ordinal(53)), 'weeks from 1 to 53, or from -1 to -53'],
  BYYEARDAY: [list(ordinal(366)), 'days of the year from 1 to 366, or from -1 to -366'],
  BYMONTHDAY: [list(ordinal(31)), 'days of the month from 1 to 31, or from -1 to -31'],
  BYDAY: [list(isDay), 'weekdays like MO, FR or -1SU'],
  BYHOUR: [list(within(0, 23)), 'hours from 0 to 23'],
  BYMINUTE: [list(within(0, 59)), 'minutes from 0 to 59'],
  BYSETPOS: [list(ordinal(366)), 'positions from 1 to 366, or from -1 to -366'],
  WKST: [(text) => weekdays.has(text), 'a weekday like MO'],
}

function isUntil(text: string): boolean {
  const [, year, month, day, time] = /^(\d{4})(\d{2})(\d{2})(T\d{6}Z)?$/.exec(text) ?? []
  if (year === undefined) return false
  const clock = time === undefined ? '00:00:00' : `${time.slice(1, 3)}:${time.slice(3, 5)}:${time.slice(5, 7)}`
  const at = new Date(`${year}-${month}-${day}T${clock}Z`)
  return !Number.isNaN(at.getTime()) && at.toISOString().slice(0, 10) === `${year}-${month}-${day}`
}

/** A rule as it is kept: without the DTSTART line that answers carry (cloud-api §8.2), otherwise as it was given. */
export function withoutStart(text: string): string {
  return text
    .split(/\r?\n/)
    .filter((line) => !/^DTSTART[:;]/i.test(line.trim()))
    .join('\n')
    .trim()
}

/**
 * The parts of a rule, checked; one that is not known, twice there or without bound is refused, and so is one that says nothing.
 * Throws BODY_UNPROCESSABLE in a sentence that names the part.
 */
export function readRule(text: string): ReadonlyMap<string, string> {
  const bare = withoutStart(text).replace(/^RRULE:/i, '')
  if (text.length > ruleLimits.chars) throw unfit(`A rule has at most ${ruleLimits.chars} characters.`)
  if (/[\r\n]/.test(bare)) throw unfit('A silence has one rule; other lines are not understood.')
  const found = new Map<string, string>()
  for (const part of bare.toUpperCase().split(';')) {
    if (part === '') continue
    const at = part.indexOf('=')
    const [name, value] = at < 0 ? [part, ''] : [part.slice(0, at), part.slice(at + 1)]
    const known = Object.hasOwn(parts, name) ? parts[name] : undefined
    if (known === undefined) throw unfit('A part of the rule is not known here; FREQ, INTERVAL, COUNT, UNTIL, WKST and most BY… parts are.')
    if (found.has(name)) throw unfit(`${name} stands twice in the rule.`)
    const [check, says] = known
    if (!check(value)) throw unfit(`${name} has to be ${says}.`)
    found.set(name, value)
  }
  if (!found.has('FREQ')) throw unfit('A rule begins with how often: FREQ=DAILY, for instance.')
  const problem = problemOfAll(found)
  if (problem !== undefined) throw unfit(problem)
  return found
}

/**
 * Why parts that are right by themselves are not right together. Some say nothing; others the library would work out otherwise than the
 * RFC says, or walk hour by hour and day by day through years. Most can be said in another way.
 */
function problemOfAll(found: ReadonlyMap<string, string>): string | undefined {
  const has = (...names: string[]) => names.some((name) => found.has(name))
  const freq = found.get('FREQ')
  const interval = Number(found.get('INTERVAL') ?? 1)
  const hasOrdinal = /\d/.test(found.get('BYDAY') ?? '')
  const problems: readonly (readonly [boolean, string])[] = [
    [has('COUNT') && has('UNTIL'), 'A rule has COUNT or UNTIL, not both.'],
    [
      freq === 'HOURLY' && has('BYMONTH', 'BYWEEKNO', 'BYYEARDAY', 'BYMONTHDAY'),
      'A rule of hours takes BYDAY, BYHOUR and BYMINUTE; for other days write FREQ=DAILY with BYHOUR.',
    ],
    [
      freq === 'HOURLY' && has('BYDAY', 'BYHOUR') && 24 % interval !== 0,
      'INTERVAL of a rule of hours with BYDAY or BYHOUR has to divide a day of 24 hours.',
    ],
    [
      freq === 'DAILY' && interval > 1 && has('BYMONTH', 'BYMONTHDAY'),
      'INTERVAL of a rule of days does not go with BYMONTH or BYMONTHDAY.',
    ],
    [(freq === 'HOURLY' || freq === 'DAILY') && has('BYSETPOS'), 'BYSETPOS needs FREQ=WEEKLY, MONTHLY or YEARLY.'],
    [freq !== 'YEARLY' && has('BYWEEKNO', 'BYYEARDAY'), 'BYWEEKNO and BYYEARDAY need FREQ=YEARLY.'],
    [freq === 'WEEKLY' && has('BYMONTHDAY'), 'BYMONTHDAY does not go with FREQ=WEEKLY; write FREQ=DAILY.'],
    [
      has('BYYEARDAY') && has('BYMONTH', 'BYWEEKNO', 'BYMONTHDAY', 'BYDAY'),
      'BYYEARDAY names whole days; no other part can choose among them.',
    ],
    [has('BYWEEKNO') && has('BYMONTH', 'BYMONTHDAY'), 'BYWEEKNO does not go with BYMONTH or BYMONTHDAY.'],
    [
      hasOrdinal && (!['MONTHLY', 'YEARLY'].includes(freq ?? '') || has('BYWEEKNO', 'BYMONTHDAY')),
      'A weekday like 1MO or -1FR needs FREQ=MONTHLY or YEARLY, without BYWEEKNO and BYMONTHDAY.',
    ],
  ]
  return problems.find(([is]) => is)?.[1]
}

import { civilOf, dayOf, firstWeekOf, weekStartOf, weekdayOf } from './civil-days.ts'

/** Which days a rule is about, and how they stand together in its periods; all of it is counting, without a zone. */
export interface RuleDays {
  /** The number of the period that holds a day. */
  periodOf(day: number): number
  /** The days of a period, from the first to before the second. */
  spanOf(period: number): readonly [fromDay: number, toDay: number]
  fits(day: number): boolean
}

const weekdays = ['MO', 'TU', 'WE', 'TH', 'FR', 'SA', 'SU']

/** The numbers of a list in a rule; undefined: the rule has no such part. */
export function numbersOf(parts: ReadonlyMap<string, string>, name: string): readonly number[] | undefined {
  return parts.get(name)?.split(',').map(Number)
}

/**
 * The days of a checked rule (RFC 5545 §3.3.10) that starts on this day. What a rule of years, months or weeks leaves open comes from its
 * start; each BY… part it has narrows the days further. An ordinal of a weekday counts within the month, or within the year where a rule of
 * years names no month. Weeks of the year belong to the year that holds most of their days.
 */
export function createRuleDays(parts: ReadonlyMap<string, string>, startDay: number): RuleDays {
  const freq = parts.get('FREQ')
  const firstWeekday = Math.max(0, weekdays.indexOf(parts.get('WKST') ?? 'MO'))
  const start = civilOf(startDay)
  const isByWeek = freq === 'YEARLY' && parts.has('BYWEEKNO')
  const isOpen = !['BYWEEKNO', 'BYYEARDAY', 'BYMONTHDAY', 'BYDAY'].some((name) => parts.has(name))

  const weeks = numbersOf(parts, 'BYWEEKNO')
  const yearDays = numbersOf(parts, 'BYYEARDAY')
  const months = numbersOf(parts, 'BYMONTH') ?? (freq === 'YEARLY' && isOpen ? [start.month] : undefined)
  const dates = numbersOf(parts, 'BYMONTHDAY') ?? ((freq === 'YEARLY' || freq === 'MONTHLY') && isOpen ? [start.date] : undefined)
  const ofWeek =
    parts.get('BYDAY')?.split(',') ??
    ((freq === 'WEEKLY' && isOpen) || (isByWeek && dates === undefined && yearDays === undefined)
      ? [weekdays[weekdayOf(startDay)] ?? 'MO']
      : undefined)
  const isOfYear = freq === 'YEARLY' && months === undefined
  const wantedWeekdays = ofWeek?.map((text) => ({
    weekday: weekdays.indexOf(text.slice(-2)),
    ordinal: Number(text.slice(0, -2)),
  }))

  const weekYearOf = (day: number) => {
    const { year } = civilOf(day)
    return day < firstWeekOf(year, firstWeekday) ? year - 1 : day >= firstWeekOf(year + 1, firstWeekday) ? year + 1 : year
  }
  /** Whether one of the wanted numbers is this place, counted from either end of so many. */
  const isOneOf = (wanted: readonly number[], place: number, count: number) =>
    wanted.some((each) => each === place || each === place - count - 1)

  const fits = (day: number): boolean => {
    const { year, month, date } = civilOf(day)
    if (months !== undefined && !months.includes(month)) return false
    const monthEnd = month === 12 ? dayOf(year + 1, 1, 1) : dayOf(year, month + 1, 1)
    const monthDays = monthEnd - day + date - 1
    if (dates !== undefined && !isOneOf(dates, date, monthDays)) return false
    const yearStart = dayOf(year, 1, 1)
    const yearLength = dayOf(year + 1, 1, 1) - yearStart
    if (yearDays !== undefined && !isOneOf(yearDays, day - yearStart + 1, yearLength)) return false
    if (weeks !== undefined) {
      const weekYear = weekYearOf(day)
      const first = firstWeekOf(weekYear, firstWeekday)
      const count = (firstWeekOf(weekYear + 1, firstWeekday) - first) / 7
      if (!isOneOf(weeks, Math.floor((day - first) / 7) + 1, count)) return false
    }
    if (wantedWeekdays === undefined) return true
    const weekday = weekdayOf(day)
    const [before, after] = isOfYear ? [day - yearStart, yearStart + yearLength - 1 - day] : [date - 1, monthDays - date]
    return wantedWeekdays.some(
      ({ weekday: wanted, ordinal }) =>
        wanted === weekday && (ordinal === 0 || ordinal === Math.floor(before / 7) + 1 || ordinal === -Math.floor(after / 7) - 1),
    )
  }

  if (freq === 'YEARLY')
    return isByWeek
      ? { periodOf: weekYearOf, spanOf: (year) => [firstWeekOf(year, firstWeekday), firstWeekOf(year + 1, firstWeekday)], fits }
      : { periodOf: (day) => civilOf(day).year, spanOf: (year) => [dayOf(year, 1, 1), dayOf(year + 1, 1, 1)], fits }
  if (freq === 'MONTHLY') {
    const firstOf = (period: number) => dayOf(Math.floor(period / 12), (((period % 12) + 12) % 12) + 1, 1)
    const periodOf = (day: number) => civilOf(day).year * 12 + civilOf(day).month - 1
    return { periodOf, spanOf: (period) => [firstOf(period), firstOf(period + 1)], fits }
  }
  if (freq === 'WEEKLY') {
    const base = weekStartOf(0, firstWeekday)
    return {
      periodOf: (day) => Math.floor((day - base) / 7),
      spanOf: (period) => [base + period * 7, base + period * 7 + 7],
      fits,
    }
  }
  return { periodOf: (day) => day, spanOf: (day) => [day, day + 1], fits }
}

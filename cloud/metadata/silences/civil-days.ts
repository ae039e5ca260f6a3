/** A day as calendars write it; months and days of months count from 1. */
export interface CivilDay {
  readonly year: number
  readonly month: number
  readonly date: number
}

const mod = (a: number, n: number) => ((a % n) + n) % n

/** The number of a day of the Gregorian calendar, counted from 1970-01-01. */
export function dayOf(year: number, month: number, date: number): number {
  const y = month <= 2 ? year - 1 : year
  const era = Math.floor(y / 400)
  const ofEra = y - era * 400
  const ofYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + date - 1
  return era * 146_097 + ofEra * 365 + Math.floor(ofEra / 4) - Math.floor(ofEra / 100) + ofYear - 719_468
}

/** The day with this number. */
export function civilOf(day: number): CivilDay {
  const z = day + 719_468
  const era = Math.floor(z / 146_097)
  const ofEra = z - era * 146_097
  const y = Math.floor((ofEra - Math.floor(ofEra / 1_460) + Math.floor(ofEra / 36_524) - Math.floor(ofEra / 146_096)) / 365)
  const ofYear = ofEra - (365 * y + Math.floor(y / 4) - Math.floor(y / 100))
  const shifted = Math.floor((5 * ofYear + 2) / 153)
  const month = shifted < 10 ? shifted + 3 : shifted - 9
  return { year: y + era * 400 + (month <= 2 ? 1 : 0), month, date: ofYear - Math.floor((153 * shifted + 2) / 5) + 1 }
}

/** The weekday of a day: 0 is Monday. */
export const weekdayOf = (day: number) => mod(day + 3, 7)

/** The first day of the week that holds a day, in weeks that begin with this weekday. */
export const weekStartOf = (day: number, firstWeekday: number) => day - mod(weekdayOf(day) - firstWeekday, 7)

/** The first day of the first week of a year: the first with at least four days of it. */
export const firstWeekOf = (year: number, firstWeekday: number) => weekStartOf(dayOf(year, 1, 4), firstWeekday)

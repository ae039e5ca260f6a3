import { timeFormat } from '../time/format-time.ts'

export const weekdays = [
  ['MO', 'Mon', 'Monday'],
  ['TU', 'Tue', 'Tuesday'],
  ['WE', 'Wed', 'Wednesday'],
  ['TH', 'Thu', 'Thursday'],
  ['FR', 'Fri', 'Friday'],
  ['SA', 'Sat', 'Saturday'],
  ['SU', 'Sun', 'Sunday'],
] as const

export type RepeatKind = 'daily' | 'weekdays' | 'weekly' | 'monthly' | 'rule'

/** How a silence recurs, as the form has it. */
export interface Repeats {
  readonly kind: RepeatKind
  /** For `weekly`: MO to SU. */
  readonly days: readonly string[]
  /** For `monthly`: 1 to 31, or -1 for the last day. */
  readonly monthDay: number
  readonly isEnding: boolean
  /** The last day, as `2026-12-31`. */
  readonly until: string
  /** For `rule`: an RRULE as it was typed. */
  readonly rule: string
}

export const repeatWords: Readonly<Record<RepeatKind, string>> = {
  daily: 'Every day',
  weekdays: 'Monday to Friday',
  weekly: 'On some days of the week',
  monthly: 'Once a month',
  rule: 'By a rule (RRULE)',
}

const workdays = 'MO,TU,WE,TH,FR'
const knownDays: ReadonlySet<string> = new Set(weekdays.map(([day]) => day))

/** The RRULE of a form, or one sentence about what is missing. The last day counts whole in its zone. */
export function ruleOf(repeats: Repeats, zone: string): { readonly rule: string } | { readonly problem: string } {
  const { kind, days, monthDay, isEnding, until, rule } = repeats
  if (kind === 'rule') return rule.trim() === '' ? { problem: 'Type a rule, such as FREQ=MONTHLY;BYDAY=2TU.' } : { rule: rule.trim() }
  if (kind === 'weekly' && days.length === 0) return { problem: 'Choose at least one day of the week.' }
  const endS = isEnding ? timeFormat(zone).parseField(`${until}T23:59:59`) : undefined
  if (isEnding && endS === undefined) return { problem: 'Enter the last day.' }
  const base =
    kind === 'daily'
      ? 'FREQ=DAILY'
      : kind === 'weekdays'
        ? `FREQ=WEEKLY;BYDAY=${workdays}`
        : kind === 'weekly'
          ? `FREQ=WEEKLY;BYDAY=${weekdays
              .map(([day]) => day)
              .filter((day) => days.includes(day))
              .join(',')}`
          : `FREQ=MONTHLY;BYMONTHDAY=${monthDay}`
  const end = endS === undefined ? '' : `;UNTIL=${new Date(endS * 1_000).toISOString().replaceAll(/[-:]|\.000/gu, '')}`
  return { rule: `${base}${end}` }
}

/** The form of a rule that the form could have made; any other rule as text. */
export function readRepeats(rrule: string, fallback: Repeats): Repeats {
  const asText: Repeats = { ...fallback, kind: 'rule', rule: rrule }
  const parts = new Map(
    rrule
      .replace(/^RRULE:/iu, '')
      .split(';')
      .map((part) => part.split('=', 2) as [string, string]),
  )
  // A last day is a time in the zone; where it cannot be read back exactly, the rule stays as it is.
  if ([...parts.keys()].some((name) => !['FREQ', 'BYDAY', 'BYMONTHDAY'].includes(name))) return asText
  const [freq, byDay = '', byMonthDay = ''] = ['FREQ', 'BYDAY', 'BYMONTHDAY'].map((name) => parts.get(name))
  if (freq === 'DAILY' && parts.size === 1) return { ...fallback, kind: 'daily' }
  if (freq === 'WEEKLY' && parts.size === 2 && byDay === workdays) return { ...fallback, kind: 'weekdays' }
  const days = byDay.split(',')
  if (freq === 'WEEKLY' && parts.size === 2 && days.every((day) => knownDays.has(day))) return { ...fallback, kind: 'weekly', days }
  const monthDay = Number(byMonthDay)
  const isDay = Number.isInteger(monthDay) && (monthDay === -1 || (monthDay >= 1 && monthDay <= 31))
  return freq === 'MONTHLY' && parts.size === 2 && byMonthDay !== '' && isDay ? { ...fallback, kind: 'monthly', monthDay } : asText
}

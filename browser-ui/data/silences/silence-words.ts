import type { TimeFormat } from '../time/format-time.ts'
import { readRepeats, repeatWords, weekdays, type Repeats } from './repeats.ts'
import { severityWords, type SilenceRow } from './silence-answers.ts'

const none: Repeats = { kind: 'rule', days: [], monthDay: 1, isEnding: false, until: '', rule: '' }

/** How a silence recurs, in words. */
export function recurrenceWords(rrule: string): string {
  const repeats = readRepeats(rrule, none)
  if (repeats.kind === 'weekly')
    return `On ${weekdays
      .filter(([day]) => repeats.days.includes(day))
      .map(([, , name]) => name)
      .join(', ')}`
  if (repeats.kind === 'monthly')
    return repeats.monthDay === -1 ? 'On the last day of each month' : `On day ${repeats.monthDay} of each month`
  return repeats.kind === 'rule' ? 'By a rule' : repeatWords[repeats.kind]
}

/** Until when a silence holds, or when it does next. */
export function standWords(row: SilenceRow, format: TimeFormat, nowMs: number): string {
  const nowS = nowMs / 1_000
  const at = (ms: number) => format.moment(ms / 1_000, nowS, false)
  const recurs = row.rrule === null ? '' : ` · ${recurrenceWords(row.rrule)}`
  if (row.isDisabled) return `Switched off${recurs}`
  if (row.state === 'ACTIVE') return `${row.activeUntilMs === null ? 'Until somebody ends it' : `Until ${at(row.activeUntilMs)}`}${recurs}`
  if (row.state === 'SCHEDULED' && row.nextAtMs !== null) return `From ${at(row.nextAtMs)}${recurs}`
  return row.endsAtMs === null ? `Over${recurs}` : row.rrule === null ? `Over since ${at(row.endsAtMs)}` : `Over${recurs}`
}

/** What a silence is about, in one line of short parts. */
export function aboutWords(
  row: SilenceRow,
  names: { readonly room: (id: string) => string | undefined; readonly node: (id: string) => string | undefined },
): string {
  const some = (ids: readonly string[], nameOf: (id: string) => string | undefined, hidden: string) =>
    ids.length === 0 ? [] : [ids.map((id) => nameOf(id) ?? hidden).join(', ')]
  const parts = [
    ...(row.severities.length === 0 ? [] : [row.severities.map((severity) => severityWords[severity]).join(', ')]),
    ...(row.alertNames.length === 0 ? [] : [row.alertNames.join(', ')]),
    ...(row.alertContexts.length === 0 ? [] : [`context ${row.alertContexts.join(', ')}`]),
    ...(row.alertInstances.length === 0 ? [] : [`chart ${row.alertInstances.join(', ')}`]),
    ...(row.alertRoles.length === 0 ? [] : [`for ${row.alertRoles.join(', ')}`]),
    ...some(row.nodeIds, names.node, 'a node that is gone'),
    ...some(row.roomIds, names.room, 'a room you do not see').map((text) => `in ${text}`),
    ...Object.entries(row.hostLabels).map(([key, value]) => `${key}=${value}`),
    ...(row.integrationIds.length === 0 ? [] : ['some ways to notify only']),
  ]
  return parts.length === 0 ? 'Everything' : parts.join(' · ')
}

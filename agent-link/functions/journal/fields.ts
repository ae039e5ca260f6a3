import type { Column } from '../table/column.ts'
import { rowOptionsColumn } from '../table/column.ts'
import type { Severity } from '../table/table.ts'

/** A field of the journal that is shown. */
interface JournalField {
  readonly id: string
  readonly name: string
  /** Whether its values can be counted and chosen. */
  readonly isFacet: boolean
  readonly isHidden?: boolean
}

/** The fields that are read and shown, in the order of the columns; the message is the last column. */
const fields: readonly JournalField[] = [
  { id: 'PRIORITY', name: 'Priority', isFacet: true },
  { id: 'SYSLOG_IDENTIFIER', name: 'Identifier', isFacet: true },
  { id: '_SYSTEMD_UNIT', name: 'Unit', isFacet: true, isHidden: true },
  { id: '_HOSTNAME', name: 'Host', isFacet: true, isHidden: true },
  { id: '_COMM', name: 'Program', isFacet: true, isHidden: true },
  { id: '_PID', name: 'PID', isFacet: false, isHidden: true },
  { id: '_UID', name: 'User', isFacet: true, isHidden: true },
  { id: '_TRANSPORT', name: 'Transport', isFacet: true, isHidden: true },
  { id: 'SYSLOG_FACILITY', name: 'Facility', isFacet: true, isHidden: true },
  { id: '_BOOT_ID', name: 'Boot', isFacet: true, isHidden: true },
]

export const messageField = 'MESSAGE'
export const fieldIds: readonly string[] = fields.map(({ id }) => id)
export const facetFields = fields.filter(({ isFacet }) => isFacet)

export const journalColumns: readonly Column[] = [
  {
    id: 'timestamp',
    name: 'Time',
    type: 'timestamp',
    transform: 'datetime_usec',
    isKey: true,
    isSticky: true,
    summary: 'max',
    filter: 'range',
  },
  rowOptionsColumn,
  ...fields.map(({ id, name, isFacet, isHidden }): Column => ({
    id,
    name,
    type: 'string',
    isHidden: isHidden === true,
    filter: isFacet ? 'facet' : 'none',
    opensFilter: id === 'PRIORITY',
    ...(id === 'PRIORITY' ? { visualization: 'pill' } : {}),
  })),
  { id: messageField, name: 'Message', type: 'string', isWide: true, wraps: true, filter: 'none' },
]

const priorities = ['emergency', 'alert', 'critical', 'error', 'warning', 'notice', 'info', 'debug'] as const

export function severityOf(priority: string | undefined): Severity {
  const level = Number(priority ?? 6)
  if (level <= 3) return 'critical'
  return (['warning', 'notice', 'normal', 'debug'] as const)[level - 4] ?? 'normal'
}

const facilities: readonly string[] =
  'kern user mail daemon auth syslog lpr news uucp cron authpriv ftp ntp audit alert clock local0 local1 local2 local3 local4 local5 local6 local7'.split(
    ' ',
  )

/** What a person reads for a value; the value itself stays what is chosen by. */
export function displayValue(field: string, value: string, users: ReadonlyMap<number, string>): string {
  if (field === 'PRIORITY') return priorities[Number(value)] ?? value
  if (field === 'SYSLOG_FACILITY') return facilities[Number(value)] ?? value
  return field === '_UID' ? (users.get(Number(value)) ?? value) : value
}

/** Raised alerts of some nodes. */
export interface AlertCount {
  readonly warning: number
  readonly critical: number
  /** Raised when their node fell silent; nobody knows how they stand now. */
  readonly unknown?: number
}

/** What a person should notice from another tab. */
export interface Trouble extends Pick<AlertCount, 'warning' | 'critical'> {
  /** The cloud does not answer. */
  readonly isLost: boolean
}

interface Alerting {
  readonly alerts?: { readonly warning: number; readonly critical: number }
  /** What is not live is silent. */
  readonly state?: string
  readonly roomIds?: readonly string[]
}

/** Raised alerts of all nodes, or of those in one room; those of silent nodes are unknown. */
export function countAlerts(nodes: readonly Alerting[], roomId?: string): Required<AlertCount> {
  let warning = 0
  let critical = 0
  let unknown = 0
  for (const node of nodes) {
    if (node.alerts === undefined || (roomId !== undefined && node.roomIds?.includes(roomId) !== true)) continue
    if (node.state !== undefined && node.state !== 'live') {
      unknown += node.alerts.warning + node.alerts.critical
      continue
    }
    warning += node.alerts.warning
    critical += node.alerts.critical
  }
  return { warning, critical, unknown }
}

/** A count for a small badge: short whatever the number. */
export const badgeText = (count: number): string => (count > 99 ? '99+' : String(count))

/** Words that are nouns get their s; `critical` and `unknown` are none. */
const counted = (count: number, word: string) => `${count} ${word}${word === 'warning' && count !== 1 ? 's' : ''}`

/** The same in words, for those who cannot see the badge; empty without alerts. */
export function alertWords({ warning, critical, unknown = 0 }: AlertCount): string {
  const parts = [
    ...(critical > 0 ? [counted(critical, 'critical')] : []),
    ...(warning > 0 ? [counted(warning, 'warning')] : []),
    ...(unknown > 0 ? [counted(unknown, 'unknown')] : []),
  ]
  return parts.join(', ')
}

/** The window's title: trouble first, since tabs show only the beginning; the space where somebody has several. */
export function windowTitle(page: string, { warning, critical, isLost }: Trouble, space = ''): string {
  const name = [page, space, 'Throughline'].filter((part) => part !== '').join(' · ')
  const count = warning + critical
  return `${count > 0 ? `(${count}) ` : ''}${isLost ? 'Lost connection · ' : ''}${name}`
}

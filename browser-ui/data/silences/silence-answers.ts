/** What a silence can keep quiet. */
export const silenceSeverities = ['CRITICAL', 'WARNING', 'CLEAR', 'UNREACHABLE', 'REACHABLE'] as const
export type SilenceSeverity = (typeof silenceSeverities)[number]

export const severityWords: Readonly<Record<SilenceSeverity, string>> = {
  CRITICAL: 'Critical',
  WARNING: 'Warning',
  CLEAR: 'Cleared',
  UNREACHABLE: 'Node out of reach',
  REACHABLE: 'Node back',
}

/** What a silence says, as the cloud takes and tells it. An empty list means any. */
export interface SilenceContent {
  readonly name: string
  readonly roomIds: readonly string[]
  readonly nodeIds: readonly string[]
  readonly hostLabels: Readonly<Record<string, string>>
  readonly alertNames: readonly string[]
  readonly alertContexts: readonly string[]
  readonly alertInstances: readonly string[]
  readonly alertRoles: readonly string[]
  readonly integrationIds: readonly string[]
  readonly severities: readonly SilenceSeverity[]
  readonly startsAtMs: number
  readonly endsAtMs: number | null
  readonly rrule: string | null
  readonly timeZone: string | null
  readonly deletesOnEnd: boolean
  readonly isDisabled: boolean
}

export type SilenceScope = 'space' | 'own'

/** A silence in the list. */
export interface SilenceRow extends SilenceContent {
  readonly silenceId: string
  readonly scope: SilenceScope
  readonly state: 'ACTIVE' | 'SCHEDULED' | 'INACTIVE'
  readonly activeUntilMs: number | null
  readonly nextAtMs: number | null
  readonly isReadOnly: boolean
  readonly createdAtMs: number
  readonly createdBy: { readonly personId: string; readonly email: string | null }
}

/** What a silence would keep quiet now, and when. */
export interface SilencePreview {
  readonly mutes: readonly {
    readonly nodeId: string
    readonly hostname: string
    readonly chart: string
    readonly name: string
    readonly status: string
  }[]
  readonly total: number
  readonly nodes: number
  readonly occurrences: readonly { readonly fromMs: number; readonly toMs: number | null }[]
  readonly hasMore: boolean
  /** Why it cannot be worked out yet. */
  readonly problem: string | null
}

/** The content of a silence in the list. */
export function contentOf(row: SilenceRow): SilenceContent {
  const { name, roomIds, nodeIds, hostLabels, alertNames, alertContexts, alertInstances, alertRoles, integrationIds, severities } = row
  const { startsAtMs, endsAtMs, rrule, timeZone, deletesOnEnd, isDisabled } = row
  const what = { name, roomIds, nodeIds, hostLabels, alertNames, alertContexts, alertInstances, alertRoles, integrationIds, severities }
  return { ...what, startsAtMs, endsAtMs, rrule, timeZone, deletesOnEnd, isDisabled }
}

import type { SilenceContent, SilenceSeverity } from '../../../src/domain/silence.ts'

export const severityWords: Readonly<Record<SilenceSeverity, string>> = {
  CRITICAL: 'Critical',
  WARNING: 'Warning',
  CLEAR: 'Cleared',
  UNREACHABLE: 'Node out of reach',
  REACHABLE: 'Node back',
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

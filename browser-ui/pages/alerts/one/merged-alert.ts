import type { AlertAnswer } from '../../../data/alerts/alert-answers.ts'
import type { AlertId } from '../../../data/alerts/alert-address.ts'
import type { AlertNow } from '../../../data/alerts/alert-values.ts'
import type { NodeSummary } from '../../../link/api.ts'

/** An alert as this page shows it: what the cloud knows, and over it what its agent says now. */
export interface MergedAlert extends AlertId {
  readonly context: string
  /** `unknown` while its node is silent. */
  readonly status: string
  /** How it stood when it was last heard of. */
  readonly lastStatus: string
  /** Since when, epoch seconds; 0 when nobody says. */
  readonly whenS: number
  readonly unknownSinceMs: number | null
  readonly isSilenced: boolean
  /** In the agent's words; empty while it does not tell. */
  readonly value: string
  readonly summary: string
  readonly info: string
  readonly fields: Readonly<Record<string, unknown>>
  /** Where the definition comes from. */
  readonly source: 'cloud' | 'agent' | 'nowhere'
}

/** Puts both together. The agent's own status is newer than what it has told the cloud. */
export function mergedAlert(alert: AlertId, known: AlertAnswer | null, told: AlertNow | undefined, node: NodeSummary): MergedAlert {
  const isSilent = node.state !== 'live'
  const lastStatus = told?.status ?? known?.alert.status ?? ''
  const config = known?.config ?? undefined
  const text = (name: string) => {
    const value = config?.fields[name]
    return typeof value === 'string' ? value : ''
  }
  const fields = config?.fields ?? told?.fields ?? {}
  return {
    ...alert,
    context: known?.alert.context || told?.context || '',
    status: isSilent ? 'unknown' : lastStatus,
    lastStatus,
    whenS: told !== undefined && told.whenS > 0 ? told.whenS : (known?.alert.whenS ?? 0),
    unknownSinceMs: isSilent ? (known?.alert.unknownSinceMs ?? node.lastSeenAtMs ?? null) : null,
    isSilenced: known?.alert.isSilenced === true,
    value: isSilent ? '' : (told?.value ?? ''),
    summary: told?.summary || known?.alert.summary || text('summary') || text('info'),
    info: told?.info || (text('summary') === '' ? '' : text('info')),
    // An agent also says where a definition stands, which it does not tell the cloud.
    fields:
      config === undefined ? fields : { ...(told?.fields['source'] === undefined ? {} : { source: told.fields['source'] }), ...fields },
    source: config !== undefined ? 'cloud' : told !== undefined ? 'agent' : 'nowhere',
  }
}

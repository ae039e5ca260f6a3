import type { AuditAction, AuditSubject } from '../../../src/domain/audit.ts'

/** One entry of the audit, with the names of now: somebody who is gone has none. */
export interface AuditEntry {
  readonly seq: number
  readonly atMs: number
  readonly action: AuditAction
  readonly by: { readonly personId: string; readonly email: string | null } | null
  readonly via: string
  readonly subject: { readonly kind: AuditSubject['kind']; readonly id: string; readonly name: string | null } | null
  readonly nodeId: string | null
  readonly roomIds: readonly string[]
  readonly details: Readonly<Record<string, string | number | boolean>>
  readonly hash: string
}

/** Entries newest first; `next` is what to ask before for older ones. */
export interface AuditPage {
  readonly events: readonly AuditEntry[]
  readonly next: number | null
}

/** What the proof of the chain found. */
export interface AuditProof {
  readonly isWhole: boolean
  readonly length: number
  readonly brokenAt: number | null
  readonly reason?: string | null
}

/** How far a target came; times are epoch milliseconds. */
export interface AuditDeliveryState {
  readonly seq: number
  readonly deliveredAtMs: number | null
  readonly problem: string | null
  readonly problemAtMs: number | null
}

/** Where entries are sent as they come. */
export interface AuditDelivery {
  readonly webhookState?: AuditDeliveryState | null
  readonly syslogState?: AuditDeliveryState | null
  /** The last entry there is. */
  readonly lastSeq?: number
  readonly webhookUrl: string | null
  readonly syslog: { readonly host: string; readonly port: number } | null
  /** What webhooks are signed with; told once, when it is made. */
  readonly secret?: string | null
}

/** What is looked for in the audit; times are fields in the page's zone. */
export interface AuditFilter {
  readonly action: string
  readonly personId: string
  readonly nodeId: string
  readonly from: string
  readonly to: string
}

import type { AuditAction } from '../../../src/domain/audit.ts'
import type { AuditEntry } from './audit-answers.ts'

/** What was done, in words. */
const actionWords: Readonly<Record<AuditAction, string>> = {
  'sign-in': 'Signed in',
  'sign-in-refused': 'Was refused to sign in',
  'sign-out': 'Signed out',
  'sign-in-ended': 'Ended a session',
  'access-denied': 'Was refused',
  'identity-linked': 'Linked a way to sign in',
  'identity-unlinked': 'Unlinked a way to sign in',
  'passkey-added': 'Added a passkey',
  'passkey-removed': 'Removed a passkey',
  'profile-changed': 'Changed the profile',
  'account-deleted': 'Deleted the account',
  'space-created': 'Made the space',
  'space-changed': 'Changed the space',
  'space-deleted': 'Deleted the space',
  'space-left': 'Left the space',
  'member-invited': 'Invited somebody',
  'member-joined': 'Joined the space',
  'invitation-declined': 'Declined an invitation',
  'invitation-revoked': 'Took an invitation back',
  'member-role-changed': 'Gave another role',
  'member-removed': 'Removed somebody',
  'room-created': 'Made a room',
  'room-changed': 'Changed a room',
  'room-deleted': 'Deleted a room',
  'room-member-added': 'Put somebody into a room',
  'room-member-removed': 'Took somebody out of a room',
  'room-node-added': 'Put a node into a room',
  'room-node-removed': 'Took a node out of a room',
  'room-rule-changed': 'Changed the rules of a room',
  'claim-token-created': 'Made a claim token',
  'claim-token-rotated': 'Rotated the claim token',
  'claim-token-revoked': 'Revoked a claim token',
  'node-claimed': 'Connected a node',
  'node-removed': 'Removed a node',
  'api-token-created': 'Made an API token',
  'api-token-revoked': 'Revoked an API token',
  'channel-created': 'Made a notification channel',
  'channel-changed': 'Changed a notification channel',
  'channel-deleted': 'Deleted a notification channel',
  'channel-secrets-read': 'Read the secrets of a channel',
  'channel-tested': 'Tested a notification channel',
  'message-retried': 'Sent a message again',
  'message-dropped': 'Dropped a message',
  'silence-created': 'Made a silence',
  'silence-changed': 'Changed a silence',
  'silence-deleted': 'Deleted a silence',
  'reach-settings-changed': 'Changed when silent nodes are told of',
  'push-target-added': 'Let a browser be notified',
  'push-target-removed': 'Stopped notifying a browser',
  'alert-document-created': 'Made an alert definition',
  'alert-document-changed': 'Changed an alert definition',
  'alert-document-deleted': 'Deleted an alert definition',
  'alert-document-applied': 'Applied an alert definition to nodes',
  'sign-in-provider-changed': 'Changed a sign-in provider',
  'board-created': 'Made a board',
  'board-changed': 'Changed a board',
  'board-deleted': 'Deleted a board',
  'board-restored': 'Restored a board',
  'function-run': 'Ran a live function',
  'view-started': 'Began to watch',
  'view-stopped': 'Stopped watching',
  'agent-token-minted': 'Got a token for an agent',
  'audit-exported': 'Exported the audit',
  'audit-delivery-changed': 'Changed where the audit is sent',
  'ban-added': 'Banned somebody',
  'ban-removed': 'Lifted a ban',
  'operator-action': 'Acted as operator',
  'receipt-read': 'Read what is held about them',
  'data-exported': 'Exported data',
  'profile-corrected': 'Corrected what is held about them',
  'account-erased': 'An account was erased',
  'erasure-certified': 'An erasure was certified',
  'privacy-request-made': 'Made a privacy request',
  'privacy-request-changed': 'Worked on a privacy request',
  'retention-changed': 'Changed how long deleted things stay',
  'content-restored': 'Restored something deleted',
  'content-purged': 'Deleted things went for good',
  'purge-asked': 'A large purge waits for consent',
  'purge-approved': 'Allowed a large purge',
  'breach-notified': 'Sent a breach notice',
  'consent-changed': 'Changed the consent to analytics',
  'keys-rotated': 'Rotated the keys',
  'backup-made': 'Made a backup',
  'backup-restored': 'Restored a backup',
  'canary-run': 'Ran the canary proof',
  'mirror-queried': 'Asked the mirror',
  'dead-letter-retried': 'Loaded a refused row again',
  'dead-letter-dropped': 'Dropped a refused row',
  'egress-manifest-confirmed': 'Confirmed what an agent may send',
  'egress-refused': 'Fields outside the manifest were refused',
  'events-lost': 'Some entries could not be kept',
}

/** The words of an action, also of one this page does not know yet. */
export const wordsOfAction = (action: string): string => {
  const known = Object.hasOwn(actionWords, action) ? (actionWords as Readonly<Record<string, string>>)[action] : undefined
  return known ?? `${action.charAt(0).toUpperCase()}${action.slice(1).replaceAll('-', ' ')}`
}

const viaWords: Readonly<Record<string, string>> = {
  cookie: 'in the browser',
  'api-token': 'with an API token',
  operator: 'as the operator',
  agent: 'an agent',
  link: 'with a link',
}

/** How somebody proved who they are, in words; empty when there is nothing to tell. */
export const wordsOfVia = (via: string): string => viaWords[via] ?? ''

/** What the cloud does by itself, without anybody: it makes the token of its built-in agent, and tells what it lost. */
const ownDeeds: readonly string[] = ['claim-token-created', 'events-lost'] satisfies readonly AuditAction[]

/** Who did it, in words. */
export function whoWords({ by, via, action }: Pick<AuditEntry, 'by' | 'via' | 'action'>): string {
  if (by !== null) return by.email ?? 'Somebody who is gone'
  if (via === 'agent') return 'An agent'
  if (via === 'operator') return 'The operator'
  if (via === 'none' && ownDeeds.includes(action)) return 'The cloud'
  return action === 'sign-in-refused' ? 'A stranger' : 'Nobody known'
}

/** What it was about, in words: a name where there is one, else the kind and the beginning of its id. */
export function subjectWords(subject: AuditEntry['subject']): string {
  if (subject === null) return ''
  const kind = subject.kind.replaceAll('-', ' ')
  return subject.name ?? `${kind} ${/^[0-9a-f-]{36}$/u.test(subject.id) ? subject.id.slice(0, 8) : subject.id}`
}

/** The short facts of an entry: `role: admin, uses: 5`; those that are times as `moment` writes epoch milliseconds, spans in words. */
export const detailWords = (details: AuditEntry['details'], moment: (atMs: number) => string): string =>
  Object.entries(details)
    .map(([name, value]) => {
      const isTime = name.endsWith('AtMs') && typeof value === 'number'
      const isSpan = !isTime && name.endsWith('Ms') && typeof value === 'number'
      const words = name.replace(/(?:At)?Ms$/u, '').replace(/[A-Z]/gu, (letter) => ` ${letter.toLowerCase()}`)
      return `${words}: ${isTime ? moment(value) : isSpan ? spanWords(value) : String(value)}`
    })
    .join(', ')

/** How long something took, in its two largest units. */
function spanWords(ms: number): string {
  const totalS = Math.round(ms / 1_000)
  if (totalS < 1) return `${ms} ms`
  const parts = [
    [Math.floor(totalS / 3_600), 'h'],
    [Math.floor(totalS / 60) % 60, 'min'],
    [totalS % 60, 's'],
  ] as const
  const first = parts.findIndex(([count]) => count > 0)
  return parts
    .slice(first, first + 2)
    .filter(([count]) => count > 0)
    .map(([count, unit]) => `${count} ${unit}`)
    .join(' ')
}

import { subjectWords, wordsOfAction } from '../audit/audit-words.ts'
import type { FeedKind, FeedRow } from './feed-events.ts'

export const feedKindWords: Readonly<Record<FeedKind, string>> = { topology: 'Nodes', alert: 'Alerts', audit: 'People' }

/** What happened to a node or its agent, after its name. */
const topologyWords: Readonly<Record<string, { readonly one: string; readonly many: string }>> = {
  'node-created': { one: 'joined', many: 'joined' },
  'node-removed': { one: 'was removed', many: 'were removed' },
  'node-state-live': { one: 'is live', many: 'are live' },
  'node-state-stale': { one: 'is stale: it can be asked about its past only', many: 'are stale' },
  'node-state-offline': { one: 'went offline', many: 'went offline' },
  'agent-connected': { one: 'connected its agent', many: 'connected their agents' },
  'agent-disconnected': { one: 'lost its agent’s connection', many: 'lost their agents’ connections' },
  'agent-claimed': { one: 'was claimed', many: 'were claimed' },
}

/** An action in words, for a filter. */
export function actionTitle(action: string): string {
  if (action === 'alert-node-transition') return 'An alert changed'
  const known = Object.hasOwn(topologyWords, action) ? topologyWords[action] : undefined
  return known === undefined ? wordsOfAction(action) : `A node ${known.one.split(':')[0] ?? ''}`
}

/** How an event looks beside its words: a status of an alert, or a state of a node; undefined for what people did. */
export function feedMark({ kind, action, alert }: FeedRow): string | undefined {
  if (alert !== null) return alert.status
  if (kind !== 'topology') return undefined
  if (action === 'node-state-offline' || action === 'agent-disconnected') return 'offline'
  if (action === 'node-state-stale') return 'stale'
  return action === 'node-removed' ? 'unseen' : 'live'
}

/** What happened to a node, after its name. */
export function topologyText(action: string): string {
  const known = Object.hasOwn(topologyWords, action) ? topologyWords[action] : undefined
  return known?.one ?? wordsOfAction(action).toLowerCase()
}

/** Who did something, and what about: `ana@example.org`, `Made a silence`, `night`. */
export function auditText({ action, by, subject }: FeedRow): { readonly who: string; readonly what: string; readonly about: string } {
  const who = by === null ? 'The cloud' : (by.name ?? by.email ?? 'Somebody who is gone')
  const subjectText = subjectWords(subject)
  // Whoever signs in, or acts on the own account, is named already; the id of a sign-in stands in the audit.
  const about = subjectText === who || (action === 'sign-in' && subject?.kind === 'sign-in') ? '' : subjectText
  return {
    who,
    // What it is about says already that it is a function.
    what: action === 'function-run' && about !== '' ? 'Ran the' : wordsOfAction(action),
    about,
  }
}

/** A burst in words: `40 nodes went offline`, `cpu usage became critical on 12 nodes`, `ana@example.org began to watch 40 nodes`. */
export function burstText(events: readonly FeedRow[]): string {
  const [first] = events
  if (first === undefined) return ''
  const nodes = new Set(events.map(({ nodeId }) => nodeId)).size
  const counted = `${nodes} ${nodes === 1 ? 'node' : 'nodes'}`
  if (first.alert !== null) {
    const times = events.length === nodes ? '' : `, ${events.length} times`
    return `${first.alert.name.replaceAll('_', ' ')} became ${first.alert.status} on ${counted}${times}`
  }
  if (first.kind === 'audit') {
    const { who, what } = auditText(first)
    const about = nodes === 1 ? `${first.hostname ?? 'a node'}, ${events.length} times` : counted
    return `${who} ${what.charAt(0).toLowerCase() + what.slice(1)} ${about}`
  }
  const known = Object.hasOwn(topologyWords, first.action) ? topologyWords[first.action] : undefined
  if (known === undefined) return `${wordsOfAction(first.action)}: ${counted}`
  return nodes === 1 ? `${first.hostname ?? 'A node'} ${known.one}, ${events.length} times` : `${counted} ${known.many}`
}

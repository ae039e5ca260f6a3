import type { AlertDocument } from '../../../src/health/alert-document.ts'

/** A row of the list: everything of one name that runs on nodes somebody sees. */
export interface DefinitionRow {
  readonly name: string
  /** A context or an instance. */
  readonly on: string
  readonly kind: 'template' | 'instance'
  readonly hashes: readonly string[]
  readonly class: string
  readonly component: string
  readonly type: string
  /** How many nodes it runs on, how many of its alerts are raised, and how many of those are critical. */
  readonly nodes: number
  readonly raised: number
  readonly critical: number
  readonly document: { readonly documentId: string; readonly version: number } | null
}

/** Why a node's alerts cannot be changed from here. */
export type WhyNot = 'too-old' | 'not-live' | 'no-capability' | 'no-health'

export interface ConfigurableNode {
  readonly nodeId: string
  readonly hostname: string
  readonly canConfigure: boolean
  readonly why: WhyNot | null
  /** The node of the parent whose agent works out its alerts, and is configured for all its children. */
  readonly viaNodeId: string | null
}

/** One form in which a definition runs. */
export interface DefinitionVariant {
  readonly hash: string
  /** As agents name them. */
  readonly fields: Readonly<Record<string, unknown>>
  readonly healthText: string
  /** As far as it can be made of the fields. */
  readonly document: AlertDocument | null
  /** What the document guesses, because its agents did not tell. */
  readonly unsure: readonly string[]
  readonly nodes: readonly ConfigurableNode[]
}

export interface DefinitionDetails {
  readonly name: string
  readonly variants: readonly DefinitionVariant[]
  readonly kept: { readonly documentId: string } | null
}

export interface By {
  readonly personId: string
  readonly email: string | null
}

export type NodeConfigState = 'applied' | 'waiting' | 'failed' | 'drifted' | 'restored' | 'gone'

/** How a kept document stands on one node. */
export interface DocumentNode {
  readonly nodeId: string
  readonly hostname: string
  /** The version that is to run there; null after a restore. */
  readonly wanted: number | null
  /** The version that was put there last. */
  readonly applied: number | null
  readonly state: NodeConfigState
  readonly problem: string | null
  /** Whether what it ran before is kept, or that it ran nothing. */
  readonly hasOriginal: boolean
  readonly atMs: number
}

export interface DocumentRow {
  readonly documentId: string
  readonly name: string
  readonly version: number
  readonly changedAtMs: number
  readonly changedBy: By | null
  readonly nodes: readonly DocumentNode[]
}

export interface DocumentVersion {
  readonly version: number
  readonly atMs: number
  readonly by: By | null
  readonly note: string
  /** Of old versions only who, when and why is left. */
  readonly isKept: boolean
}

export interface DocumentDetails extends DocumentRow {
  readonly document: AlertDocument
  readonly versions: readonly DocumentVersion[]
}

export type RunAction = 'apply' | 'restore' | 'check'

/** What became of one node in a run. */
export interface RunResult {
  readonly nodeId: string
  readonly hostname: string
  readonly state: 'waiting' | 'running' | 'done' | 'failed'
  /** As the agent answered (agent-api §11.3). */
  readonly status: number | null
  readonly problem: string | null
}

export interface ConfigRun {
  readonly runId: string
  readonly action: RunAction
  readonly isDone: boolean
  readonly results: readonly RunResult[]
}

/** Why a node is read-only, as a person reads it. */
export const whyWords: Readonly<Record<WhyNot, string>> = {
  'too-old': 'Its agent is older than 1.45. Such agents take no configuration from afar: put the health.d text into a file there.',
  'not-live': 'It is not connected now. Configure it when it is back.',
  'no-capability': 'Its agent offers no configuration from afar: it is too old for it, or its owner switched that off.',
  'no-health': 'Its agent works out no alerts for this node.',
}

/** A state of a node in one word or two, and the mark that goes with it: never colour alone. */
export const configStateWords: Readonly<Record<NodeConfigState, { readonly title: string; readonly mark: string }>> = {
  applied: { title: 'Applied', mark: '✓' },
  waiting: { title: 'Waiting', mark: '…' },
  failed: { title: 'Failed', mark: '✕' },
  drifted: { title: 'Drifted', mark: '≠' },
  restored: { title: 'Original restored', mark: '↺' },
  gone: { title: 'Gone', mark: '–' },
}

/** Who changed something, as far as it is known. */
export const byWords = (by: By | null): string => (by === null ? 'somebody' : (by.email ?? 'somebody who left'))

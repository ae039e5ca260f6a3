import type { KeySubject } from '../../src/domain/key-subject.ts'
import { ThroughlineError } from '../../src/errors/throughline-error.ts'

/** What a wrapped key is bound to: whose it is, and of which installation. Another context unwraps nothing (security O4). */
export interface KeyContext {
  readonly subject: string
  readonly installation: string
}

/** A subject in one word. */
export const subjectName = ({ kind, id }: KeySubject): string => `${kind}/${id}`

/**
 * Whoever holds the master keys. Data keys of 32 bytes are wrapped by it and lie wrapped only; the masters never leave it.
 * Throws KEYS_UNAVAILABLE when it cannot answer now, SEAL_BROKEN for what it did not wrap in this context.
 */
export interface KeyProvider {
  readonly name: 'file' | 'kms'
  /** The id of the master that wraps now. */
  currentMaster(): string
  /** The id of the master a key was wrapped with; undefined when another provider wrapped it. */
  masterOf(wrapped: string): string | undefined
  wrap(dataKey: Uint8Array, context: KeyContext): Promise<string>
  unwrap(wrapped: string, context: KeyContext): Promise<Uint8Array>
  /** The same key under the master of now; where it can, without the key in the open. */
  rewrap(wrapped: string, context: KeyContext): Promise<string>
}

/** Bytes of a data key. */
export const dataKeyBytes = 32

/** The refusal of a provider that cannot answer. */
export const keysUnavailable = (sentence: string, cause?: unknown): ThroughlineError =>
  new ThroughlineError('KEYS_UNAVAILABLE', sentence, cause === undefined ? undefined : { cause })

/** The refusal of a seal, or a wrapped key, that does not open. */
export const sealBroken = (cause?: unknown): ThroughlineError =>
  new ThroughlineError('SEAL_BROKEN', 'A stored secret cannot be opened; it was changed, moved, or its key is no more.', { cause })

/** The first wraps; each unwraps what it wrapped, so that keys can move from one to another. */
export function joinProviders(current: KeyProvider, others: readonly KeyProvider[]): KeyProvider {
  const all = [current, ...others]
  const ownerOf = (wrapped: string): KeyProvider => {
    const owner = all.find((each) => each.masterOf(wrapped) !== undefined)
    if (owner !== undefined) return owner
    throw wrapped.startsWith('k')
      ? keysUnavailable('A key is wrapped by a key service that is not set; set THROUGHLINE_KMS_KEY.')
      : keysUnavailable('A key is wrapped by a master key that is not here; set THROUGHLINE_KEYS to the folder it lies in.')
  }
  return {
    name: current.name,
    currentMaster: () => current.currentMaster(),
    masterOf: (wrapped) => all.map((each) => each.masterOf(wrapped)).find((master) => master !== undefined),
    wrap: (dataKey, context) => current.wrap(dataKey, context),
    unwrap: async (wrapped, context) => ownerOf(wrapped).unwrap(wrapped, context),
    async rewrap(wrapped, context) {
      const owner = ownerOf(wrapped)
      return owner === current ? current.rewrap(wrapped, context) : current.wrap(await owner.unwrap(wrapped, context), context)
    },
  }
}

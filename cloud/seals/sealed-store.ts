import type { Clock } from '../../src/support/clock.ts'
import type { Log } from '../../src/support/log.ts'
import { asItemWrite } from '../store/item-rules.ts'
import type { AnyItem, MetadataStore, PendingChange, StoredItem } from '../store/port.ts'
import { createItemSealing, type SealFacts } from './item-sealing.ts'
import type { KeyRing } from './subject-keys.ts'

const warnEveryMs = 10_000

export interface SealedStoreDeps {
  readonly ring: KeyRing
  readonly clock: Clock
  readonly log: Log
  /** What is sealed; by default what the data map says. */
  readonly facts?: SealFacts
}

/**
 * A store of which services see everything open, and the disk what the data map seals, sealed: bound to its item and place, with the
 * key of its person, its space or the installation. `everything` and `pending` are open, too, and pass over what does not open; who
 * needs items as they lie at rest asks the store below. What was sealed with a destroyed key reads as empty, hides nothing else, and
 * may be written back only empty. While keys are away every call about something sealed is KEYS_UNAVAILABLE (security D1).
 */
export function sealed(raw: MetadataStore, { ring, clock, log, facts }: SealedStoreDeps): MetadataStore {
  const sealing = createItemSealing(ring, facts)
  let erased = 0
  let warnedAtMs = -Infinity

  const opened = async <T extends AnyItem>(item: T): Promise<T> => {
    const answer = await sealing.open(item)
    if (answer.erased > 0) {
      erased += answer.erased
      if (clock.monotonicMs() - warnedAtMs >= warnEveryMs) {
        log.warn('erased_texts_read', { kind: item.kind, count: erased })
        warnedAtMs = clock.monotonicMs()
        erased = 0
      }
    }
    return answer.item
  }
  // One that does not open must not hold up the walk over all others; reading it is what refuses.
  const openable = async (items: readonly PendingChange[]): Promise<PendingChange[]> => {
    const answers: PendingChange[] = []
    for (const item of items) {
      try {
        answers.push(await opened(item))
      } catch (thrown) {
        if (!(thrown instanceof Error && 'code' in thrown && thrown.code === 'SEAL_BROKEN')) throw thrown
        log.error('sealed_item_broken', { kind: item.kind })
      }
    }
    return answers
  }

  return {
    ...raw,
    async read(key) {
      const item = await raw.read(key)
      return item && opened(item)
    },
    async write(item, condition) {
      return raw.write(asItemWrite(await sealing.seal(item)), condition)
    },
    async list(partition, options) {
      const { items, next } = await raw.list(partition, options)
      // Many at a time, so that a page of people whose keys are not in memory costs one pause and not hundreds.
      return { items: await Promise.all(items.map((item: StoredItem) => opened(item))), next }
    },
    pending: async (limit) => openable(await raw.pending(limit)),
    async everything(options) {
      const { items, next } = await raw.everything(options)
      return { items: await openable(items), next }
    },
  }
}

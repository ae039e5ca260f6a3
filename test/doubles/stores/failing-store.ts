import { ThroughlineError } from '../../../src/errors/throughline-error.ts'
import type { MetadataStore } from '../../../cloud/store/port.ts'

/** A store that dies at a write: 'before' it happened, or 'after', when only the answer is lost. */
export interface FailingStore extends MetadataStore {
  /** From the nth write or removal on, counted from now, every call fails. */
  failAt(nth: number, when: 'before' | 'after'): void
  /** Works again; answers whether it had failed. */
  heal(): boolean
  /** How many writes are left before it dies. */
  left(): number
}

/** What a crash of the process or the store looks like to a service: at some write everything ends. */
export function createFailingStore(store: MetadataStore): FailingStore {
  let left = Infinity
  let when: 'before' | 'after' = 'before'
  const dead = () => new ThroughlineError('STORE_UNAVAILABLE', 'The store is gone.')
  const changing = async <T>(change: () => Promise<T>): Promise<T> => {
    left--
    if (left < 0 || (left === 0 && when === 'before')) throw dead()
    const answer = await change()
    if (left === 0) throw dead()
    return answer
  }
  const reading = <T>(read: () => Promise<T>): Promise<T> => (left <= 0 ? Promise.reject(dead()) : read())
  return {
    ...store,
    read: (key) => reading(() => store.read(key)),
    list: (partition, options) => reading(() => store.list(partition, options)),
    everything: (options) => reading(() => store.everything(options)),
    write: (item, condition) => changing(() => store.write(item, condition)),
    remove: (key, revision) => changing(() => store.remove(key, revision)),
    failAt(nth, kind) {
      left = nth
      when = kind
    },
    left: () => left,
    heal() {
      const hasFailed = left <= 0
      left = Infinity
      return hasFailed
    },
  }
}

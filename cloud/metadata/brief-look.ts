import type { SpaceId } from '../../src/domain/ids.ts'
import type { Clock } from '../../src/support/clock.ts'

/** How old an answer about a whole space may be: pages of many people ask for it every few seconds. */
const sharedMs = 1_000
/** More spaces than this are looked at anew. */
const spacesMax = 1_000

/**
 * One look at a whole space, shared by everybody who asks while it runs and for a second after. `look` gets what the last look
 * left behind, so that what did not change is not read apart again. A failed look is not remembered.
 */
export function createBriefLook<T>(
  clock: Clock,
  look: (spaceId: SpaceId, before: T | undefined) => Promise<T>,
): (spaceId: SpaceId) => Promise<T> {
  const looks = new Map<SpaceId, { readonly untilMs: () => number; readonly answer: Promise<T> }>()
  return (spaceId) => {
    const known = looks.get(spaceId)
    if (known !== undefined && clock.monotonicMs() < known.untilMs()) return known.answer
    looks.delete(spaceId)
    const [oldest] = looks.size >= spacesMax ? looks.keys() : []
    if (oldest !== undefined) looks.delete(oldest)
    let doneAtMs = Infinity
    const before = known === undefined ? Promise.resolve(undefined) : known.answer
    const answer = before.then((value) => look(spaceId, value))
    const entry = { untilMs: () => doneAtMs + sharedMs, answer }
    looks.set(spaceId, entry)
    answer.then(
      () => (doneAtMs = clock.monotonicMs()),
      () => {
        if (looks.get(spaceId) === entry) looks.delete(spaceId)
      },
    )
    return answer
  }
}

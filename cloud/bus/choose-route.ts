import type { NodeRoute } from './port.ts'
import type { QuestionKind } from './question-kind.ts'

/** Histories that differ by less are the same length: what lies between two parents' first seconds is chance. */
const sameHistoryS = 3600

/** The ability that agents name when they can answer a kind of question (aclk §6.2). */
const abilities: Partial<Record<QuestionKind, string>> = { function: 'funcs', config: 'dyncfg' }

/**
 * The best of some routes of one node for a kind of question: first those whose machine is no double of another, that have the
 * ability, and through which data flows now; of these the longest history for data; then the fewest hops; then the newest link.
 */
export function chooseRoute<T extends { readonly route: NodeRoute }>(offers: readonly T[], kind: QuestionKind): T | undefined {
  let best = preferring(offers, ({ route }) => route.isDouble !== true)
  const ability = abilities[kind]
  if (ability !== undefined) best = preferring(best, ({ route }) => has(route, ability))
  best = preferring(best, ({ route }) => route.isLive !== false)
  if (kind === 'data') {
    const longestS = Math.min(...best.map(({ route }) => route.historyFromS ?? Infinity))
    best = preferring(best, ({ route }) => (route.historyFromS ?? Infinity) <= longestS + sameHistoryS)
  }
  return best.toSorted(({ route: a }, { route: b }) => a.hops - b.hops || b.connectedAtMs - a.connectedAtMs)[0]
}

/** Those that pass, or all when none does. */
function preferring<T>(offers: readonly T[], test: (offer: T) => boolean): readonly T[] {
  const passed = offers.filter(test)
  return passed.length > 0 ? passed : offers
}

function has({ capabilities }: NodeRoute, ability: string): boolean {
  return capabilities.some(({ name, version, enabled }) => name === ability && version > 0 && enabled)
}

import type { AlertDocument, AlertRule } from '../../../src/health/alert-document.ts'
import { changesBetween, flatten } from './flat-document.ts'

/** A member that both changed, each to something else. */
export interface Clash {
  readonly path: string
  readonly base: string | undefined
  readonly mine: string | undefined
  readonly theirs: string | undefined
}

export interface MergePlan {
  /** What only they changed, and only I: both go in. */
  readonly theirsOnly: number
  readonly mineOnly: number
  readonly clashes: readonly Clash[]
}

/** How two people's changes of one document fit together. Where one of them added or removed rules, all rules are one member. */
export function planMerge(base: AlertDocument, mine: AlertDocument, theirs: AlertDocument): MergePlan {
  const [old, own, other] = shapes(base, mine, theirs)
  const changedMine = new Map(changesBetween(old, own).map((change) => [change.path, change]))
  const changedTheirs = new Map(changesBetween(old, other).map((change) => [change.path, change]))
  const clashes = [...changedMine.values()].flatMap(({ path, before, after }): Clash[] => {
    const their = changedTheirs.get(path)
    return their === undefined || their.after === after ? [] : [{ path, base: before, mine: after, theirs: their.after }]
  })
  const isClash = new Set(clashes.map(({ path }) => path))
  const only = (from: ReadonlyMap<string, unknown>, other: ReadonlyMap<string, unknown>) =>
    [...from.keys()].filter((path) => !isClash.has(path) && !other.has(path)).length
  return { theirsOnly: only(changedTheirs, changedMine), mineOnly: only(changedMine, changedTheirs), clashes }
}

/** Their document with my changes in it; `choose` says for each clash whose member it is to be. */
export function mergeDocuments(
  base: AlertDocument,
  mine: AlertDocument,
  theirs: AlertDocument,
  choose: (path: string) => 'mine' | 'theirs',
): AlertDocument {
  const [old, own, other] = shapes(base, mine, theirs)
  const { clashes } = planMerge(base, mine, theirs)
  const isClash = new Set(clashes.map(({ path }) => path))
  const members = new Map(flatten(other))
  for (const { path, after } of changesBetween(old, own)) {
    if (isClash.has(path) && choose(path) === 'theirs') continue
    if (after === undefined) members.delete(path)
    else members.set(path, after)
  }
  return built(members)
}

/** Rules as members of their own while everybody has as many; as one text otherwise. */
function shapes(...documents: readonly AlertDocument[]): readonly unknown[] {
  const isAlike = documents.every(({ rules }) => rules.length === documents[0]?.rules.length)
  return isAlike ? documents : documents.map((document) => ({ ...document, rules: JSON.stringify(document.rules) }))
}

function built(members: ReadonlyMap<string, string>): AlertDocument {
  const root: Record<string, unknown> = {}
  for (const [path, text] of members) {
    const parts = path.split('.')
    const last = parts.pop() ?? ''
    let at = root
    for (const part of parts) at = (at[part] ??= {}) as Record<string, unknown>
    at[last] = JSON.parse(text) as unknown
  }
  const { rules } = root
  const list = typeof rules === 'string' ? (JSON.parse(rules) as AlertRule[]) : Object.values(rules as Record<string, AlertRule>)
  return { ...root, rules: list } as AlertDocument
}

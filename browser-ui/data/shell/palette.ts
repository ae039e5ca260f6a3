import { fuzzyScore, wordsOf, type Searchable } from './fuzzy.ts'

const paletteGroups = [
  'Recent',
  'This page',
  'Time',
  'Go to',
  'Spaces',
  'Rooms',
  'Nodes',
  'Metrics',
  'Boards',
  'Functions',
  'Appearance',
] as const
export type PaletteGroup = (typeof paletteGroups)[number]

/** Something the command palette leads to. */
export interface PaletteEntry extends Searchable {
  /** Stays the same from visit to visit, so that it can be recent. */
  readonly id: string
  readonly group: PaletteGroup
  /** What stands beside the title. */
  readonly detail?: string
  /** The key that does the same, as it is printed. */
  readonly key?: string
  run(): void
}

export interface ShownGroup {
  readonly group: PaletteGroup
  readonly entries: readonly PaletteEntry[]
  /** How many more fit, but are not shown. */
  readonly more: number
}

const shownWithoutSearch: Partial<Record<PaletteGroup, number>> = { Spaces: 4, Rooms: 5, Nodes: 6, Metrics: 0, Boards: 5, Functions: 4 }
const shownOfGroup = 8
const recentShown = 6
/** Something used lately beats an equally good one. */
const recentBonus = 12

/** What to show for a search, at most a screenful or two however many entries there are; recent ones first when nothing is searched. */
export function arrangePalette(entries: readonly PaletteEntry[], search: string, recentIds: readonly string[]): readonly ShownGroup[] {
  const words = wordsOf(search)
  return words.length === 0 ? withoutSearch(entries, recentIds) : searched(entries, words, recentIds)
}

function withoutSearch(entries: readonly PaletteEntry[], recentIds: readonly string[]): readonly ShownGroup[] {
  const byId = new Map(entries.map((entry) => [entry.id, entry]))
  const recent = recentIds.flatMap((id) => byId.get(id) ?? []).slice(0, recentShown)
  const isRecent = new Set(recent.map(({ id }) => id))
  return paletteGroups.flatMap((group): readonly ShownGroup[] => {
    if (group === 'Recent') return recent.length === 0 ? [] : [{ group, entries: recent, more: 0 }]
    const all = entries.filter((entry) => entry.group === group && !isRecent.has(entry.id))
    const shown = all.slice(0, shownWithoutSearch[group] ?? all.length)
    return shown.length === 0 ? [] : [{ group, entries: shown, more: all.length - shown.length }]
  })
}

function searched(entries: readonly PaletteEntry[], words: readonly string[], recentIds: readonly string[]): readonly ShownGroup[] {
  const recent = new Set(recentIds)
  const found = new Map<PaletteGroup, { entry: PaletteEntry; score: number }[]>()
  for (const entry of entries) {
    const score = fuzzyScore(entry, words)
    if (score <= 0) continue
    const list = found.get(entry.group)
    const hit = { entry, score: score + (recent.has(entry.id) ? recentBonus : 0) }
    if (list === undefined) found.set(entry.group, [hit])
    else list.push(hit)
  }
  return [...found]
    .map(([group, hits]) => ({ group, hits: hits.sort((a, b) => b.score - a.score) }))
    .sort((a, b) => (b.hits[0]?.score ?? 0) - (a.hits[0]?.score ?? 0))
    .map(({ group, hits }) => ({
      group,
      entries: hits.slice(0, shownOfGroup).map(({ entry }) => entry),
      more: Math.max(0, hits.length - shownOfGroup),
    }))
}

const recentKept = 20

/** The list of recent ids after one was used. */
export const withRecent = (recentIds: readonly string[], id: string): readonly string[] =>
  [id, ...recentIds.filter((other) => other !== id)].slice(0, recentKept)

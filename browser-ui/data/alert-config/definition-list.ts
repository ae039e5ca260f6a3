import { hasWords, searchWords } from '../search-words.ts'
import type { DefinitionRow, DocumentRow } from './config-answers.ts'

/** Where a definition comes from: kept here and the same everywhere, kept here with nodes that run an older version, or the agents' own. */
export type Origin = 'ours' | 'older' | 'agents'

/** A definition with how it stands on its nodes. */
export interface ListedDefinition extends Omit<DefinitionRow, 'document'> {
  readonly documentId: string | undefined
  readonly version: number | undefined
  readonly origin: Origin
  /** How many nodes run something else than what was applied, could not be changed, or are still to be changed. */
  readonly drifted: number
  readonly failed: number
  readonly waiting: number
}

export const sorts = ['name', 'on', 'nodes', 'raised'] as const
export type DefinitionSort = (typeof sorts)[number]

/** What the list is narrowed to; an empty text narrows nothing. */
export interface DefinitionFilter {
  readonly words: string
  readonly origin: Origin | undefined
  readonly class: string | undefined
  readonly isRaised: boolean
  readonly isDrifted: boolean
  readonly sort: DefinitionSort
}

export const originWords: Readonly<Record<Origin, string>> = { ours: 'Ours', older: 'Older', agents: 'Agents’ own' }

/** The worst status among the raised alerts of a definition; undefined when none is raised. */
export const worstOf = ({ raised, critical }: Pick<DefinitionRow, 'raised' | 'critical'>): 'critical' | 'warning' | undefined =>
  critical > 0 ? 'critical' : raised > 0 ? 'warning' : undefined

/** Definitions that run, and documents that are kept and run nowhere yet. */
export function listDefinitions(rows: readonly DefinitionRow[], documents: readonly DocumentRow[]): readonly ListedDefinition[] {
  const byName = new Map(documents.map((row) => [row.name, row]))
  const listed = rows.map(({ document, ...row }): ListedDefinition => {
    const kept = byName.get(row.name)
    byName.delete(row.name)
    return { ...row, ...standing(kept, document) }
  })
  const unused = [...byName.values()].map((kept): ListedDefinition => {
    const row = {
      name: kept.name,
      on: '',
      kind: 'template' as const,
      hashes: [],
      class: '',
      component: '',
      type: '',
      nodes: 0,
      raised: 0,
      critical: 0,
    }
    return { ...row, ...standing(kept, null) }
  })
  return [...listed, ...unused]
}

function standing(kept: DocumentRow | undefined, document: DefinitionRow['document']) {
  const count = (is: (node: DocumentRow['nodes'][number]) => boolean) => kept?.nodes.filter(is).length ?? 0
  const version = kept?.version ?? document?.version
  const isOlder = count(({ wanted }) => wanted !== null && version !== undefined && wanted < version) > 0
  return {
    documentId: kept?.documentId ?? document?.documentId,
    version,
    origin: version === undefined ? ('agents' as const) : isOlder ? ('older' as const) : ('ours' as const),
    drifted: count(({ state }) => state === 'drifted'),
    failed: count(({ state }) => state === 'failed'),
    waiting: count(({ state }) => state === 'waiting'),
  }
}

/** The definitions that pass, in the wished order. Every word must stand somewhere in what a row shows. */
export function filterDefinitions(all: readonly ListedDefinition[], filter: DefinitionFilter): readonly ListedDefinition[] {
  const words = searchWords(filter.words)
  return all
    .filter(
      (row) =>
        (filter.origin === undefined || row.origin === filter.origin) &&
        (filter.class === undefined || row.class === filter.class) &&
        (!filter.isRaised || row.raised > 0) &&
        (!filter.isDrifted || row.drifted > 0) &&
        hasWords([row.name, row.name.replaceAll('_', ' '), row.on, row.class, row.component, row.type].join(' '), words),
    )
    .toSorted((a, b) => compare(a, b, filter.sort) || a.name.localeCompare(b.name))
}

/** Names and contexts from A on, counts from the most on. */
function compare(a: ListedDefinition, b: ListedDefinition, sort: DefinitionSort): number {
  if (sort === 'nodes' || sort === 'raised') return b[sort] - a[sort]
  return a[sort].localeCompare(b[sort])
}

/** Reads the filter from an address; what is not known narrows nothing. */
export function readDefinitionFilter(search: string): DefinitionFilter {
  const params = new URLSearchParams(search)
  const origin = params.get('origin')
  return {
    words: params.get('q') ?? '',
    origin: origin === 'ours' || origin === 'older' || origin === 'agents' ? origin : undefined,
    class: params.get('class') ?? undefined,
    isRaised: params.has('raised'),
    isDrifted: params.has('drifted'),
    sort: sorts.find((sort) => sort === params.get('sort')) ?? 'name',
  }
}

/** The page of a definition, relative to the room. */
export const definitionPath = (name: string): string => `/alerts/definitions/${encodeURIComponent(name)}`

import { createHistogram } from './histogram.ts'
import type { Histogram } from './histogram.ts'
import type { JournalEntry } from './parse-entry.ts'
import type { JournalQuery } from './parse-query.ts'
import { entryLimit, walkJournal } from './read-journal.ts'
import type { JournalPlace } from './read-journal.ts'

/** A field with its values, the most frequent first. */
export interface Facet {
  readonly field: string
  readonly options: readonly { readonly value: string; readonly count: number }[]
}

export interface JournalResult {
  /** Newest first. */
  readonly rows: readonly JournalEntry[]
  readonly newestUs: number | undefined
  /** Whether a limit ended the look before the window did. */
  readonly isPartial: boolean
  /** `before` and `after` count matching entries newer and older than the rows. */
  readonly items: {
    readonly evaluated: number
    readonly matched: number
    readonly unsampled: number
    readonly estimated: number
    readonly returned: number
    readonly before: number
    readonly after: number
  }
  /** Missing when only rows were asked. */
  readonly analysis: { readonly facets: readonly Facet[]; readonly histogram: Histogram } | undefined
}

/** Chosen fields whose other values are counted; each takes a walk of its own. */
const extraWalks = 3
/** Values of a field that are listed. */
const optionLimit = 200
/** Values of a field that are counted at all; a field with more is no facet. */
const valueLimit = 5_000

/** Answers a query from the journal. `unchanged` when nothing is newer than the caller knows, `failed` when it cannot be read. */
export async function searchJournal(
  place: JournalPlace,
  query: JournalQuery,
  signal: AbortSignal,
): Promise<JournalResult | 'unchanged' | 'failed'> {
  if (query.ifModifiedSinceUs !== undefined) {
    const newest = await newestEntry(place, query, signal)
    if (newest === 'failed') return 'failed'
    if (newest === undefined || newest <= query.ifModifiedSinceUs) return 'unchanged'
  }
  return query.isDataOnly ? findRows(place, query, signal) : analyse(place, query, signal)
}

const windowOf = ({ afterS, beforeS }: JournalQuery) => ({ fromUs: afterS * 1_000_000, toUs: beforeS * 1_000_000 })

async function newestEntry(place: JournalPlace, query: JournalQuery, signal: AbortSignal): Promise<number | undefined | 'failed'> {
  let newest: number | undefined
  const onEntry = (entry: JournalEntry) => {
    newest = entry.timestampUs
    return 'enough' as const
  }
  const end = await walkJournal(place, { ...windowOf(query), direction: 'newest first', chosen: query.chosen, onEntry }, signal)
  return end === 'failed' ? 'failed' : newest
}

/** Whether the text is found in the message or in a field. */
function textMatches({ matches, hasText }: JournalQuery, { message, fields }: JournalEntry): boolean {
  return !hasText || matches([message, ...fields.values()].join('\n'))
}

/** Rows next to the anchor and nothing else: the walk ends when they are found. */
async function findRows(place: JournalPlace, query: JournalQuery, signal: AbortSignal): Promise<JournalResult | 'failed'> {
  const { fromUs, toUs } = windowOf(query)
  const { anchorUs, last } = query
  const isForward = query.direction === 'forward' && anchorUs !== undefined
  const rows: JournalEntry[] = []
  let evaluated = 0
  const onEntry = (entry: JournalEntry) => {
    // Rows of the same microsecond stay together: the next page begins at another.
    if (rows.length >= last && rows.at(-1)?.timestampUs !== entry.timestampUs) return 'enough' as const
    if (++evaluated > entryLimit) return 'enough' as const
    if (textMatches(query, entry)) rows.push(entry)
    return 'more' as const
  }
  const range = isForward
    ? { fromUs: Math.max(fromUs, anchorUs + 1), toUs, direction: 'oldest first' as const }
    : { fromUs, toUs: anchorUs === undefined ? toUs : Math.min(toUs, anchorUs - 1), direction: 'newest first' as const }
  if (range.fromUs > range.toUs) return resultOf(rows, evaluated, rows.length, { before: 0, after: 0 }, false)
  const end = await walkJournal(place, { ...range, chosen: query.chosen, onEntry }, signal)
  if (end === 'failed') return 'failed'
  const isPartial = end === 'stopped' && rows.length < last
  return resultOf(isForward ? rows.reverse() : rows, evaluated, rows.length, { before: 0, after: 0 }, isPartial)
}

/** Rows, the values of every field and the histogram of the window. */
async function analyse(place: JournalPlace, query: JournalQuery, signal: AbortSignal): Promise<JournalResult | 'failed'> {
  const histogram = createHistogram(query)
  const counters = createFacetCounters(query.facets)
  const page = createPage(query)
  let newestUs: number | undefined
  let evaluated = 0
  let matched = 0
  const walk = { ...windowOf(query), direction: 'newest first' as const }
  const onEntry = (entry: JournalEntry) => {
    evaluated++
    newestUs ??= entry.timestampUs
    if (!textMatches(query, entry)) return 'more' as const
    matched++
    histogram.add(entry.timestampUs, entry.fields.get(query.histogram))
    for (const field of query.facets) if (!query.chosen.has(field)) counters.add(field, entry)
    page.add(entry)
    return 'more' as const
  }
  const end = await walkJournal(place, { ...walk, chosen: query.chosen, onEntry }, signal)
  if (end === 'failed') return 'failed'
  const isPartial = end === 'stopped' || evaluated >= entryLimit
  // What else could be chosen of a field that is chosen by: counted as if it were not, with all the others as they are.
  const fields = query.facets.filter((field) => query.chosen.has(field)).slice(0, extraWalks)
  for (const field of fields) {
    const chosen = new Map([...query.chosen].filter(([other]) => other !== field))
    const count = (entry: JournalEntry) => {
      if (textMatches(query, entry)) counters.add(field, entry)
      return 'more' as const
    }
    if ((await walkJournal(place, { ...walk, chosen, onEntry: count }, signal)) === 'failed') return 'failed'
  }
  const { rows, before } = page.rows()
  const items = { before, after: Math.max(0, matched - before - rows.length) }
  return {
    ...resultOf(rows, evaluated, matched, items, isPartial),
    newestUs,
    analysis: { facets: counters.facets(query.chosen), histogram },
  }
}

function resultOf(
  rows: readonly JournalEntry[],
  evaluated: number,
  matched: number,
  around: { readonly before: number; readonly after: number },
  isPartial: boolean,
): JournalResult {
  const items = { evaluated, matched, unsampled: 0, estimated: 0, returned: rows.length, ...around }
  return { rows, newestUs: rows[0]?.timestampUs, isPartial, items, analysis: undefined }
}

/** Picks the page out of entries that come newest first: before the anchor, or the last ones that are after it. */
function createPage({ anchorUs, direction, last }: JournalQuery) {
  const isForward = direction === 'forward' && anchorUs !== undefined
  let rows: JournalEntry[] = []
  let before = 0
  return {
    add(entry: JournalEntry): void {
      if (isForward) {
        if (entry.timestampUs <= anchorUs) return
        rows.push(entry)
        // The nearest to the anchor come last; what is newer than a page of them goes, in steps, since moving a list is not free.
        if (rows.length < last * 4) return
        before += rows.length - last
        rows = rows.slice(-last)
      } else if (anchorUs !== undefined && entry.timestampUs >= anchorUs) before++
      else if (rows.length < last || rows.at(-1)?.timestampUs === entry.timestampUs) rows.push(entry)
    },
    rows() {
      if (!isForward || rows.length <= last) return { rows, before }
      return { rows: rows.slice(-last), before: before + rows.length - last }
    },
  }
}

function createFacetCounters(fields: readonly string[]) {
  const counts = new Map(fields.map((field) => [field, new Map<string, number>()]))
  return {
    add(field: string, { fields: values }: JournalEntry): void {
      const value = values.get(field)
      const known = counts.get(field)
      if (value === undefined || known === undefined || (known.size >= valueLimit && !known.has(value))) return
      known.set(value, (known.get(value) ?? 0) + 1)
    },
    /** Chosen values are listed even when nothing has them, so that they can be unchosen. */
    facets(chosen: JournalQuery['chosen']): readonly Facet[] {
      return [...counts].map(([field, known]) => {
        for (const value of chosen.get(field) ?? []) if (!known.has(value)) known.set(value, 0)
        const sorted = [...known]
          .map(([value, count]) => ({ value, count }))
          .sort((a, b) => b.count - a.count || (a.value < b.value ? -1 : 1))
        const wanted = chosen.get(field)
        return { field, options: sorted.filter(({ value }, index) => index < optionLimit || wanted?.has(value) === true) }
      })
    },
  }
}

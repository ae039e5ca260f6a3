import type { FunctionColumn } from './function-table.ts'
import type { LogEntry, LogFacet, LogHistogram, LogPage } from './log-answer.ts'

/** The entries a page holds: a stretch of the log without gaps, newest first. */
export interface LogWindow {
  readonly entries: readonly LogEntry[]
  readonly columns: readonly FunctionColumn[]
  /** There may be entries before the oldest, or after the newest, that are not held. */
  readonly hasOlder: boolean
  readonly hasNewer: boolean
}

/** So many entries are held at most; what is far from where entries are added goes. */
export const maxEntries = 2_000

/** The window after a first page: the newest entries there are. */
export function windowOf(page: LogPage, askedFor: number): LogWindow {
  const hasOlder = page.entries.length >= Math.min(askedFor, page.pageSize ?? askedFor)
  return { entries: page.entries.slice(0, maxEntries), columns: page.columns, hasOlder, hasNewer: false }
}

/** Adds a page of older entries at the end; the newest are dropped when there are too many. */
export function withOlder(window: LogWindow, page: LogPage, askedFor: number): LogWindow {
  const oldest = window.entries.at(-1)?.timeUs ?? Number.POSITIVE_INFINITY
  const added = page.entries.filter(({ timeUs }) => timeUs < oldest)
  const all = [...window.entries, ...added]
  const cut = Math.max(0, all.length - maxEntries)
  return {
    entries: all.slice(cut),
    columns: joinColumns(window.columns, page.columns),
    hasOlder: added.length > 0 && page.entries.length >= askedFor,
    hasNewer: window.hasNewer || cut > 0,
  }
}

/** Adds newer entries at the beginning; the oldest are dropped when there are too many. */
export function withNewer(window: LogWindow, page: LogPage, askedFor: number): LogWindow {
  const newest = window.entries[0]?.timeUs ?? Number.NEGATIVE_INFINITY
  const added = page.entries.filter(({ timeUs }) => timeUs > newest)
  const all = [...added, ...window.entries]
  return {
    entries: all.slice(0, maxEntries),
    columns: joinColumns(window.columns, page.columns),
    hasOlder: window.hasOlder || all.length > maxEntries,
    hasNewer: added.length > 0 && page.entries.length >= askedFor,
  }
}

/** Whether a tail's answer left entries out between what is held and what it sent: then the window has to be asked for anew. */
export function hasGap(page: LogPage, askedFor: number): boolean {
  return page.entries.length >= askedFor && (page.matchedDelta === undefined || page.matchedDelta > page.entries.length)
}

function joinColumns(mine: readonly FunctionColumn[], theirs: readonly FunctionColumn[]): readonly FunctionColumn[] {
  const known = new Set(mine.map(({ id }) => id))
  const added = theirs.filter(({ id }) => !known.has(id))
  return added.length === 0 ? mine : [...mine, ...added]
}

/** Counts of facets after a delta: what is new is added; facets and values not known before are taken up. */
export function addFacets(facets: readonly LogFacet[], delta: readonly LogFacet[]): readonly LogFacet[] {
  const byId = new Map(delta.map((facet) => [facet.id, facet]))
  const joined = facets.map((facet) => {
    const more = byId.get(facet.id)
    if (more === undefined || more.options.length === 0) return facet
    const counts = new Map(more.options.map((option) => [option.id, option]))
    const known = new Set(facet.options.map(({ id }) => id))
    const options = facet.options.map((option) => ({ ...option, count: option.count + (counts.get(option.id)?.count ?? 0) }))
    return { ...facet, options: [...options, ...more.options.filter(({ id }) => !known.has(id))] }
  })
  const known = new Set(facets.map(({ id }) => id))
  return [...joined, ...delta.filter(({ id }) => !known.has(id))]
}

/** A histogram after a delta: counts of the same slot are added, later slots appended, slots that ended before `fromMs` dropped. */
export function addHistogram(histogram: LogHistogram, delta: LogHistogram, fromMs: number): LogHistogram {
  const labels = [...histogram.labels, ...delta.labels.filter((label) => !histogram.labels.includes(label))]
  const slots = new Map<number, number[]>()
  const add = (source: LogHistogram) => {
    const places = source.labels.map((label) => labels.indexOf(label))
    source.timesMs.forEach((timeMs, slot) => {
      if (timeMs + source.stepMs <= fromMs) return
      const counts = slots.get(timeMs) ?? labels.map(() => 0)
      source.counts[slot]?.forEach((count, place) => {
        const target = places[place]
        if (target !== undefined) counts[target] = (counts[target] ?? 0) + count
      })
      slots.set(timeMs, counts)
    })
  }
  add(histogram)
  add(delta)
  const ordered = [...slots].sort(([a], [b]) => a - b)
  return { ...histogram, labels, timesMs: ordered.map(([timeMs]) => timeMs), counts: ordered.map(([, counts]) => counts) }
}

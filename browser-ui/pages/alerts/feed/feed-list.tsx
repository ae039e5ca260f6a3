import { useWindowVirtualizer } from '@tanstack/react-virtual'
import { useLayoutEffect, useMemo, useRef, useState } from 'react'
import { feedEntries, timeOf, type FeedEntry, type FeedRow } from '../../../data/alerts/feed-events.ts'
import { useTimeFormat } from '../../../ui/hooks.ts'
import { BurstEntry, EventEntry } from './feed-entry.tsx'

const rowPx = 52
const dayPx = 40

type Line = { readonly kind: 'day'; readonly day: string } | { readonly kind: 'entry'; readonly entry: FeedEntry }

/** What happened, by day, newest first: however much, only what is on screen and a little around it exists. */
export function FeedList({
  events,
  nowMs,
  knownNodes,
}: {
  readonly events: readonly FeedRow[]
  readonly nowMs: number
  readonly knownNodes: ReadonlySet<string>
}) {
  const format = useTimeFormat()
  const list = useRef<HTMLUListElement>(null)
  const [marginPx, setMarginPx] = useState(0)
  const [opened, setOpened] = useState<ReadonlySet<string>>(new Set())
  const entries = useMemo(() => feedEntries(events), [events])
  const nowS = Math.floor(nowMs / 3_600_000) * 3_600
  const lines = useMemo((): readonly Line[] => {
    let last = ''
    return entries.flatMap((entry): readonly Line[] => {
      const day = format.day(timeOf(entry) / 1_000, nowS)
      const isNew = day !== last
      last = day
      return [...(isNew ? [{ kind: 'day' as const, day }] : []), { kind: 'entry', entry }]
    })
  }, [entries, format, nowS])
  const rows = useWindowVirtualizer({
    count: lines.length,
    estimateSize: (index) => (lines[index]?.kind === 'day' ? dayPx : rowPx),
    getItemKey: (index) => keyOf(lines[index]),
    overscan: 10,
    scrollMargin: marginPx,
  })
  // The page scrolls smoothly; a correction on the way would end the scroll where it is.
  rows.shouldAdjustScrollPositionOnItemSizeChange = () => false
  useLayoutEffect(() => {
    const top = (list.current?.getBoundingClientRect().top ?? 0) + window.scrollY
    if (Math.abs(top - marginPx) > 1) setMarginPx(top)
  })
  const toggle = (id: string) => {
    const next = new Set(opened)
    if (!next.delete(id)) next.add(id)
    setOpened(next)
  }
  return (
    <ul ref={list} className="feed-list" aria-label="Events" style={{ height: rows.getTotalSize() }}>
      {rows.getVirtualItems().map(({ index, key, start }) => {
        const line = lines[index]
        if (line === undefined) return null
        return (
          <li key={key} ref={rows.measureElement} data-index={index} style={{ transform: `translateY(${start - marginPx}px)` }}>
            {line.kind === 'day' ? (
              <h2 className="feed-day">{line.day}</h2>
            ) : line.entry.kind === 'event' ? (
              <EventEntry event={line.entry.event} knownNodes={knownNodes} />
            ) : (
              <BurstEntry
                events={line.entry.events}
                isOpen={opened.has(line.entry.id)}
                onToggle={() => line.entry.kind === 'burst' && toggle(line.entry.id)}
                knownNodes={knownNodes}
              />
            )}
          </li>
        )
      })}
    </ul>
  )
}

const keyOf = (line: Line | undefined) =>
  line === undefined ? '' : line.kind === 'day' ? `day ${line.day}` : line.entry.kind === 'event' ? line.entry.event.eventId : line.entry.id

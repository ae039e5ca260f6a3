import { useVirtualizer } from '@tanstack/react-virtual'
import { useCallback, useEffect, useId, useLayoutEffect, useMemo, useRef, useState, type KeyboardEvent } from 'react'
import type { LogWindow } from '../../../data/functions/log-window.ts'
import { functionIcons } from '../function-icons.tsx'
import { LogLine, lineColumns } from './log-line.tsx'

/** So many lines before an end is reached, the next page is asked for. */
const aheadLines = 30

/**
 * The entries of a log, newest first, drawn only where they are seen. Reaching an end asks for more; what a person reads stays where
 * it is when entries are added above it or dropped.
 */
export function LogList({
  label,
  window: shown,
  linePx,
  loading,
  onOlder,
  onNewer,
  onLookBack,
}: {
  readonly label: string
  readonly window: LogWindow
  readonly linePx: number
  readonly loading: 'older' | 'newer' | undefined
  readonly onOlder: () => void
  readonly onNewer: () => void
  /** Offered at the oldest entry: a longer span. */
  readonly onLookBack: (() => void) | undefined
}) {
  const id = useId()
  const { entries, columns } = shown
  const scroller = useRef<HTMLDivElement>(null)
  const [open, setOpen] = useState<ReadonlySet<string>>(new Set())
  const [activeKey, setActiveKey] = useState<string>()
  const line = useMemo(() => lineColumns(columns), [columns])
  const virtual = useVirtualizer({
    count: entries.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => linePx,
    getItemKey: (index) => entries[index]?.key ?? index,
    overscan: 14,
  })
  const items = virtual.getVirtualItems()
  const first = items[0]?.index ?? 0
  const last = items.at(-1)?.index ?? 0

  const unread = useKeepPlace(scroller, entries, linePx)
  useEffect(() => {
    if (loading !== undefined || entries.length === 0) return
    if (shown.hasOlder && last >= entries.length - aheadLines) onOlder()
    else if (shown.hasNewer && first <= 2) onNewer()
  }, [shown, first, last, loading, entries.length, onOlder, onNewer])

  const toggle = useCallback((key: string) => {
    setActiveKey(key)
    setOpen((before) => {
      const after = new Set(before)
      if (!after.delete(key)) after.add(key)
      return after
    })
  }, [])
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.target !== scroller.current || event.altKey || event.metaKey) return
    const index = entries.findIndex(({ key }) => key === activeKey)
    const pageLines = Math.max(1, Math.floor((scroller.current?.clientHeight ?? 400) / linePx) - 2)
    const to = (next: number) => {
      const place = Math.max(0, Math.min(entries.length - 1, next))
      setActiveKey(entries[place]?.key)
      virtual.scrollToIndex(place)
    }
    if (event.key === 'ArrowDown') to(index + 1)
    else if (event.key === 'ArrowUp') to(index - 1)
    else if (event.key === 'PageDown') to(index + pageLines)
    else if (event.key === 'PageUp') to(index - pageLines)
    else if (event.key === 'Home') to(0)
    else if (event.key === 'End') to(entries.length - 1)
    else if ((event.key === 'Enter' || event.key === ' ') && activeKey !== undefined) toggle(activeKey)
    else return
    event.preventDefault()
  }
  const isDrawn = items.some(({ index }) => entries[index]?.key === activeKey)
  return (
    <div className="fn-log-frame">
      {unread > 0 ? (
        <button type="button" className="fn-unread" onClick={() => virtual.scrollToIndex(0)}>
          {functionIcons.up} {unread} new
        </button>
      ) : null}
      <div
        ref={scroller}
        className="fn-log"
        role="treegrid"
        aria-label={label}
        aria-rowcount={entries.length}
        aria-activedescendant={isDrawn ? `${id}-${activeKey}` : undefined}
        tabIndex={0}
        onKeyDown={onKeyDown}
        onFocus={() => activeKey === undefined && setActiveKey(entries[0]?.key)}
      >
        <div role="rowgroup" style={{ height: virtual.getTotalSize(), position: 'relative' }}>
          {items.map((item) => {
            const entry = entries[item.index]
            if (entry === undefined) return null
            return (
              <div
                key={entry.key}
                ref={virtual.measureElement}
                data-index={item.index}
                role="presentation"
                className="fn-log-item"
                style={{ transform: `translateY(${item.start}px)` }}
              >
                <LogLine
                  id={`${id}-${entry.key}`}
                  entry={entry}
                  line={line}
                  columns={columns}
                  isOpen={open.has(entry.key)}
                  isActive={entry.key === activeKey}
                  onToggle={toggle}
                />
              </div>
            )
          })}
        </div>
      </div>
      <p className="fn-log-foot" role="status">
        {loading === 'older'
          ? 'Asking for older entries…'
          : loading === 'newer'
            ? 'Asking for newer entries…'
            : shown.hasOlder
              ? `${entries.length} entries here; scroll for older ones.`
              : `${entries.length} entries, back to the beginning of the span.`}{' '}
        {!shown.hasOlder && onLookBack !== undefined ? (
          <button type="button" className="link-button" onClick={onLookBack}>
            Look further back
          </button>
        ) : null}
      </p>
    </div>
  )
}

/** Keeps what is read in place when lines come or go above it. Answers how many came while the newest line was out of sight. */
function useKeepPlace(scroller: { readonly current: HTMLDivElement | null }, entries: LogWindow['entries'], linePx: number): number {
  const before = useRef<LogWindow['entries']>(entries)
  const [unread, setUnread] = useState(0)
  useLayoutEffect(() => {
    const element = scroller.current
    const was = before.current
    before.current = entries
    if (element === null || was === entries || element.scrollTop < linePx) return
    const place = Math.min(was.length - 1, Math.floor(element.scrollTop / linePx))
    const key = was[place]?.key
    const now = key === undefined ? -1 : entries.findIndex((entry) => entry.key === key)
    if (now === -1 || now === place) return
    element.scrollTop += (now - place) * linePx
    if (now > place) setUnread((count) => count + now - place)
  }, [entries, linePx, scroller])
  useEffect(() => {
    const element = scroller.current
    const onScroll = () => {
      if (element !== null && element.scrollTop < linePx) setUnread(0)
    }
    element?.addEventListener('scroll', onScroll, { passive: true })
    return () => element?.removeEventListener('scroll', onScroll)
  }, [linePx, scroller])
  return unread
}

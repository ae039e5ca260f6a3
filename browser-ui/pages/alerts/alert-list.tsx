import { useWindowVirtualizer } from '@tanstack/react-virtual'
import { useLayoutEffect, useMemo, useRef, useState, type KeyboardEvent } from 'react'
import type { AlertGroup, ListedAlert } from '../../data/alerts/alert-list.ts'
import { useMatches, useNow } from '../../ui/hooks.ts'
import { SeverityMark } from '../../ui/look/severity-mark.tsx'
import { AlertRow } from './alert-row.tsx'
import { useAlertValues } from './use-alert-values.ts'

const rowPx = 84
const narrowRowPx = 118
const headPx = 46

type Line =
  { readonly kind: 'head'; readonly group: AlertGroup } | { readonly kind: 'alert'; readonly alert: ListedAlert; readonly at: number }

/** Raised alerts under their headings: however many there are, only those on screen and a few around them exist and are asked for. */
export function AlertList({ groups, isBySeverity }: { readonly groups: readonly AlertGroup[]; readonly isBySeverity: boolean }) {
  const nowMs = useNow(10_000)
  const isNarrow = useMatches('(max-width: 720px)')
  const list = useRef<HTMLUListElement>(null)
  const [marginPx, setMarginPx] = useState(0)
  const lines = useMemo((): readonly Line[] => {
    let at = 0
    return groups.flatMap((group): readonly Line[] => [
      { kind: 'head', group },
      ...group.alerts.map((alert): Line => ({ kind: 'alert', alert, at: ++at })),
    ])
  }, [groups])
  const total = lines.length - groups.length
  const rows = useWindowVirtualizer({
    count: lines.length,
    estimateSize: (index) => (lines[index]?.kind === 'head' ? headPx : isNarrow ? narrowRowPx : rowPx),
    getItemKey: (index) => keyOf(lines[index]),
    overscan: 6,
    scrollMargin: marginPx,
  })
  // The page scrolls smoothly; a correction on the way would end the scroll where it is.
  rows.shouldAdjustScrollPositionOnItemSizeChange = () => false
  // What stands above the list grows and shrinks with it.
  useLayoutEffect(() => {
    const top = (list.current?.getBoundingClientRect().top ?? 0) + window.scrollY
    if (Math.abs(top - marginPx) > 1) setMarginPx(top)
  })
  const items = rows.getVirtualItems()
  const visible = useMemo(() => items.flatMap(({ index }) => (lines[index]?.kind === 'alert' ? [lines[index].alert] : [])), [items, lines])
  const valueOf = useAlertValues(visible)

  /** Up and down lead from alert to alert. */
  const onKeyDown = (event: KeyboardEvent<HTMLUListElement>) => {
    const by = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0
    const target = event.target as HTMLElement
    if (by === 0 || !target.matches('.alert-name')) return
    let next = Number(target.closest('li')?.dataset['index']) + by
    if (lines[next]?.kind === 'head') next += by
    if (lines[next] === undefined) return
    event.preventDefault()
    rows.scrollToIndex(next)
    const element = event.currentTarget
    const focus = () => element.querySelector<HTMLElement>(`li[data-index="${next}"] .alert-name`)?.focus({ preventScroll: true })
    focus()
    window.requestAnimationFrame(focus)
  }

  return (
    <ul ref={list} className="alert-lines-all" aria-label="Raised alerts" style={{ height: rows.getTotalSize() }} onKeyDown={onKeyDown}>
      {items.map(({ index, key, start }) => {
        const line = lines[index]
        if (line === undefined) return null
        return (
          <li
            key={key}
            ref={rows.measureElement}
            data-index={index}
            className={line.kind === 'head' ? 'alert-line-head' : 'alert-line-row'}
            style={{ transform: `translateY(${start - marginPx}px)` }}
            {...(line.kind === 'alert' ? { 'aria-setsize': total, 'aria-posinset': line.at } : {})}
          >
            {line.kind === 'head' ? (
              <GroupHead group={line.group} isBySeverity={isBySeverity} />
            ) : (
              <AlertRow alert={line.alert} now={valueOf(line.alert)} nowMs={nowMs} />
            )}
          </li>
        )
      })}
    </ul>
  )
}

const keyOf = (line: Line | undefined) => (line === undefined ? '' : line.kind === 'head' ? `head ${line.group.id}` : line.alert.key)

function GroupHead({ group, isBySeverity }: { readonly group: AlertGroup; readonly isBySeverity: boolean }) {
  const silenced = group.alerts.filter(({ isSilenced }) => isSilenced === true).length
  return (
    <div className="alert-head">
      <h2>{isBySeverity ? <SeverityMark status={group.id} isWordShown /> : <span className="alert-head-text">{group.title}</span>}</h2>
      <span className="alert-head-count">
        {group.alerts.length}
        {silenced > 0 ? `, ${silenced} silenced` : ''}
      </span>
      {isBySeverity && group.id === 'unknown' ? (
        <span className="alert-head-note">Their nodes are silent: nobody knows how they stand now.</span>
      ) : null}
    </div>
  )
}

import { useVirtualizer, useWindowVirtualizer } from '@tanstack/react-virtual'
import { useEffect, useLayoutEffect, useRef, useState, type KeyboardEvent } from 'react'
import { Link } from 'wouter'
import {
  definitionPath,
  originWords,
  worstOf,
  type DefinitionSort,
  type ListedDefinition,
} from '../../data/alert-config/definition-list.ts'
import { icons } from '../../ui/look/icons.tsx'
import { SeverityMark } from '../../ui/look/severity-mark.tsx'

const rowPx = 46
const cardPx = 104

const columns = [
  { id: 'name', title: 'Name', sort: 'name' },
  { id: 'on', title: 'On', sort: 'on' },
  { id: 'class', title: 'Class' },
  { id: 'nodes', title: 'Nodes', sort: 'nodes' },
  { id: 'raised', title: 'Raised', sort: 'raised' },
  { id: 'origin', title: 'Origin' },
] as const satisfies readonly { readonly id: string; readonly title: string; readonly sort?: DefinitionSort }[]

interface DefinitionTableProps {
  readonly rows: readonly ListedDefinition[]
  readonly sort: DefinitionSort
  readonly onSort: (sort: DefinitionSort) => void
}

/** The table of definitions: however many there are, only the rows on screen and a few around them exist. */
export function DefinitionTable({ rows, sort, onSort }: DefinitionTableProps) {
  const area = useRef<HTMLDivElement>(null)
  const virtual = useVirtualizer({ count: rows.length, getScrollElement: () => area.current, estimateSize: () => rowPx, overscan: 8 })
  const items = virtual.getVirtualItems()

  // In another order another row is the first, and that is what one wants to see.
  useEffect(() => {
    if (area.current !== null) area.current.scrollTop = 0
  }, [sort])

  /** The row that keys lead to and that is not on screen yet: keys may come faster than rows. */
  const underway = useRef<number>(undefined)

  /** Up and down lead from name to name. */
  const onKeyDown = (event: KeyboardEvent<HTMLTableSectionElement>) => {
    if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return
    const index = underway.current ?? Number((event.target as HTMLElement).closest('tr')?.dataset['index'])
    const next = index + (event.key === 'ArrowDown' ? 1 : -1)
    if (!Number.isInteger(next) || next < 0 || next >= rows.length) return
    event.preventDefault()
    underway.current = next
    virtual.scrollToIndex(next)
    const body = event.currentTarget
    window.requestAnimationFrame(() => {
      if (underway.current !== next) return
      underway.current = undefined
      body.querySelector<HTMLElement>(`tr[data-index="${next}"] .row-link`)?.focus({ preventScroll: true })
    })
  }
  return (
    <div ref={area} className="card fleet-scroll" tabIndex={-1}>
      <table className="fleet-table definition-table" aria-rowcount={rows.length + 1} aria-label="Alert definitions">
        <colgroup>
          {columns.map(({ id }) => (
            <col key={id} className={`col-${id}`} />
          ))}
        </colgroup>
        <thead>
          <tr aria-rowindex={1}>
            {columns.map((column) => (
              <th key={column.id} scope="col" aria-sort={'sort' in column && column.sort === sort ? sortOf(sort) : undefined}>
                {'sort' in column ? (
                  <button
                    type="button"
                    className="head-button"
                    data-sorted={column.sort === sort ? (sortOf(sort) === 'ascending' ? 'up' : 'down') : undefined}
                    onClick={() => onSort(column.sort)}
                  >
                    <span>{column.title}</span> {icons.chevron}
                  </button>
                ) : (
                  <span className="head-text">{column.title}</span>
                )}
              </th>
            ))}
          </tr>
        </thead>
        <tbody onKeyDown={onKeyDown}>
          <Space heightPx={items[0]?.start ?? 0} />
          {items.map(({ index }) => {
            const row = rows[index]
            return row === undefined ? null : <Row key={row.name} row={row} index={index} />
          })}
          <Space heightPx={virtual.getTotalSize() - (items.at(-1)?.end ?? 0)} />
        </tbody>
      </table>
    </div>
  )
}

const sortOf = (sort: DefinitionSort) => (sort === 'nodes' || sort === 'raised' ? ('descending' as const) : ('ascending' as const))

function Space({ heightPx }: { readonly heightPx: number }) {
  if (heightPx <= 0) return null
  return (
    <tr aria-hidden="true" className="row-space">
      <td colSpan={columns.length} style={{ height: heightPx }} />
    </tr>
  )
}

function Row({ row, index }: { readonly row: ListedDefinition; readonly index: number }) {
  return (
    <tr data-index={index} aria-rowindex={index + 2} data-definition={row.name}>
      <th scope="row">
        <span className="cell-name-line">
          <Link href={definitionPath(row.name)} className="row-link" title={row.name}>
            {row.name}
          </Link>
        </span>
      </th>
      <td>
        <span className="cell-text" title={row.on}>
          {row.on === '' ? <span className="cell-none">runs nowhere</span> : row.on}
          {row.kind === 'instance' ? <span className="cell-none"> (one instance)</span> : null}
        </span>
      </td>
      <td>
        <span className="cell-text" title={[row.type, row.component, row.class].filter(Boolean).join(' · ')}>
          {row.class}
        </span>
      </td>
      <td className="number">{row.nodes}</td>
      <td className="number">{row.raised === 0 ? <span className="cell-none">–</span> : <RaisedCount row={row} />}</td>
      <td>
        <OriginMarks row={row} />
      </td>
    </tr>
  )
}

/** How many are raised, with the mark of the worst of them. */
function RaisedCount({ row }: { readonly row: ListedDefinition }) {
  const worst = worstOf(row)
  if (worst === undefined) return null
  return (
    <span className="definition-raised" title={row.critical > 0 && row.critical < row.raised ? `${row.critical} critical` : undefined}>
      <SeverityMark status={worst} /> {row.raised}
    </span>
  )
}

/** Where a definition comes from, and what is not as it should be on its nodes. */
function OriginMarks({ row }: { readonly row: ListedDefinition }) {
  const marks = [
    ['drifted', '≠', row.drifted],
    ['failed', '✕', row.failed],
    ['waiting', '…', row.waiting],
  ] as const
  return (
    <span className="origin-marks">
      <span className="origin" data-origin={row.origin}>
        {originWords[row.origin]}
        {row.version === undefined ? '' : ` v${row.version}`}
      </span>
      {row.hashes.length > 1 ? <span className="origin-forms">{row.hashes.length} forms</span> : null}
      {marks.map(([state, mark, count]) =>
        count === 0 ? null : (
          <span key={state} className="config-mark" data-state={state}>
            <span aria-hidden="true">{mark}</span> {count} {state}
          </span>
        ),
      )}
    </span>
  )
}

/** The same list on a phone: cards that scroll with the page. */
export function DefinitionCards({ rows }: { readonly rows: readonly ListedDefinition[] }) {
  const list = useRef<HTMLUListElement>(null)
  const [offsetPx, setOffsetPx] = useState(0)
  useLayoutEffect(() => setOffsetPx(list.current === null ? 0 : list.current.getBoundingClientRect().top + window.scrollY), [])
  const virtual = useWindowVirtualizer({ count: rows.length, estimateSize: () => cardPx, overscan: 6, scrollMargin: offsetPx, gap: 8 })
  const items = virtual.getVirtualItems()
  return (
    <ul ref={list} className="definition-cards" style={{ height: virtual.getTotalSize() }} aria-label="Alert definitions">
      {items.map(({ index, start }) => {
        const row = rows[index]
        return row === undefined ? null : (
          <li
            key={row.name}
            ref={virtual.measureElement}
            data-index={index}
            data-definition={row.name}
            className="card definition-card"
            style={{ transform: `translateY(${start - virtual.options.scrollMargin}px)` }}
          >
            <Link href={definitionPath(row.name)} className="row-link" title={row.name}>
              {row.name}
            </Link>
            <p className="definition-card-on">{row.on === '' ? 'Runs nowhere yet' : row.on}</p>
            <p className="definition-card-facts">
              {row.nodes} {row.nodes === 1 ? 'node' : 'nodes'}
              <RaisedCount row={row} />
              <OriginMarks row={row} />
            </p>
          </li>
        )
      })}
    </ul>
  )
}

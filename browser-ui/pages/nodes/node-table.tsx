import { useVirtualizer } from '@tanstack/react-virtual'
import { memo, useEffect, type KeyboardEvent, type RefObject } from 'react'
import { nextSort, type NodeColumn, type NodeSort } from '../../data/fleet/node-columns.ts'
import type { NodeSummary } from '../../link/api.ts'
import { icons } from '../../ui/look/icons.tsx'
import type { Fleet } from '../fleet/use-fleet.ts'
import { CellContent } from './node-cells.tsx'
import { RowMenu } from './row-menu.tsx'

const rowPx = 46
const selectPx = 44
const menuPx = 46

export interface NodeTableProps {
  readonly nodes: readonly NodeSummary[]
  readonly columns: readonly NodeColumn[]
  readonly sort: NodeSort | undefined
  readonly fleet: Fleet
  readonly nowMs: number
  readonly selected: ReadonlySet<string>
  readonly area: RefObject<HTMLDivElement | null>
  readonly onSort: (sort: NodeSort) => void
  readonly onSelect: (nodeIds: readonly string[], isSelected: boolean) => void
  /** Undefined for those who may not. */
  readonly onRemove: ((node: NodeSummary) => void) | undefined
  /** Which rows a person can see. */
  readonly onVisible: (nodeIds: readonly string[]) => void
}

/** The table of nodes: however many there are, only the rows on screen and a few around them exist. */
export function NodeTable(props: NodeTableProps) {
  const { nodes, columns, sort, area, selected, onSort, onSelect, onVisible } = props
  const rows = useVirtualizer({ count: nodes.length, getScrollElement: () => area.current, estimateSize: () => rowPx, overscan: 6 })
  const items = rows.getVirtualItems()
  const first = items[0]
  const last = items.at(-1)
  const { startIndex = 0, endIndex = -1 } = rows.range ?? {}
  const visible = nodes.slice(startIndex, endIndex + 1)
  const visibleKey = visible.map(({ nodeId }) => nodeId).join(' ')
  useEffect(() => onVisible(visibleKey === '' ? [] : visibleKey.split(' ')), [visibleKey, onVisible])

  const width = selectPx + menuPx + columns.reduce((sum, { widthPx }) => sum + widthPx, 0)
  const isAllSelected = nodes.length > 0 && nodes.every(({ nodeId }) => selected.has(nodeId))

  /** Up and down lead from row to row, in the same place of each. */
  const onKeyDown = (event: KeyboardEvent<HTMLTableSectionElement>) => {
    if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return
    const target = event.target as HTMLElement
    const row = target.closest('tr')
    const index = Number(row?.dataset['index'])
    const control = [...(row?.querySelectorAll<HTMLElement>('a, input, button') ?? [])].indexOf(target)
    const next = index + (event.key === 'ArrowDown' ? 1 : -1)
    if (!Number.isInteger(next) || next < 0 || next >= nodes.length || control < 0) return
    event.preventDefault()
    rows.scrollToIndex(next)
    const body = event.currentTarget
    window.requestAnimationFrame(() => {
      const controls = [...(body.querySelector(`tr[data-index="${next}"]`)?.querySelectorAll<HTMLElement>('a, input, button') ?? [])]
      const wanted = target.matches('.row-link') ? controls.find((element) => element.matches('.row-link')) : controls[control]
      wanted?.focus({ preventScroll: true })
    })
  }

  return (
    <div ref={area} className="card fleet-scroll" tabIndex={-1}>
      <table className="fleet-table" style={{ minWidth: width }} aria-rowcount={nodes.length + 1} aria-label="Nodes">
        <colgroup>
          <col style={{ width: selectPx }} />
          {columns.map(({ id, widthPx, kind }) => (
            <col key={id} style={kind === 'name' ? { minWidth: widthPx } : { width: widthPx }} />
          ))}
          <col style={{ width: menuPx }} />
        </colgroup>
        <thead>
          <tr aria-rowindex={1}>
            <th scope="col" className="cell-check">
              <label className="check">
                <input
                  type="checkbox"
                  checked={isAllSelected}
                  aria-label={isAllSelected ? 'Select none' : 'Select all that are listed'}
                  onChange={() =>
                    onSelect(
                      nodes.map(({ nodeId }) => nodeId),
                      !isAllSelected,
                    )
                  }
                />
              </label>
            </th>
            {columns.map((column) => (
              <HeadCell key={column.id} column={column} sort={sort} onSort={onSort} />
            ))}
            <th scope="col">
              <span className="visually-hidden">More</span>
            </th>
          </tr>
        </thead>
        <tbody onKeyDown={onKeyDown}>
          <Space heightPx={first?.start ?? 0} columns={columns.length + 2} />
          {items.map(({ index }) => {
            const node = nodes[index]
            return node === undefined ? null : (
              <Row key={node.nodeId} {...props} node={node} index={index} isSelected={selected.has(node.nodeId)} />
            )
          })}
          <Space heightPx={rows.getTotalSize() - (last?.end ?? 0)} columns={columns.length + 2} />
        </tbody>
      </table>
    </div>
  )
}

/** Stands for rows that are not there. */
function Space({ heightPx, columns }: { readonly heightPx: number; readonly columns: number }) {
  if (heightPx <= 0) return null
  return (
    <tr aria-hidden="true" className="row-space">
      <td colSpan={columns} style={{ height: heightPx }} />
    </tr>
  )
}

function HeadCell({
  column,
  sort,
  onSort,
}: {
  readonly column: NodeColumn
  readonly sort: NodeSort | undefined
  readonly onSort: (sort: NodeSort) => void
}) {
  const isSorted = sort?.columnId === column.id
  return (
    <th scope="col" data-kind={column.kind} aria-sort={!isSorted ? undefined : sort.isDescending ? 'descending' : 'ascending'}>
      <button
        type="button"
        className="head-button"
        data-sorted={isSorted ? (sort.isDescending ? 'down' : 'up') : undefined}
        onClick={() => onSort(nextSort(sort, column))}
      >
        <span>{column.title}</span>
        {icons.chevron}
      </button>
    </th>
  )
}

interface RowProps extends Pick<NodeTableProps, 'columns' | 'fleet' | 'nowMs' | 'onSelect' | 'onRemove'> {
  readonly node: NodeSummary
  readonly index: number
  readonly isSelected: boolean
}

const Row = memo(function Row({ node, index, isSelected, columns, fleet, nowMs, onSelect, onRemove }: RowProps) {
  return (
    <tr data-node={node.nodeId} data-state={node.state} data-index={index} aria-rowindex={index + 2} aria-selected={isSelected}>
      <td className="cell-check">
        <label className="check">
          <input
            type="checkbox"
            checked={isSelected}
            aria-label={`Select ${node.hostname}`}
            onChange={() => onSelect([node.nodeId], !isSelected)}
          />
        </label>
      </td>
      {columns.map((column) =>
        column.kind === 'name' ? (
          <th key={column.id} scope="row" data-kind="name">
            <CellContent column={column} node={node} fleet={fleet} nowMs={nowMs} />
          </th>
        ) : (
          <td key={column.id} data-kind={column.kind} data-column={column.id}>
            <CellContent column={column} node={node} fleet={fleet} nowMs={nowMs} />
          </td>
        ),
      )}
      <td className="cell-menu">
        <RowMenu node={node} onRemove={onRemove} />
      </td>
    </tr>
  )
}, isSameRow)

/** A row is drawn anew when something of it changed; the list is renewed every few seconds and mostly says the same. */
function isSameRow(a: RowProps, b: RowProps): boolean {
  return (
    a.index === b.index &&
    a.isSelected === b.isSelected &&
    a.columns === b.columns &&
    a.fleet === b.fleet &&
    a.nowMs === b.nowMs &&
    a.onSelect === b.onSelect &&
    a.onRemove === b.onRemove &&
    a.node === b.node
  )
}

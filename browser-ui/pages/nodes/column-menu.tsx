import { DropdownMenu } from 'radix-ui'
import { defaultColumnIds, labelColumn, nodeColumns } from '../../data/fleet/node-columns.ts'
import { labelKeys } from '../../data/fleet/node-query.ts'
import type { NodeSummary } from '../../link/api.ts'
import { keepMovedFocus } from '../../ui/overlays/focus-return.ts'
import { icons } from '../../ui/look/icons.tsx'

/** Which columns the table has; labels can be columns of their own. */
export function ColumnMenu({
  nodes,
  shown,
  onChange,
}: {
  readonly nodes: readonly NodeSummary[]
  readonly shown: readonly string[]
  /** Undefined: the usual ones. */
  readonly onChange: (columnIds: readonly string[] | undefined) => void
}) {
  const offered = [...nodeColumns, ...labelKeys(nodes, 30).map(({ key }) => labelColumn(key))]
  const toggle = (id: string, isShown: boolean) => {
    // A column that comes takes its usual place, so that the table does not become a heap.
    const wanted = isShown ? new Set([...shown, id]) : new Set(shown.filter((other) => other !== id))
    onChange(offered.map((column) => column.id).filter((other) => wanted.has(other)))
  }
  return (
    <DropdownMenu.Root modal={false}>
      <DropdownMenu.Trigger className="button">Columns</DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content className="menu fleet-menu" align="end" sideOffset={6} collisionPadding={8} onCloseAutoFocus={keepMovedFocus}>
          {offered.map(({ id, title }) => (
            <DropdownMenu.CheckboxItem
              key={id}
              className="menu-item"
              checked={shown.includes(id)}
              disabled={id === 'name'}
              onCheckedChange={(isShown) => toggle(id, isShown)}
              onSelect={(event) => event.preventDefault()}
            >
              <span className="menu-text" title={title}>
                {title}
              </span>
              <span className="menu-check">
                <DropdownMenu.ItemIndicator>{icons.check}</DropdownMenu.ItemIndicator>
              </span>
            </DropdownMenu.CheckboxItem>
          ))}
          <DropdownMenu.Separator className="menu-line" />
          <DropdownMenu.Item className="menu-item" disabled={shown.join() === defaultColumnIds.join()} onSelect={() => onChange(undefined)}>
            The usual columns
          </DropdownMenu.Item>
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  )
}

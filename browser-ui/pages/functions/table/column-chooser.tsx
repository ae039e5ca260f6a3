import { Popover } from 'radix-ui'
import { useState } from 'react'
import type { FunctionColumn } from '../../../data/functions/function-table.ts'
import {
  agentsChoice,
  isColumnShown,
  orderedColumns,
  withColumnMoved,
  withColumnShown,
  type ColumnChoice,
} from '../../../data/functions/table-columns.ts'
import { useFocusReturn } from '../../../ui/overlays/focus-return.ts'
import { functionIcons } from '../function-icons.tsx'

/** Which columns are shown, and in what order. */
export function ColumnChooser({
  columns,
  choice,
  onChange,
}: {
  readonly columns: readonly FunctionColumn[]
  readonly choice: ColumnChoice
  readonly onChange: (choice: ColumnChoice) => void
}) {
  const [search, setSearch] = useState('')
  const [button, focusBack] = useFocusReturn()
  const ordered = orderedColumns(columns, choice)
  const shown = ordered.filter((column) => isColumnShown(column, choice)).length
  return (
    <Popover.Root>
      <Popover.Trigger ref={button} className="button is-small">
        {functionIcons.columns} Columns <span className="fn-count">{`${shown}/${ordered.length}`}</span>
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Content className="popover fn-columns" align="end" sideOffset={6} aria-label="Columns" {...focusBack}>
          <div className="fn-columns-head">
            <input
              className="fn-input"
              type="search"
              aria-label="Search columns"
              placeholder="Search columns"
              value={search}
              onChange={(event) => setSearch(event.target.value)}
            />
            <button type="button" className="button is-small" onClick={() => onChange(agentsChoice)}>
              Reset
            </button>
          </div>
          <ul>
            {ordered
              .filter(({ name }) => name.toLowerCase().includes(search.toLowerCase()))
              .map((column) => (
                <li key={column.id} className="fn-column-item">
                  <label className="fn-option">
                    <input
                      type="checkbox"
                      checked={isColumnShown(column, choice)}
                      onChange={(event) => onChange(withColumnShown(choice, column.id, event.target.checked))}
                    />
                    <span className="fn-option-name">{column.name}</span>
                  </label>
                  <button
                    type="button"
                    className="icon-button fn-move"
                    aria-label={`Move ${column.name} to the left`}
                    onClick={() => onChange(withColumnMoved(columns, choice, column.id, -1))}
                  >
                    {functionIcons.up}
                  </button>
                  <button
                    type="button"
                    className="icon-button fn-move"
                    aria-label={`Move ${column.name} to the right`}
                    onClick={() => onChange(withColumnMoved(columns, choice, column.id, 1))}
                  >
                    {functionIcons.down}
                  </button>
                </li>
              ))}
          </ul>
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  )
}

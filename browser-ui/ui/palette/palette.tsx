import './palette.css'
import { Command } from 'cmdk'
import { useDeferredValue, useLayoutEffect, useMemo, useRef, useState } from 'react'
import { arrangePalette, type PaletteEntry } from '../../data/shell/palette.ts'
import { icons } from '../look/icons.tsx'
import { recent } from './recent.ts'
import { usePaletteEntries } from './use-palette-entries.ts'

/** One entry may stand in two groups. */
const valueOf = (group: string, entry: PaletteEntry) => `${group} ${entry.id}`

/** Finds everything by its name and goes there: nodes, metrics, rooms, pages, boards, and what this page can do; `first` at first. */
export function Palette({ first, onClose }: { readonly first: string; readonly onClose: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null)
  const [search, setSearch] = useState(first)
  const deferred = useDeferredValue(search)
  const entries = usePaletteEntries()
  const [recentIds] = useState(() => recent.list())
  const groups = useMemo(() => arrangePalette(entries, deferred, recentIds), [entries, deferred, recentIds])
  const values = groups.flatMap(({ group, entries }) => entries.map((entry) => valueOf(group, entry)))
  const [selected, setSelected] = useState('')
  const [selectedFor, setSelectedFor] = useState(deferred)
  // The best match is chosen after each letter; renewed lists leave the choice where it is.
  if (values.length > 0 && (selectedFor !== deferred || !values.includes(selected))) {
    setSelectedFor(deferred)
    setSelected(values[0] ?? '')
  }
  useLayoutEffect(() => {
    const element = dialog.current
    element?.showModal()
    // The dialog itself would give the focus to its first part that can have it, which is no field.
    element?.querySelector('input')?.focus()
    return () => element?.close()
  }, [])
  const choose = (entry: PaletteEntry) => {
    recent.add(entry.id)
    // Closed first, so that the focus is where it was when the action begins.
    onClose()
    entry.run()
  }
  const count = groups.reduce((sum, { entries, more }) => sum + entries.length + more, 0)
  return (
    <dialog
      ref={dialog}
      className="palette"
      aria-label="Search and commands"
      onCancel={onClose}
      onClick={(event) => event.target === dialog.current && onClose()}
    >
      <Command
        label="Search and commands"
        value={selected}
        onValueChange={setSelected}
        shouldFilter={false}
        vimBindings={false}
        loop
        className="palette-body"
      >
        <div className="palette-field">
          {icons.search}
          <Command.Input value={search} onValueChange={setSearch} placeholder="Nodes, metrics, rooms, spaces, pages, actions" />
          <button type="button" className="button is-quiet is-small" onClick={onClose}>
            Close
          </button>
        </div>
        <Command.List className="palette-list" label="Results">
          {groups.length === 0 ? <p className="palette-none">Nothing matches. Try fewer letters, or another word.</p> : null}
          {groups.map(({ group, entries, more }) => (
            <Command.Group key={group} heading={group} className="palette-group">
              {entries.map((entry) => (
                <Command.Item key={entry.id} value={valueOf(group, entry)} className="palette-item" onSelect={() => choose(entry)}>
                  <span className="palette-title" title={entry.title}>
                    {entry.title}
                  </span>
                  {entry.detail === undefined ? null : (
                    <span className="palette-detail" title={entry.detail}>
                      {entry.detail}
                    </span>
                  )}
                  {entry.key === undefined ? null : <kbd>{entry.key}</kbd>}
                </Command.Item>
              ))}
              {more > 0 && deferred !== '' ? <p className="palette-more">{more} more match. Type on to find them.</p> : null}
            </Command.Group>
          ))}
        </Command.List>
        <p className="visually-hidden" role="status">
          {deferred === '' ? '' : `${count} ${count === 1 ? 'result' : 'results'}`}
        </p>
        <p className="palette-foot" aria-hidden="true">
          <kbd>↑</kbd> <kbd>↓</kbd> to choose <kbd>Enter</kbd> to open <kbd>Esc</kbd> to close
        </p>
      </Command>
    </dialog>
  )
}

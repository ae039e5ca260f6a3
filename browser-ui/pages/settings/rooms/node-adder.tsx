import { useMemo, useState } from 'react'
import { hasWords, searchWords } from '../../../data/search-words.ts'
import type { NodeSummary } from '../../../link/api.ts'
import { Dialog } from '../../../ui/overlays/dialog.tsx'
import { icons } from '../../../ui/look/icons.tsx'

const shownMax = 100

/** Chooses nodes to put into a room by hand. */
export function NodeAdder({
  nodes,
  onAdd,
  onClose,
}: {
  readonly nodes: readonly NodeSummary[]
  readonly onAdd: (nodeIds: readonly string[]) => void
  readonly onClose: () => void
}) {
  const [search, setSearch] = useState('')
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set())
  const found = useMemo(() => {
    const words = searchWords(search)
    return nodes.filter(({ hostname, labels }) => {
      return hasWords([hostname, ...Object.entries(labels ?? {}).flat()].join(' '), words)
    })
  }, [nodes, search])
  const toggle = (nodeId: string, isChosen: boolean) => {
    const next = new Set(chosen)
    if (isChosen) next.add(nodeId)
    else next.delete(nodeId)
    setChosen(next)
  }
  return (
    <Dialog title="Put nodes into the room" onClose={onClose}>
      <form
        className="form"
        onSubmit={(event) => {
          event.preventDefault()
          if (chosen.size > 0) onAdd([...chosen])
        }}
      >
        <div className="search">
          {icons.search}
          <input
            type="search"
            aria-label="Search nodes"
            placeholder="Name or label"
            value={search}
            onChange={(event) => setSearch(event.target.value)}
          />
        </div>
        <ul className="node-adder" aria-label="Nodes that are not here by hand">
          {found.slice(0, shownMax).map(({ nodeId, hostname }) => (
            <li key={nodeId}>
              <label className="room-option">
                <input type="checkbox" checked={chosen.has(nodeId)} onChange={(event) => toggle(nodeId, event.target.checked)} />
                <span title={hostname}>{hostname}</span>
              </label>
            </li>
          ))}
        </ul>
        <p className="settings-note" role="status">
          {found.length === 0
            ? nodes.length === 0
              ? 'Every node is here already.'
              : 'No node matches.'
            : found.length > shownMax
              ? `${found.length - shownMax} more match. Type on to find them.`
              : ''}
        </p>
        <div className="form-actions">
          <button type="button" className="button is-quiet" onClick={onClose}>
            Cancel
          </button>
          <button type="submit" className="button is-primary" disabled={chosen.size === 0}>
            {chosen.size === 0 ? 'Choose nodes' : `Put ${chosen.size} here`}
          </button>
        </div>
      </form>
    </Dialog>
  )
}

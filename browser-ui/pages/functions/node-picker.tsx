import { Popover } from 'radix-ui'
import { useDeferredValue, useId, useState, type KeyboardEvent } from 'react'
import type { NodeSummary } from '../../link/api.ts'
import { useFocusReturn } from '../../ui/overlays/focus-return.ts'
import { icons } from '../../ui/look/icons.tsx'
import { StatePill } from '../../ui/look/parts.tsx'
import { hasWords, searchWords } from '../../data/search-words.ts'

const maxShown = 100
const stateOrder = { live: 0, stale: 1, offline: 2, unseen: 3 } as const

/** Nodes in the order they are useful here: live ones that offer functions first, then by name. */
export function orderNodes(nodes: readonly NodeSummary[], search: string): readonly NodeSummary[] {
  const words = searchWords(search)
  const place = (node: NodeSummary) => stateOrder[node.state] * 2 + (node.hasFunctions === false ? 1 : 0)
  return nodes
    .filter(({ hostname, os, nodeId }) => hasWords(`${hostname} ${os ?? ''} ${nodeId}`, words))
    .toSorted((a, b) => place(a) - place(b) || a.hostname.localeCompare(b.hostname))
}

/** Chooses the node whose functions are shown: a button with the name, and a list to search in. */
export function NodePicker({
  nodes,
  chosen,
  onChoose,
}: {
  readonly nodes: readonly NodeSummary[]
  readonly chosen: NodeSummary | undefined
  readonly onChoose: (nodeId: string) => void
}) {
  const [isOpen, setIsOpen] = useState(false)
  const [button, focusBack] = useFocusReturn()
  return (
    <Popover.Root open={isOpen} onOpenChange={setIsOpen}>
      <Popover.Trigger
        ref={button}
        className="fn-node-button"
        aria-label={chosen === undefined ? 'Choose a node' : `Node: ${chosen.hostname}. Choose another`}
      >
        {icons.server}
        <span className="fn-node-name">{chosen?.hostname ?? 'Choose a node'}</span>
        {chosen === undefined ? null : (
          <span className="state" data-state={chosen.state}>
            <span className="state-dot" aria-hidden="true" />
          </span>
        )}
        {icons.chevron}
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Content className="popover fn-node-popover" align="start" sideOffset={6} aria-label="Choose a node" {...focusBack}>
          <NodeSearch
            nodes={nodes}
            chosenId={chosen?.nodeId}
            onChoose={(nodeId) => {
              setIsOpen(false)
              onChoose(nodeId)
            }}
          />
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  )
}

function NodeSearch({
  nodes,
  chosenId,
  onChoose,
}: {
  readonly nodes: readonly NodeSummary[]
  readonly chosenId: string | undefined
  readonly onChoose: (nodeId: string) => void
}) {
  const [search, setSearch] = useState('')
  const [place, setPlace] = useState(0)
  const listId = useId()
  const found = orderNodes(nodes, useDeferredValue(search))
  const shown = found.slice(0, maxShown)
  const active = Math.min(place, shown.length - 1)
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'ArrowDown') setPlace(Math.min(active + 1, shown.length - 1))
    else if (event.key === 'ArrowUp') setPlace(Math.max(active - 1, 0))
    else if (event.key === 'Enter') {
      const node = shown[active]
      if (node !== undefined) onChoose(node.nodeId)
    } else return
    event.preventDefault()
  }
  return (
    <>
      <label className="search is-small">
        {icons.search}
        <span className="visually-hidden">Search nodes</span>
        <input
          type="search"
          role="combobox"
          aria-expanded="true"
          aria-controls={listId}
          aria-activedescendant={shown.length === 0 ? undefined : `${listId}-${active}`}
          autoComplete="off"
          placeholder="Search nodes"
          value={search}
          onChange={(event) => {
            setSearch(event.target.value)
            setPlace(0)
          }}
          onKeyDown={onKeyDown}
        />
      </label>
      <ul id={listId} role="listbox" aria-label="Nodes" className="fn-node-list">
        {shown.map((node, index) => (
          <li
            key={node.nodeId}
            id={`${listId}-${index}`}
            role="option"
            aria-selected={node.nodeId === chosenId}
            className="fn-node-option"
            data-active={index === active}
            onPointerMove={() => setPlace(index)}
            onClick={() => onChoose(node.nodeId)}
          >
            <span className="fn-node-name">{node.hostname}</span>
            <StatePill state={node.state} />
          </li>
        ))}
      </ul>
      {found.length === 0 ? <p className="fn-note">No node matches.</p> : null}
      {found.length > maxShown ? <p className="fn-note">And {found.length - maxShown} more; search to find them.</p> : null}
    </>
  )
}

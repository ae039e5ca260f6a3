import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { silenceSeverities } from '../../../../src/domain/silence.ts'
import { severityWords } from '../../../data/silences/silence-answers.ts'
import type { SilenceDraft } from '../../../data/silences/silence-draft.ts'
import { icons } from '../../../ui/look/icons.tsx'
import { nodesQuery, roomsQuery } from '../../../ui/queries.ts'
import { useServices } from '../../../ui/services.ts'
import type { ChangeDraft } from './silence-editor.tsx'
import { waysQuery } from './silences-api.ts'

interface FieldsProps {
  readonly draft: SilenceDraft
  readonly onChange: ChangeDraft
}

const toggled = <T extends string>(all: readonly T[], one: T, isOn: boolean): readonly T[] =>
  isOn ? [...all.filter((each) => each !== one), one] : all.filter((each) => each !== one)

/** What a silence is about; what is left empty is any. */
export function WhatFields({ draft, onChange }: FieldsProps) {
  const { request, api } = useServices()
  const rooms = (useQuery(roomsQuery(api)).data ?? []).filter((room) => !room.isAllNodes)
  const ways = useQuery({ ...waysQuery(request), retry: false }).data ?? []
  const hasMore = draft.contexts + draft.instances + draft.roles + draft.labels !== '' || draft.integrationIds.length > 0
  return (
    <>
      <label htmlFor="silence-alerts">Alerts</label>
      <input
        id="silence-alerts"
        type="text"
        spellCheck={false}
        placeholder="any"
        aria-describedby="silence-alerts-note"
        value={draft.names}
        onChange={(event) => onChange({ names: event.target.value })}
      />
      <p id="silence-alerts-note" className="silence-note">
        Names, apart by commas. An asterisk stands for anything, as in disk_*; empty means any.
      </p>
      <fieldset className="silence-choices">
        <legend>Severities (none ticked: any)</legend>
        {silenceSeverities.map((severity) => (
          <label key={severity} className="silence-option">
            <input
              type="checkbox"
              checked={draft.severities.includes(severity)}
              onChange={(event) => onChange({ severities: toggled(draft.severities, severity, event.target.checked) })}
            />
            <span>{severityWords[severity]}</span>
          </label>
        ))}
      </fieldset>
      {rooms.length === 0 ? null : (
        <fieldset className="silence-choices is-scrolled">
          <legend>Rooms (none ticked: any)</legend>
          {rooms.map(({ roomId, name }) => (
            <label key={roomId} className="silence-option">
              <input
                type="checkbox"
                checked={draft.roomIds.includes(roomId)}
                onChange={(event) => onChange({ roomIds: toggled(draft.roomIds, roomId, event.target.checked) })}
              />
              <span title={name}>{name}</span>
            </label>
          ))}
        </fieldset>
      )}
      <NodeChoice chosen={draft.nodeIds} onChoose={(nodeIds) => onChange({ nodeIds })} />
      <details className="silence-more" open={hasMore || undefined}>
        <summary>More: contexts, charts, recipients, labels, ways to notify</summary>
        <div className="silence-more-body">
          <TextField id="silence-contexts" label="Contexts" value={draft.contexts} onType={(contexts) => onChange({ contexts })} />
          <TextField id="silence-instances" label="Charts" value={draft.instances} onType={(instances) => onChange({ instances })} />
          <TextField id="silence-roles" label="Recipients in the definition" value={draft.roles} onType={(roles) => onChange({ roles })} />
          <label htmlFor="silence-labels">Labels of nodes, one key=value a line</label>
          <textarea
            id="silence-labels"
            rows={2}
            spellCheck={false}
            value={draft.labels}
            onChange={(event) => onChange({ labels: event.target.value })}
          />
          {ways.length === 0 ? null : (
            <fieldset className="silence-choices is-scrolled">
              <legend>Ways to notify (none ticked: any)</legend>
              {ways.map(({ integrationId, name }) => (
                <label key={integrationId} className="silence-option">
                  <input
                    type="checkbox"
                    checked={draft.integrationIds.includes(integrationId)}
                    onChange={(event) => onChange({ integrationIds: toggled(draft.integrationIds, integrationId, event.target.checked) })}
                  />
                  <span>{name}</span>
                </label>
              ))}
            </fieldset>
          )}
        </div>
      </details>
    </>
  )
}

function TextField({
  id,
  label,
  value,
  onType,
}: {
  readonly id: string
  readonly label: string
  readonly value: string
  readonly onType: (text: string) => void
}) {
  return (
    <>
      <label htmlFor={id}>{label}</label>
      <input id={id} type="text" spellCheck={false} placeholder="any" value={value} onChange={(event) => onType(event.target.value)} />
    </>
  )
}

/** More nodes than this are found by typing. */
const shownMax = 30

/** Some nodes among many: those that are chosen, and a search for more. */
function NodeChoice({ chosen, onChoose }: { readonly chosen: readonly string[]; readonly onChoose: (nodeIds: readonly string[]) => void }) {
  const { api } = useServices()
  const nodes = useQuery(nodesQuery(api)).data ?? []
  const [search, setSearch] = useState('')
  const wanted = search.trim().toLowerCase()
  const found =
    wanted === '' ? [] : nodes.filter(({ nodeId, hostname }) => !chosen.includes(nodeId) && hostname.toLowerCase().includes(wanted))
  const nameOf = (nodeId: string) => nodes.find((node) => node.nodeId === nodeId)?.hostname ?? 'A node that is gone'
  return (
    <fieldset className="silence-choices silence-nodes">
      <legend>Nodes (none chosen: any)</legend>
      {chosen.length === 0 ? null : (
        <ul className="silence-chips" aria-label="Chosen nodes">
          {chosen.map((nodeId) => (
            <li key={nodeId} className="silence-chip">
              <span title={nameOf(nodeId)}>{nameOf(nodeId)}</span>
              <button
                type="button"
                aria-label={`Take ${nameOf(nodeId)} out`}
                onClick={() => onChoose(chosen.filter((each) => each !== nodeId))}
              >
                {icons.close}
              </button>
            </li>
          ))}
        </ul>
      )}
      <label className="visually-hidden" htmlFor="silence-node-search">
        Find a node
      </label>
      <input
        id="silence-node-search"
        type="text"
        placeholder="Find a node"
        spellCheck={false}
        value={search}
        onChange={(event) => setSearch(event.target.value)}
      />
      {found.slice(0, shownMax).map(({ nodeId, hostname }) => (
        <button
          key={nodeId}
          type="button"
          className="silence-found"
          onClick={() => {
            onChoose([...chosen, nodeId])
            setSearch('')
          }}
        >
          {icons.plus} <span>{hostname}</span>
        </button>
      ))}
      {wanted !== '' && found.length === 0 ? <p className="silence-note">No other node has that name.</p> : null}
      {found.length > shownMax ? <p className="silence-note">And {found.length - shownMax} more; type on.</p> : null}
    </fieldset>
  )
}

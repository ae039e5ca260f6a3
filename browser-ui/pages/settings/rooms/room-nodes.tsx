import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useMemo, useState } from 'react'
import { Link } from 'wouter'
import { wayIn } from '../../../data/settings/rule-draft.ts'
import { nodeWords } from '../../../data/settings/count-words.ts'
import type { WholeRoom } from '../../../data/settings/space-answers.ts'
import type { NodeSummary } from '../../../link/api.ts'
import { icons } from '../../../ui/look/icons.tsx'
import { nodesQuery } from '../../../ui/queries.ts'
import { useServices } from '../../../ui/services.ts'
import { useAddressInSpace } from '../../../ui/spaces/space.ts'
import { toasts } from '../../../ui/messages/toasts.ts'
import { settingsApi, wholeRoomQuery } from '../settings-api.ts'
import { NodeAdder } from './node-adder.tsx'

const shownMax = 100

/** The nodes of a room and how each comes in; those put there by hand can be taken out again. */
export function RoomNodes({ room, mayPlace }: { readonly room: WholeRoom; readonly mayPlace: boolean }) {
  const { api, request } = useServices()
  const client = useQueryClient()
  const addressOf = useAddressInSpace()
  const nodes = useQuery(nodesQuery(api)).data
  const [isAdding, setIsAdding] = useState(false)
  const { queryKey } = wholeRoomQuery(request, room.roomId)
  const { byHand, byRule } = room.nodeIds
  const inside = useMemo(() => {
    const ids = new Set([...byHand, ...byRule])
    return (nodes ?? []).filter(({ nodeId }) => ids.has(nodeId))
  }, [nodes, byHand, byRule])
  const move = useMutation({
    mutationFn: ({ add, remove }: { readonly add: readonly string[]; readonly remove: readonly string[] }) =>
      settingsApi.moveNodes(request, room.roomId, add, remove),
    onMutate: async ({ add, remove }) => {
      await client.cancelQueries({ queryKey })
      client.setQueryData(
        queryKey,
        (before) =>
          before && {
            ...before,
            nodeIds: { ...before.nodeIds, byHand: [...before.nodeIds.byHand.filter((id) => !remove.includes(id)), ...add] },
          },
      )
    },
    onError: (error) => toasts.show({ tone: 'error', text: error.message }),
    onSettled: () => Promise.all([client.invalidateQueries({ queryKey: ['rooms'] }), client.invalidateQueries({ queryKey: ['nodes'] })]),
  })
  const takeOut = (node: NodeSummary) => {
    move.mutate({ add: [], remove: [node.nodeId] })
    toasts.show({
      tone: 'info',
      text: byRule.includes(node.nodeId)
        ? `${node.hostname} is in the room by a rule only now.`
        : `${node.hostname} is out of “${room.name}”.`,
      action: { label: 'Undo', run: () => move.mutate({ add: [node.nodeId], remove: [] }) },
    })
  }
  return (
    <section className="card settings-card" aria-labelledby="room-nodes-title">
      <div className="settings-card-head">
        <h2 id="room-nodes-title">Nodes</h2>
        {mayPlace ? (
          <button type="button" className="button is-small" onClick={() => setIsAdding(true)}>
            {icons.plus} Put nodes here
          </button>
        ) : null}
      </div>
      {inside.length === 0 ? (
        <p className="settings-none">No node is in this room{mayPlace ? '. Put some here, or write a rule.' : '.'}</p>
      ) : null}
      <ul className="settings-list is-plain" aria-label="Nodes of this room">
        {inside.slice(0, shownMax).map((node) => {
          const hand = byHand.includes(node.nodeId)
          return (
            <li key={node.nodeId} className="settings-row" data-node={node.hostname}>
              <span className="settings-row-text">
                <Link href={addressOf(room.roomId, `/nodes/${node.nodeId}`)} className="settings-row-name" title={node.hostname}>
                  {node.hostname}
                </Link>
                <span className="settings-note">{wayIn({ byHand: hand, byRule: byRule.includes(node.nodeId) })}</span>
              </span>
              {mayPlace && hand ? (
                <button
                  type="button"
                  className="icon-button"
                  aria-label={`Take ${node.hostname} out, as far as it is here by hand`}
                  onClick={() => takeOut(node)}
                >
                  {icons.close}
                </button>
              ) : null}
            </li>
          )
        })}
      </ul>
      {inside.length > shownMax ? (
        <p className="settings-note">and {nodeWords(inside.length - shownMax)} more. Open the room to see all.</p>
      ) : null}
      {isAdding ? (
        <NodeAdder
          nodes={(nodes ?? []).filter(({ nodeId }) => !byHand.includes(nodeId))}
          onAdd={(add) => {
            setIsAdding(false)
            move.mutate({ add, remove: [] })
          }}
          onClose={() => setIsAdding(false)}
        />
      ) : null}
    </section>
  )
}

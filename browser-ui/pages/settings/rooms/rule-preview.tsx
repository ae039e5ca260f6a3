import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { wayIn } from '../../../data/settings/rule-draft.ts'
import { nodeWords } from '../../../data/settings/count-words.ts'
import type { RoomRule } from '../../../data/settings/space-answers.ts'
import { useServices } from '../../../ui/services.ts'
import { settingsApi } from '../settings-api.ts'

/** Keys are waited for this long before the cloud is asked. */
const settleMs = 300
const shownMax = 50

/** The nodes a room would have by these rules, asked from the cloud while they are typed. */
export function RulePreview({
  roomId,
  rules,
  isPartial,
}: {
  readonly roomId: string
  readonly rules: readonly RoomRule[]
  readonly isPartial: boolean
}) {
  const { request } = useServices()
  const typed = JSON.stringify(rules)
  const [settled, setSettled] = useState(typed)
  useEffect(() => {
    const timer = window.setTimeout(() => setSettled(typed), settleMs)
    return () => window.clearTimeout(timer)
  }, [typed])
  const preview = useQuery({
    queryKey: ['rule-preview', roomId, settled],
    queryFn: () => settingsApi.preview(request, roomId, JSON.parse(settled) as readonly RoomRule[]),
    placeholderData: keepPreviousData,
  })
  const nodes = preview.data ?? []
  return (
    <div className="rule-preview" aria-busy={preview.isFetching}>
      <h3 aria-live="polite">
        {preview.data === undefined
          ? preview.isError
            ? 'The nodes cannot be worked out'
            : 'Working out the nodes…'
          : `The room would have ${nodeWords(nodes.length)}`}
      </h3>
      {preview.isError ? <p className="settings-note">{preview.error.message}</p> : null}
      {isPartial ? <p className="settings-note">Rules that are not complete yet are left out.</p> : null}
      <ul className="rule-nodes" tabIndex={nodes.length > 8 ? 0 : undefined} aria-label="Nodes the room would have">
        {nodes.slice(0, shownMax).map((node) => (
          <li key={node.nodeId}>
            <span className="rule-node" title={node.hostname}>
              {node.hostname}
            </span>
            <span className="settings-note">{wayIn(node)}</span>
          </li>
        ))}
        {nodes.length > shownMax ? <li className="settings-note">and {nodes.length - shownMax} more</li> : null}
      </ul>
    </div>
  )
}

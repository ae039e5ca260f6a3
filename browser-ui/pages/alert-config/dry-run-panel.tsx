import { useMutation, useQuery } from '@tanstack/react-query'
import { useEffect, useId, useRef, useState } from 'react'
import type { AlertDocument } from '../../../src/health/alert-document.ts'
import { whyWords } from '../../data/alert-config/config-answers.ts'
import { dryRun } from '../../data/alert-config/dry-run.ts'
import { pathWords } from '../../data/alert-config/flat-document.ts'
import { icons } from '../../ui/look/icons.tsx'
import { Command, Failure, Skeleton } from '../../ui/look/parts.tsx'
import { useRoom } from '../../ui/spaces/room.ts'
import { useServices } from '../../ui/services.ts'
import { Problem } from '../../ui/look/problem.tsx'
import { configurableNodesQuery } from './alert-config-api.ts'

interface DryRunPanelProps {
  /** Undefined while it is not whole. */
  readonly document: AlertDocument | undefined
  readonly nodeId: string | undefined
  /** Leads to the field of a member. */
  readonly onMember: (path: string) => void
}

/** Lets an agent read the document without taking it: its own words, and the member it refuses. */
export function DryRunPanel({ document, nodeId, onMember }: DryRunPanelProps) {
  const { request, live } = useServices()
  const { roomId } = useRoom()
  const nodes = useQuery(configurableNodesQuery(request, roomId))
  const [chosen, setChosen] = useState<string>()
  const selectId = useId()
  const abort = useRef<AbortController>(undefined)
  useEffect(() => () => abort.current?.abort(), [])
  const trying = useMutation({
    mutationFn: ({ to, what }: { readonly to: string; readonly what: AlertDocument }) => {
      abort.current?.abort()
      abort.current = new AbortController()
      return dryRun(live, to, what, abort.current.signal)
    },
  })
  if (nodes.data === undefined) {
    return nodes.isError ? (
      <Failure title="The nodes cannot be read" error={nodes.error} onRetry={() => void nodes.refetch()} />
    ) : (
      <Skeleton lines={2} label="Loading nodes" />
    )
  }
  const able = nodes.data.filter(({ canConfigure }) => canConfigure)
  const to = able.find((node) => node.nodeId === (chosen ?? nodeId)) ?? able[0]
  const answer = trying.data
  const isOld = trying.variables !== undefined && trying.variables.what !== document
  if (to === undefined) {
    const why = nodes.data.find((node) => node.why !== null)?.why ?? null
    return <p className="settings-none">No agent here can try it. {why === null ? 'There is no node.' : whyWords[why]}</p>
  }
  return (
    <div className="dry-run">
      <p className="settings-note">The agent reads the document and says what it makes of it. It takes nothing. Agents from 1.46 on can.</p>
      <form
        className="panel-tools"
        onSubmit={(event) => {
          event.preventDefault()
          if (document !== undefined) trying.mutate({ to: to.nodeId, what: document })
        }}
      >
        <label htmlFor={selectId}>On</label>
        <select id={selectId} className="select" value={to.nodeId} onChange={(event) => setChosen(event.target.value)}>
          {able.map(({ nodeId: id, hostname }) => (
            <option key={id} value={id}>
              {hostname}
            </option>
          ))}
        </select>
        <button type="submit" className="button" disabled={document === undefined || trying.isPending}>
          {trying.isPending ? 'Asking the agent…' : 'Try it there'}
        </button>
      </form>
      {document === undefined ? <p className="settings-note">First mend what is wrong with it.</p> : null}
      <Problem error={trying.error} />
      {answer === undefined || trying.isPending ? null : (
        <div data-dry-run={answer.isAccepted ? 'good' : 'bad'}>
          <p className={answer.isAccepted ? 'banner is-good' : 'banner is-error'} role="status">
            {answer.isAccepted ? icons.check : icons.warning}
            <span>
              <strong>{answer.isAccepted ? 'The agent can read it.' : 'The agent refuses it.'}</strong>{' '}
              {isOld ? 'The document was changed since.' : ''}{' '}
              {answer.member === undefined ? null : (
                <button type="button" className="link-button" onClick={() => answer.member !== undefined && onMember(answer.member)}>
                  Go to {pathWords(answer.member)}
                </button>
              )}
            </span>
          </p>
          <Command text={answer.text} label="Copy what the agent says" />
        </div>
      )}
    </div>
  )
}

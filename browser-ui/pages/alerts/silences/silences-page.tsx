import '../../settings/channels/channels.css'
import './silences.css'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useMemo, useRef, useState } from 'react'
import { useLocation, useSearch } from 'wouter'
import { contentOf, type SilenceRow } from '../../../data/silences/silence-answers.ts'
import { draftInAddress, draftOf, newDraft, type SilenceDraft } from '../../../data/silences/silence-draft.ts'
import { aboutWords, standWords } from '../../../data/silences/silence-words.ts'
import { deleteWithUndo } from '../../../ui/messages/delete-with-undo.ts'
import { useNow, useTimeFormat, useTitle } from '../../../ui/hooks.ts'
import { icons } from '../../../ui/look/icons.tsx'
import { useKeepFocusNear } from '../../../ui/overlays/keep-focus-near.ts'
import { Failure, Notice, Skeleton } from '../../../ui/look/parts.tsx'
import { nodesQuery, roomsQuery } from '../../../ui/queries.ts'
import { useServices } from '../../../ui/services.ts'
import { useSpace } from '../../../ui/spaces/space.ts'
import { toasts } from '../../../ui/messages/toasts.ts'
import { SilenceEditor } from './silence-editor.tsx'
import { silencesApi, silencesQuery } from './silences-api.ts'

const stateWords = { ACTIVE: 'Active', SCHEDULED: 'Scheduled', INACTIVE: 'Not active' } as const
const order = { ACTIVE: 0, SCHEDULED: 1, INACTIVE: 2 } as const

/** What is open in the editor: a draft, and the silence it changes if it changes one. */
interface Edited {
  readonly draft: SilenceDraft
  readonly row: SilenceRow | undefined
}

/** What is kept quiet, until when and for whom; here silences are made, changed and deleted. */
export function SilencesPage() {
  useTitle('Silences')
  const { request, api } = useServices()
  const { role } = useSpace()
  const format = useTimeFormat()
  const search = useSearch()
  const [path, navigate] = useLocation()
  const silences = useQuery(silencesQuery(request))
  const nodes = useQuery(nodesQuery(api)).data
  const [opened, setOpened] = useState<Edited>()
  const list = useRef<HTMLDivElement>(null)
  useKeepFocusNear(list)
  const isForSpace = role === 'admin' || role === 'manager'
  const fresh = () => newDraft(Date.now(), format.zone, isForSpace ? 'space' : 'own')
  // An address may begin a silence: it opens once the names of nodes are known.
  const asked = useMemo(
    () =>
      nodes === undefined ? undefined : draftInAddress(search, fresh(), (nodeId) => nodes.find((node) => node.nodeId === nodeId)?.hostname),
    [search, nodes === undefined],
  )
  const edited = opened ?? (asked === undefined ? undefined : { draft: asked, row: undefined })
  const close = () => {
    setOpened(undefined)
    if (asked !== undefined) navigate(path, { replace: true })
  }
  if (silences.data === undefined) {
    return silences.isError ? (
      <Failure title="The silences cannot be read" error={silences.error} onRetry={() => void silences.refetch()} />
    ) : (
      <Skeleton lines={6} label="Loading silences" />
    )
  }
  const rows = silences.data.toSorted((a, b) => order[a.state] - order[b.state] || b.createdAtMs - a.createdAtMs)
  return (
    <div className="silences-page">
      <div className="page-head">
        <div>
          <h1>Silences</h1>
          <p className="page-sub">
            {isForSpace
              ? 'What nobody is told of for a while, or at some times. Alerts stay on the page.'
              : 'What you are not told of for a while, or at some times. Alerts stay on the page.'}
          </p>
        </div>
        <button type="button" className="button is-primary" onClick={() => setOpened({ draft: fresh(), row: undefined })}>
          {icons.plus} New silence
        </button>
      </div>
      <div ref={list}>
        {rows.length === 0 ? (
          <Notice icon={icons.quiet} title="Nothing is silenced">
            <p>Silence what you know of: a repair, a nightly backup, a host that is being set up.</p>
          </Notice>
        ) : (
          <ul className="card silence-list" aria-label="Silences">
            {rows.map((row) => (
              <SilenceLine key={row.silenceId} row={row} onEdit={() => setOpened({ draft: draftOf(row, Date.now(), format.zone), row })} />
            ))}
          </ul>
        )}
      </div>
      {edited === undefined ? null : <SilenceEditor draft={edited.draft} row={edited.row} isForSpace={isForSpace} onClose={close} />}
    </div>
  )
}

function SilenceLine({ row, onEdit }: { readonly row: SilenceRow; readonly onEdit: () => void }) {
  const { request, api } = useServices()
  const client = useQueryClient()
  const format = useTimeFormat()
  const nowMs = useNow(10_000)
  const rooms = useQuery(roomsQuery(api)).data
  const nodes = useQuery(nodesQuery(api)).data
  const { queryKey } = silencesQuery(request)
  const again = () => client.invalidateQueries({ queryKey })
  const turning = useMutation({
    mutationFn: (isDisabled: boolean) => silencesApi.change(request, row.silenceId, { ...contentOf(row), isDisabled }),
    onError: (error) => toasts.show({ tone: 'error', text: error.message }),
    onSettled: again,
  })
  const remove = () =>
    deleteWithUndo({
      text: `“${row.name}” is deleted.`,
      remove: () => silencesApi.remove(request, row.silenceId).finally(again),
      restore: () => silencesApi.create(request, contentOf(row), row.scope).finally(again),
      hide() {
        const before = client.getQueryData(queryKey)
        client.setQueryData(queryKey, (all) => all?.filter(({ silenceId }) => silenceId !== row.silenceId))
        return () => client.setQueryData(queryKey, before)
      },
    })
  const about = aboutWords(row, {
    room: (id) => rooms?.find(({ roomId }) => roomId === id)?.name,
    node: (id) => nodes?.find(({ nodeId }) => nodeId === id)?.hostname,
  })
  return (
    <li className="silence-row" data-silence={row.name} data-state={row.state}>
      <span className="silence-state" data-state={row.state}>
        {row.state === 'ACTIVE' ? icons.quiet : icons.bell}
        <span>{stateWords[row.state]}</span>
      </span>
      <span className="silence-text">
        <span className="silence-name" title={row.name}>
          {row.name}
          {row.scope === 'own' ? <span className="silence-own">only for you</span> : null}
        </span>
        <span className="silence-when">{standWords(row, format, nowMs)}</span>
        <span className="silence-note">{about}</span>
        <span className="silence-note">Made by {row.createdBy.email ?? 'somebody who is no more here'}</span>
      </span>
      {row.isReadOnly ? null : (
        <span className="silence-deeds">
          <button
            type="button"
            role="switch"
            className="switch"
            aria-checked={!row.isDisabled}
            aria-label={`${row.name} is on`}
            disabled={turning.isPending}
            onClick={() => turning.mutate(!row.isDisabled)}
          >
            <span className="switch-knob" aria-hidden="true" />
          </button>
          <button type="button" className="button is-small" onClick={onEdit}>
            Edit<span className="visually-hidden"> {row.name}</span>
          </button>
          <button type="button" className="icon-button" aria-label={`Delete ${row.name}`} onClick={() => void remove()}>
            {icons.bin}
          </button>
        </span>
      )}
    </li>
  )
}

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { Link, useLocation } from 'wouter'
import { ThroughlineError } from '../../../../src/errors/throughline-error.ts'
import { nodeWords, personWords } from '../../../data/settings/count-words.ts'
import type { WholeRoom } from '../../../data/settings/space-answers.ts'
import { useTitle } from '../../../ui/hooks.ts'
import { icons } from '../../../ui/look/icons.tsx'
import { CopyButton, Failure, Notice, Skeleton } from '../../../ui/look/parts.tsx'
import { useServices } from '../../../ui/services.ts'
import { useAddressInSpace } from '../../../ui/spaces/space.ts'
import { toasts } from '../../../ui/messages/toasts.ts'
import { SectionHead } from '../section-head.tsx'
import { ConfirmDialog } from '../../../ui/overlays/confirm-dialog.tsx'
import { WhoMayChange } from '../../../ui/account/who-may-change.tsx'
import { settingsApi, wholeRoomQuery } from '../settings-api.ts'
import { useSpaceDetails } from '../../../ui/spaces/space-details.ts'
import { RoomDialog } from './room-dialog.tsx'
import { RoomMembers } from './room-members.tsx'
import { RoomNodes } from './room-nodes.tsx'
import { RuleEditor } from './rule-editor.tsx'
import { RuleList } from './rule-list.tsx'
import './rooms.css'

/** One room: its name, the people in it, its nodes, and the rules that bring nodes in. */
export function RoomSection({ roomId }: { readonly roomId: string }) {
  const { request } = useServices()
  const { may } = useSpaceDetails()
  const room = useQuery({ ...wholeRoomQuery(request, roomId), refetchInterval: 20_000 })
  useTitle(room.data?.name ?? 'Room')
  if (room.data === undefined) {
    if (room.error instanceof ThroughlineError && room.error.code === 'NOT_FOUND') return <NoSuchRoom />
    return room.isError ? (
      <Failure title="The room cannot be read" error={room.error} onRetry={() => void room.refetch()} />
    ) : (
      <Skeleton lines={8} label="Loading the room" />
    )
  }
  const { isAllNodes, rules } = room.data
  return (
    <>
      <RoomHead room={room.data} mayManage={may('rooms.manage')} />
      {may('rooms.manage') ? null : <WhoMayChange permission="rooms.manage" />}
      {isAllNodes ? (
        <p className="settings-who">
          {icons.info}
          <span>This room has every node of the space, always. It has no rules, and it cannot be deleted.</span>
        </p>
      ) : (
        <>
          {may('nodes.place') ? (
            <RuleEditor roomId={roomId} stored={rules} />
          ) : (
            <section className="card settings-card" aria-labelledby="rules-title">
              <h2 id="rules-title">Rules</h2>
              <RuleList rules={rules} />
            </section>
          )}
          <RoomNodes room={room.data} mayPlace={may('nodes.place')} />
        </>
      )}
      <RoomMembers room={room.data} mayChange={may('rooms.manage')} />
    </>
  )
}

function RoomHead({ room, mayManage }: { readonly room: WholeRoom; readonly mayManage: boolean }) {
  const { request } = useServices()
  const client = useQueryClient()
  const addressOf = useAddressInSpace()
  const [, navigate] = useLocation()
  const [asked, setAsked] = useState<'name' | 'delete'>()
  const { roomId, name, description, isAllNodes } = room
  const change = useMutation({
    mutationFn: (next: { readonly name: string; readonly description: string }) => settingsApi.changeRoom(request, roomId, next),
    onSuccess: async () => {
      setAsked(undefined)
      await client.invalidateQueries({ queryKey: ['rooms'] })
    },
  })
  const deletion = useMutation({
    mutationFn: () => settingsApi.deleteRoom(request, roomId),
    onSuccess: async () => {
      toasts.show({ tone: 'good', text: `Room “${name}” is deleted.` })
      navigate('/settings/rooms', { replace: true })
      client.removeQueries({ queryKey: ['rooms', roomId] })
      await Promise.all([client.invalidateQueries({ queryKey: ['rooms'], exact: true }), client.invalidateQueries({ queryKey: ['nodes'] })])
    },
  })
  return (
    <>
      <Link href="/settings/rooms" className="link-button with-icon settings-back">
        {icons.back} Rooms
      </Link>
      <SectionHead
        title={name}
        action={
          <span className="settings-row-deeds">
            <Link href={addressOf(isAllNodes ? undefined : roomId, '/')} className="button is-small">
              Open the room
            </Link>
            {mayManage ? (
              <button type="button" className="button is-small" onClick={() => setAsked('name')}>
                {icons.pencil} Rename
              </button>
            ) : null}
            {mayManage && !isAllNodes ? (
              <button type="button" className="button is-small is-quiet" onClick={() => setAsked('delete')}>
                {icons.bin} Delete
              </button>
            ) : null}
          </span>
        }
      >
        {description === '' ? null : (
          <>
            {description}
            <br />
          </>
        )}
        {nodeWords(room.nodes)}, {personWords(room.members)} · <code className="room-id">{roomId}</code>{' '}
        <CopyButton text={roomId} label="Copy the room id" />
      </SectionHead>
      {asked === 'name' ? (
        <RoomDialog
          title="Rename the room"
          button="Save"
          first={{ name, description }}
          deed={{ isPending: change.isPending, error: change.error, run: (next, text) => change.mutate({ name: next, description: text }) }}
          onClose={() => {
            change.reset()
            setAsked(undefined)
          }}
        />
      ) : null}
      {asked === 'delete' ? (
        <ConfirmDialog
          title={`Delete ${name}`}
          button="Delete the room"
          deed={{ isPending: deletion.isPending, error: deletion.error, mutate: () => deletion.mutate() }}
          onClose={() => setAsked(undefined)}
        >
          <p>
            <strong>This cannot be undone.</strong> Its boards and rules go. Its {nodeWords(room.nodes)} stay in the space, but people who
            see nodes through this room alone see them no more.
          </p>
        </ConfirmDialog>
      ) : null}
    </>
  )
}

function NoSuchRoom() {
  return (
    <Notice
      icon={icons.room}
      title="There is no such room for you"
      isPage
      action={
        <Link href="/settings/rooms" className="button">
          Go to the rooms
        </Link>
      }
    >
      <p>It may have been deleted, or you are not in it.</p>
    </Notice>
  )
}

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { Link, useLocation } from 'wouter'
import { nodeWords, personWords, roomWords } from '../../../data/settings/count-words.ts'
import type { RoomRow } from '../../../data/settings/space-answers.ts'
import { useTitle } from '../../../ui/hooks.ts'
import { icons } from '../../../ui/look/icons.tsx'
import { Failure, Notice, Skeleton } from '../../../ui/look/parts.tsx'
import { useServices } from '../../../ui/services.ts'
import { useAddressInSpace } from '../../../ui/spaces/space.ts'
import { toasts } from '../../../ui/messages/toasts.ts'
import { SectionHead } from '../section-head.tsx'
import { WhoMayChange } from '../../../ui/account/who-may-change.tsx'
import { settingsApi } from '../settings-api.ts'
import { roomRowsQuery, useSpaceDetails } from '../../../ui/spaces/space-details.ts'
import { RoomDialog } from './room-dialog.tsx'
import './rooms.css'

/** The rooms somebody sees, and the way into each. */
export function RoomsSection() {
  useTitle('Rooms')
  const { request } = useServices()
  const { may } = useSpaceDetails()
  const client = useQueryClient()
  const [, navigate] = useLocation()
  const rooms = useQuery(roomRowsQuery(request))
  const [isNaming, setIsNaming] = useState(false)
  const making = useMutation({
    mutationFn: ({ name, description }: { readonly name: string; readonly description: string }) =>
      settingsApi.createRoom(request, name, description),
    onSuccess: async ({ roomId }) => {
      await client.invalidateQueries({ queryKey: ['rooms'] })
      navigate(`/settings/rooms/${roomId}`)
    },
  })
  if (rooms.data === undefined) {
    return rooms.isError ? (
      <Failure title="The rooms cannot be read" error={rooms.error} onRetry={() => void rooms.refetch()} />
    ) : (
      <Skeleton lines={6} label="Loading rooms" />
    )
  }
  return (
    <>
      <SectionHead
        title="Rooms"
        action={
          may('rooms.manage') ? (
            <button type="button" className="button is-primary" onClick={() => setIsNaming(true)}>
              {icons.plus} New room
            </button>
          ) : undefined
        }
      >
        A room shows some nodes to some people. You see {roomWords(rooms.data.length)}.
      </SectionHead>
      {may('rooms.manage') ? null : <WhoMayChange permission="rooms.manage" />}
      {rooms.data.length === 0 ? (
        <Notice icon={icons.room} title="You are in no room yet">
          <p>Without a room you see no node. Ask an admin or a manager to put you into one.</p>
        </Notice>
      ) : (
        <ul className="card settings-list" aria-label="Rooms">
          {rooms.data.map((room) => (
            <RoomLine key={room.roomId} room={room} mayJoin={may('rooms.join')} />
          ))}
        </ul>
      )}
      {isNaming ? (
        <RoomDialog
          title="New room"
          button="Create the room"
          deed={{ isPending: making.isPending, error: making.error, run: (name, description) => making.mutate({ name, description }) }}
          onClose={() => {
            making.reset()
            setIsNaming(false)
          }}
        />
      ) : null}
    </>
  )
}

function RoomLine({ room, mayJoin }: { readonly room: RoomRow; readonly mayJoin: boolean }) {
  const { request } = useServices()
  const client = useQueryClient()
  const addressOf = useAddressInSpace()
  const { roomId, name, description, isAllNodes, isMember } = room
  const { queryKey } = roomRowsQuery(request)
  const joining = useMutation({
    mutationFn: () => (isMember ? settingsApi.leaveRoom(request, roomId) : settingsApi.joinRoom(request, roomId)),
    onMutate: () =>
      client.setQueryData(queryKey, (list) =>
        list?.map((row) => (row.roomId === roomId ? { ...row, isMember: !isMember, members: row.members + (isMember ? -1 : 1) } : row)),
      ),
    onError: (error) => toasts.show({ tone: 'error', text: error.message }),
    onSettled: () => client.invalidateQueries({ queryKey: ['rooms'] }),
  })
  return (
    <li className="settings-row" data-room={name}>
      <span className="settings-row-icon">{icons.room}</span>
      <span className="settings-row-text">
        <Link href={`/settings/rooms/${roomId}`} className="settings-row-name" title={name}>
          {name}
        </Link>
        <span className="settings-note">
          {nodeWords(room.nodes)} · {personWords(room.members)}
          {isMember ? ' · you are in it' : ''}
          {description === '' ? '' : ` · ${description}`}
        </span>
      </span>
      <span className="settings-row-deeds">
        <Link href={addressOf(isAllNodes ? undefined : roomId, '/nodes')} className="button is-small is-quiet">
          See nodes<span className="visually-hidden"> of {name}</span>
        </Link>
        {mayJoin ? (
          <button type="button" className="button is-small" disabled={joining.isPending} onClick={() => joining.mutate()}>
            {isMember ? 'Leave' : 'Join'}
            <span className="visually-hidden"> {name}</span>
          </button>
        ) : null}
      </span>
    </li>
  )
}

import { Link } from 'wouter'
import type { RoomSummary } from '../../link/api.ts'
import { icons } from '../../ui/look/icons.tsx'
import { Notice } from '../../ui/look/parts.tsx'
import { useAddressInSpace } from '../../ui/spaces/space.ts'

/** Boards belong to rooms: for who is not in the room of all nodes, the way to the boards of their own. */
export function ChooseRoom({ rooms }: { readonly rooms: readonly RoomSummary[] }) {
  const addressOf = useAddressInSpace()
  return (
    <Notice icon={icons.board} title={rooms.length === 0 ? 'You are in no room yet' : 'Boards belong to a room'} isPage>
      {rooms.length === 0 ? (
        <p>An admin or a manager can put you into one. Its boards are listed here then.</p>
      ) : (
        <>
          <p>Choose one of yours to see its boards.</p>
          <ul className="choose-room">
            {rooms.map(({ roomId, name }) => (
              <li key={roomId}>
                <Link href={addressOf(roomId, '/boards')} className="button">
                  {name}
                </Link>
              </li>
            ))}
          </ul>
        </>
      )}
    </Notice>
  )
}

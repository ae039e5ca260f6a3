import { Link } from 'wouter'
import { mayConnect } from '../../data/shell/places.ts'
import { icons } from '../../ui/look/icons.tsx'
import { Notice } from '../../ui/look/parts.tsx'
import { useAddressInSpace, useSpace } from '../../ui/spaces/space.ts'

/** What a person sees who has no node yet. */
export function NoNodes({ isRoom, onConnect }: { readonly isRoom: boolean; readonly onConnect: () => void }) {
  const addressOf = useAddressInSpace()
  const { role } = useSpace()
  if (isRoom) {
    return (
      <Notice
        icon={icons.server}
        title="No node is in this room yet"
        action={
          <Link href={addressOf(undefined, '/nodes')} className="button">
            See all nodes
          </Link>
        }
      >
        <p>Nodes join a room when they are claimed into it.</p>
      </Notice>
    )
  }
  if (!mayConnect(role)) {
    return (
      <Notice icon={icons.server} title="There is no node for you here yet">
        <p>You see the nodes of the rooms you are in. Admins connect nodes; admins and managers put people and nodes into rooms.</p>
      </Notice>
    )
  }
  return (
    <Notice
      icon={icons.server}
      title="No node is connected yet"
      action={
        <button type="button" className="button is-primary" onClick={onConnect}>
          {icons.plus} Connect your first node
        </button>
      }
    >
      <p>Run one command on a host, and its live metrics show up here within seconds. They pass through this cloud and are not kept.</p>
    </Notice>
  )
}

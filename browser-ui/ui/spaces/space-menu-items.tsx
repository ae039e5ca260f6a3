import { DropdownMenu } from 'radix-ui'
import { useLocation } from 'wouter'
import { spacePath } from '../../data/shell/places.ts'
import { roleWords } from '../../data/people/role-words.ts'
import { icons } from '../look/icons.tsx'
import { useInvitationAnswer } from '../account/invitations.ts'
import { useMe } from '../account/me.ts'
import type { BarMenuProps } from '../overlays/menu-on-demand.tsx'
import { overlays } from '../overlays/overlays.ts'
import { PlaceItem, PlaceMenu } from './place-menu.tsx'
import { useSpaceIfAny } from './space.ts'

/** The spaces behind the button of the space, invitations that wait, and the way to a new one. */
export function SpaceMenuItems({ trigger }: BarMenuProps) {
  const me = useMe().data
  const space = useSpaceIfAny()
  const [, navigate] = useLocation()
  const answer = useInvitationAnswer(({ spaceId }) => navigate(`~${spacePath(spaceId)}`))
  return (
    <PlaceMenu
      trigger={trigger}
      label="Spaces"
      chosen={space?.spaceId ?? ''}
      onChoose={(spaceId) => navigate(`~${spacePath(spaceId)}`)}
      places={me?.spaces.map(({ spaceId, name, role }) => (
        <PlaceItem key={spaceId} id={spaceId} name={name}>
          {roleWords[role].title}
        </PlaceItem>
      ))}
    >
      {me?.invitations.map((invitation) => (
        <DropdownMenu.Group key={invitation.invitationId} className="menu-invitation">
          <DropdownMenu.Separator className="menu-line" />
          <DropdownMenu.Label className="menu-label">
            You are invited into <strong className="menu-name">{invitation.name}</strong> as{' '}
            {roleWords[invitation.role].title.toLowerCase()}
          </DropdownMenu.Label>
          <DropdownMenu.Item className="menu-item" onSelect={() => answer.mutate({ invitation, isAccepted: true })}>
            {icons.check} Accept <span className="visually-hidden">the invitation into {invitation.name}</span>
          </DropdownMenu.Item>
          <DropdownMenu.Item className="menu-item" onSelect={() => answer.mutate({ invitation, isAccepted: false })}>
            {icons.close} Decline <span className="visually-hidden">the invitation into {invitation.name}</span>
          </DropdownMenu.Item>
        </DropdownMenu.Group>
      ))}
      <DropdownMenu.Separator className="menu-line" />
      {space === undefined ? null : (
        <DropdownMenu.Item className="menu-item" onSelect={() => navigate(`~${spacePath(space.spaceId, '/settings/space')}`)}>
          {icons.space} Space settings
        </DropdownMenu.Item>
      )}
      <DropdownMenu.Item className="menu-item" onSelect={() => overlays.open('new-space')}>
        {icons.plus} New space
      </DropdownMenu.Item>
    </PlaceMenu>
  )
}

import { useMutation } from '@tanstack/react-query'
import { DropdownMenu } from 'radix-ui'
import { useLocation } from 'wouter'
import { forgetPerson, stopNotifications } from '../../offline/forget.ts'
import { keepMovedFocus } from '../overlays/focus-return.ts'
import { icons } from '../look/icons.tsx'
import type { BarMenuProps } from '../overlays/menu-on-demand.tsx'
import { overlays } from '../overlays/overlays.ts'
import { useMe } from '../account/me.ts'
import { useServices } from '../services.ts'
import { useSpaceIfAny } from '../spaces/space.ts'
import { toasts } from '../messages/toasts.ts'

/** The menu behind the button of the person. */
export function ProfileMenuItems({ trigger }: BarMenuProps) {
  const { api, live } = useServices()
  const [, navigate] = useLocation()
  const me = useMe().data
  const space = useSpaceIfAny()
  const signOut = useMutation({
    mutationFn: () => api.signOut(),
    onSuccess: async () => {
      live.close()
      await stopNotifications()
      await forgetPerson()
      // A full load, so that nothing of this person stays in the page's memory.
      window.location.assign('/sign-in')
    },
    onError: (error) => toasts.show({ tone: 'error', text: `You are still signed in. ${error.message}` }),
  })
  return (
    <DropdownMenu.Root modal={false} defaultOpen>
      <DropdownMenu.Trigger asChild>{trigger}</DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content className="menu" align="end" sideOffset={6} collisionPadding={8} onCloseAutoFocus={keepMovedFocus}>
          <div className="menu-head">
            <strong>{me?.email}</strong>
            {space === undefined ? null : (
              <span>
                {space.role} of {space.name}
              </span>
            )}
          </div>
          <DropdownMenu.Separator className="menu-line" />
          <DropdownMenu.Item className="menu-item" onSelect={() => navigate('~/profile')}>
            {icons.person} Your profile
          </DropdownMenu.Item>
          <DropdownMenu.Item className="menu-item" onSelect={() => overlays.open('keys')}>
            {icons.keys} Keyboard shortcuts
          </DropdownMenu.Item>
          <DropdownMenu.Item className="menu-item" onSelect={() => signOut.mutate()}>
            {icons.back} Sign out
          </DropdownMenu.Item>
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  )
}

import { useMutation } from '@tanstack/react-query'
import { DropdownMenu } from 'radix-ui'
import type { Me } from '../link/api.ts'
import { forgetPerson } from '../offline/forget.ts'
import { icons } from './icons.tsx'
import { useServices } from './services.ts'
import { toasts } from './toasts.ts'

/** Who is signed in, the keys, and the way out. */
export function ProfileMenu({ me, onShowKeys }: { readonly me: Me; readonly onShowKeys: () => void }) {
  const { api, live } = useServices()
  const signOut = useMutation({
    mutationFn: () => api.signOut(),
    onSuccess: async () => {
      live.close()
      await forgetPerson()
      // A full load, so that nothing of this person stays in the page's memory.
      window.location.assign('/sign-in')
    },
    onError: (error) => toasts.show({ tone: 'error', text: `You are still signed in. ${error.message}` }),
  })
  return (
    <DropdownMenu.Root modal={false}>
      <DropdownMenu.Trigger className="avatar-button" aria-label={`Signed in as ${me.email}`}>
        <span className="avatar" aria-hidden="true">
          {me.email.charAt(0).toUpperCase()}
        </span>
      </DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content className="menu" align="end" sideOffset={6} collisionPadding={8}>
          <div className="menu-head">
            <strong>{me.email}</strong>
            <span>
              {me.role} of {me.space.name}
            </span>
          </div>
          <DropdownMenu.Separator className="menu-line" />
          <DropdownMenu.Item className="menu-item" onSelect={onShowKeys}>
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

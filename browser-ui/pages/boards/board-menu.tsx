import { DropdownMenu } from 'radix-ui'
import { keepMovedFocus } from '../../ui/overlays/focus-return.ts'
import { icons } from '../../ui/look/icons.tsx'

export interface MenuEntry {
  readonly title: string
  readonly isDanger?: boolean
  readonly isDisabled?: boolean
  readonly run: () => unknown
}

/** A button with three dots and what it offers. */
export function BoardMenu({ label, entries }: { readonly label: string; readonly entries: readonly MenuEntry[] }) {
  return (
    <DropdownMenu.Root modal={false}>
      <DropdownMenu.Trigger className="icon-button" aria-label={label} title={label}>
        {icons.more}
      </DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content className="menu" align="end" sideOffset={4} collisionPadding={8} onCloseAutoFocus={keepMovedFocus}>
          {entries.map(({ title, isDanger = false, isDisabled = false, run }) => (
            <DropdownMenu.Item
              key={title}
              className="menu-item"
              data-danger={isDanger || undefined}
              disabled={isDisabled}
              onSelect={() => void run()}
            >
              {title}
            </DropdownMenu.Item>
          ))}
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  )
}

import { DropdownMenu } from 'radix-ui'
import type { ReactNode } from 'react'
import { icons } from '../look/icons.tsx'
import { keepMovedFocus } from '../overlays/focus-return.ts'

/** A menu of the bar that begins open: places to choose one of, `chosen` is marked, and what else stands below them. */
export function PlaceMenu({
  trigger,
  label,
  chosen,
  onChoose,
  places,
  children,
}: {
  readonly trigger: ReactNode
  readonly label: string
  readonly chosen: string
  readonly onChoose: (id: string) => void
  readonly places: ReactNode
  readonly children?: ReactNode
}) {
  return (
    <DropdownMenu.Root modal={false} defaultOpen>
      <DropdownMenu.Trigger asChild>{trigger}</DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content
          className="menu room-menu"
          align="start"
          sideOffset={6}
          collisionPadding={8}
          onCloseAutoFocus={keepMovedFocus}
        >
          <DropdownMenu.Label className="menu-label">{label}</DropdownMenu.Label>
          <DropdownMenu.RadioGroup value={chosen} onValueChange={onChoose}>
            {places}
          </DropdownMenu.RadioGroup>
          {children}
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  )
}

/** One of the places, with a word or number of its own behind its name. */
export function PlaceItem({ id, name, children }: { readonly id: string; readonly name: string; readonly children?: ReactNode }) {
  return (
    <DropdownMenu.RadioItem value={id} className="menu-item">
      <span className="menu-text" title={name}>
        {name}
      </span>
      {children === undefined ? null : <span className="menu-count">{children}</span>}
      <span className="menu-check">
        <DropdownMenu.ItemIndicator>{icons.check}</DropdownMenu.ItemIndicator>
      </span>
    </DropdownMenu.RadioItem>
  )
}

import { Popover } from 'radix-ui'
import { useRef, type ReactNode } from 'react'

export interface AnchoredPopoverProps {
  /** The button it belongs to; gets the focus back when it closes, unless that went elsewhere. */
  readonly anchor: HTMLElement
  readonly className: string
  /** What it is, for those who do not see it. */
  readonly label: string
  readonly align: 'start' | 'end'
  /** Where it is put; null for the end of the page. */
  readonly container: HTMLElement | null
  /** The focus goes to the first radio that is chosen, if there is one; else to the first control. */
  readonly beginsAtChosen?: boolean
  readonly onClose: () => void
  readonly children: ReactNode
}

/** An open popover beside a button. Show it through `PopoverOnDemand`, which loads it when it is first opened. */
export function AnchoredPopover({
  anchor,
  className,
  label,
  align,
  container,
  beginsAtChosen = false,
  onClose,
  children,
}: AnchoredPopoverProps) {
  const content = useRef<HTMLDivElement>(null)
  return (
    <Popover.Root open onOpenChange={(isOpen) => (isOpen ? undefined : onClose())}>
      <Popover.Anchor virtualRef={{ current: anchor }} />
      <Popover.Portal container={container}>
        <Popover.Content
          ref={content}
          className={className}
          aria-label={label}
          align={align}
          sideOffset={5}
          collisionPadding={12}
          // In a list of one choice the keys go on from what is chosen.
          onOpenAutoFocus={(event) => {
            const chosen = beginsAtChosen ? content.current?.querySelector<HTMLInputElement>('input[type="radio"]:checked') : undefined
            if (!chosen) return
            event.preventDefault()
            chosen.focus()
          }}
          // At once, not when the popover is gone: the next key may come before.
          onEscapeKeyDown={() => anchor.focus()}
          onCloseAutoFocus={(event) => {
            event.preventDefault()
            // Who closed it by going elsewhere stays there.
            if (document.activeElement === null || document.activeElement === document.body) anchor.focus()
          }}
          // A press on the button itself closes by the button.
          onInteractOutside={(event) => {
            if (event.target instanceof Node && anchor.contains(event.target)) event.preventDefault()
          }}
        >
          {children}
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  )
}

import { Popover } from 'radix-ui'
import type { ReactNode } from 'react'
import { useFocusReturn } from '../../ui/overlays/focus-return.ts'
import { usePortal } from './portal.ts'

/** A quiet button that says what is chosen and opens the choice. */
export function ControlPopover({
  label,
  words,
  isChanged,
  children,
}: {
  /** What is chosen from, for those who do not see the place of the button. */
  readonly label: string
  readonly words: ReactNode
  readonly isChanged: boolean
  readonly children: ReactNode
}) {
  const portal = usePortal()
  const [button, focusBack] = useFocusReturn()
  return (
    <Popover.Root>
      <Popover.Trigger ref={button} className="control" data-changed={isChanged || undefined} aria-label={`${label}: ${plain(words)}`}>
        <span className="control-words">{words}</span>
      </Popover.Trigger>
      <Popover.Portal container={portal}>
        <Popover.Content className="popover control-popover" align="start" sideOffset={4} collisionPadding={12} {...focusBack}>
          {children}
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  )
}

const plain = (words: ReactNode): string => (typeof words === 'string' ? words : '')

import { useRef, type RefObject } from 'react'

/** For `onCloseAutoFocus`, which comes a task after a list closed: a focus that went elsewhere since then stays there. */
export function keepMovedFocus(event: Event): void {
  if (document.activeElement !== null && document.activeElement !== document.body) event.preventDefault()
}

interface FocusReturn {
  onEscapeKeyDown(): void
  onCloseAutoFocus(event: Event): void
}

/** A ref for the button of a popover, and the props with which its content gives the focus back to it. */
export function useFocusReturn(): readonly [RefObject<HTMLButtonElement | null>, FocusReturn] {
  const button = useRef<HTMLButtonElement>(null)
  return [
    button,
    {
      // At once, not when the popover is gone: the next key may come before, and be meant for what it opens.
      onEscapeKeyDown() {
        button.current?.focus()
      },
      onCloseAutoFocus: keepMovedFocus,
    },
  ]
}

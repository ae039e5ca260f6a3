import { toasts } from './messages/toasts.ts'

/** Puts a text on the clipboard; answers whether the browser let it. */
export async function putOnClipboard(text: string): Promise<boolean> {
  // Pages on an address the browser does not call secure have no clipboard.
  if (!window.isSecureContext) return copyByHand(text)
  return navigator.clipboard.writeText(text).then(
    () => true,
    () => copyByHand(text),
  )
}

/** Copies a text and says so in the corner, or that the browser refused. */
export function copyText(text: string, done = 'Copied'): void {
  void putOnClipboard(text).then((isDone) =>
    toasts.show(isDone ? { tone: 'good', text: done } : { tone: 'error', text: 'This browser does not let the page copy here.' }),
  )
}

/** A selected text field can be copied even there. */
function copyByHand(text: string): boolean {
  const focused = document.activeElement
  const field = document.createElement('textarea')
  field.value = text
  field.className = 'visually-hidden'
  // Below a modal dialog nothing else can have the focus.
  const place = focused?.closest('dialog') ?? document.body
  place.append(field)
  field.select()
  const isDone = document.execCommand('copy')
  field.remove()
  if (focused instanceof HTMLElement) focused.focus({ preventScroll: true })
  return isDone
}

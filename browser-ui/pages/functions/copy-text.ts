import { toasts } from '../../ui/toasts.ts'

/** Copies a text and says so in the corner; pages on an address the browser does not call secure have no clipboard, and that is said, too. */
export function copyText(text: string): void {
  const done = () => toasts.show({ tone: 'good', text: 'Copied' })
  const failed = () => toasts.show({ tone: 'error', text: 'This browser does not let the page copy here.' })
  if (!window.isSecureContext) {
    failed()
    return
  }
  navigator.clipboard.writeText(text).then(done, failed)
}

/** Offers a text as a file to save. */
export function saveText(name: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: 'text/csv;charset=utf-8' }))
  const link = document.createElement('a')
  link.href = url
  link.download = name
  link.click()
  URL.revokeObjectURL(url)
}

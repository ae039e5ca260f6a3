/** Hands a file to the person; nothing of it leaves the browser. */
export function saveFile(name: string, content: Blob): void {
  const address = URL.createObjectURL(content)
  const link = document.createElement('a')
  link.href = address
  link.download = name
  document.body.append(link)
  link.click()
  link.remove()
  // Some browsers begin to read after the click has returned; freed at once, they would save nothing.
  window.setTimeout(() => URL.revokeObjectURL(address), 10_000)
}

/** Hands a table over as a file. */
export function saveCsv(name: string, text: string): void {
  saveFile(name, new Blob([text], { type: 'text/csv;charset=utf-8' }))
}

/** Hands a file to the person; nothing of it leaves the browser. */
export function download(blob: Blob, name: string): void {
  const url = URL.createObjectURL(blob)
  const link = document.createElement('a')
  link.href = url
  link.download = name
  link.click()
  // The browser has taken it over by then; freed at once, some would save nothing.
  window.setTimeout(() => URL.revokeObjectURL(url), 10_000)
}

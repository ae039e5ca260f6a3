/** The code of what was thrown, such as ENOSPC, for a line of the log; never its text, which may quote what it was about. */
export function errorCode(thrown: unknown): string {
  const code = thrown instanceof Error ? (thrown as Error & { readonly code?: unknown }).code : undefined
  return typeof code === 'string' ? code : 'unknown'
}

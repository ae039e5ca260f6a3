/** The page that shows an erasure, from what a deletion answered: its token goes into the fragment, which reaches no server. */
export function erasedPath(begun: unknown): string {
  const { statusHref } = begun as { readonly statusHref?: unknown }
  const token = typeof statusHref === 'string' ? statusHref.split('/').at(-1) : undefined
  return token === undefined ? '/erased' : `/erased#${token}`
}

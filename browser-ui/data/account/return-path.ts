/** Pages that are part of coming in or going out; nobody is led back to them. */
const passages = ['/sign-in', '/join', '/confirm-address', '/erased', '/api']
const longest = 2_000

/**
 * The path of this site to go back to after a sign-in, with query and fragment; undefined for everything else. A text from outside
 * must not lead to another site, whatever way a browser may read it.
 */
export function returnPath(text: string | null | undefined): string | undefined {
  if (text === null || text === undefined || text.length > longest) return undefined
  // A backslash counts as a slash to a browser, and it drops tabs and line ends.
  if (!/^\/(?![/\\])[^\\\p{Cc}]*$/u.test(text)) return undefined
  const here = 'https://this.invalid'
  if (!URL.canParse(text, here)) return undefined
  const url = new URL(text, here)
  if (url.origin !== here) return undefined
  if (url.pathname.startsWith('//') || passages.some((path) => url.pathname === path || url.pathname.startsWith(`${path}/`)))
    return undefined
  return `${url.pathname}${url.search}${url.hash}`
}

/**
 * A path of ours to return to, else `/` (L7). Judged as a browser would read it, which takes backslashes for slashes and passes over
 * tabs and line ends: what leads to another origin, or is no plain path, does not count.
 */
export function returnPath(wish: string | undefined, publicUrl: string): string {
  if (wish === undefined || wish.length > 2_048 || !/^\/(?![/\\])[\x21-\x7e]*$/.test(wish) || wish.includes('\\')) return '/'
  if (!URL.canParse(wish, publicUrl)) return '/'
  const url = new URL(wish, publicUrl)
  // A path that begins with two slashes after dots were resolved would be another host for the next reader.
  if (url.origin !== publicUrl || url.pathname.startsWith('//') || url.pathname.startsWith('/api/')) return '/'
  return `${url.pathname}${url.search}${url.hash}`
}

import { createCookieJar } from './cookie-jar.ts'

/** Walks a browser through the pages of a provider until it is sent back to `home`; answers where it lands, and the pages on the way. */
export async function walkTrip(location: string, home = 'https://localhost:8443/'): Promise<{ readonly back: URL; readonly first: URL }> {
  const jars = new Map<string, ReturnType<typeof createCookieJar>>()
  let at = new URL(location)
  for (let steps = 0; steps < 12; steps++) {
    const jar = jars.get(at.origin) ?? createCookieJar()
    jars.set(at.origin, jar)
    const answer = await fetch(at, { redirect: 'manual', headers: { cookie: jar.header } })
    jar.take({ headers: { 'set-cookie': answer.headers.getSetCookie() } })
    const next = answer.headers.get('location')
    if (next === null) throw new Error(`the provider answered ${answer.status}: ${(await answer.text()).slice(0, 300)}`)
    at = new URL(next, at)
    if (at.href.startsWith(home)) return { back: at, first: new URL(location) }
  }
  throw new Error('the provider went round in circles')
}

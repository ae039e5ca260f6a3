import type { ProviderSettings } from '../../../cloud/identity/providers/provider.ts'
import type { IdentityDeps } from '../../../cloud/identity/identity.ts'
import { createApiBench } from './api-bench.ts'
import type { Answer } from '../people/read-answer.ts'
import { createCookieJar } from '../people/cookie-jar.ts'
import { walkTrip } from '../people/walk-trip.ts'

const base = '/api/throughline/v1'
type Jar = ReturnType<typeof createCookieJar>

/** The address of ours that a provider sends browsers back to. */
export const callbackOf = (providerId: string) => `https://localhost:8443${base}/sign-in/callback/${providerId}`

/** The real API with sign-in providers, and browsers that take trips to them. */
export async function createTripBench(providers: readonly ProviderSettings[], identity: Partial<IdentityDeps> = {}) {
  const lab = await createApiBench({ identity: { providers, ...identity } })
  const browser = async (method: string, path: string, jar: Jar, body?: unknown): Promise<Answer> => {
    const answer = await lab.call(method, path, { cookie: jar.header, ...(method === 'GET' ? {} : { body: body ?? {} }) })
    jar.take(answer)
    return answer
  }
  const begin = async (providerId: string, jar: Jar = createCookieJar(), returnTo?: string) => {
    const begun = await browser('POST', `${base}/sign-in/provider`, jar, { providerId, ...(returnTo === undefined ? {} : { returnTo }) })
    return { begun, location: (begun.json as { location?: string }).location ?? '', jar }
  }
  /** A whole trip: where the browser lands in the end. */
  const trip = async (providerId: string, jar: Jar = createCookieJar(), returnTo?: string) => {
    const { location } = await begin(providerId, jar, returnTo)
    const { back, first } = await walkTrip(location)
    const landed = await browser('GET', `${back.pathname}${back.search}`, jar)
    return { jar, first, back, landed, location: String(landed.headers['location']) }
  }
  const me = (jar: Jar) => browser('GET', `${base}/me`, jar)
  return { ...lab, base, browser, begin, trip, me }
}

import type { QueryClient } from '@tanstack/react-query'
import { createApi } from '../link/api.ts'
import type { CloudRequest } from '../link/cloud-request.ts'
import type { LiveClient } from '../link/live-client.ts'
import { requestInSpace } from '../link/request-in-space.ts'
import type { Services, SpaceServices } from './services.ts'

export interface ServiceMakers {
  readonly request: CloudRequest
  /** A live client for a space; undefined for the person's usual one. */
  readonly makeLive: (spaceId: string | undefined) => LiveClient
  readonly makeClient: () => QueryClient
}

/**
 * The page's services. Each space gets its own requests, its own live socket and its own memory of answers, so that one space's
 * answer cannot be shown in another, whatever a page forgets to say.
 */
export function createServices({ request, makeLive, makeClient }: ServiceMakers): Services {
  const spaces = new Map<string, SpaceServices>()
  const personal = { request, client: makeClient() }
  const inSpace = (spaceId: string): SpaceServices => {
    const known = spaces.get(spaceId)
    if (known !== undefined) return known
    const inThis = requestInSpace(request, spaceId)
    const services = { api: createApi(inThis, request), request: inThis, live: makeLive(spaceId), personal, inSpace }
    const made = { services, client: makeClient() }
    // Lists of nodes grow with the space, so they have a pace of their own.
    services.live.onChanged((what) => {
      if (what !== 'nodes') void made.client.invalidateQueries({ queryKey: [what] }, { cancelRefetch: false })
    })
    spaces.set(spaceId, made)
    return made
  }
  return { api: createApi(request), request, live: makeLive(undefined), personal, inSpace }
}

import type { QueryClient } from '@tanstack/react-query'
import { createContext, useContext } from 'react'
import type { Api } from '../link/api.ts'
import type { CloudRequest } from '../link/cloud-request.ts'
import type { LiveClient } from '../link/live-client.ts'

/** What every page may use. Inside a space all of it is that space's; outside of one it is the person's own. */
export interface Services {
  readonly api: Api
  /** For what one page alone asks; paths are relative to the space the page is in. */
  readonly request: CloudRequest
  readonly live: LiveClient
  /** What belongs to the person, whatever the space: `/me`, invitations, new spaces. */
  readonly personal: PersonalServices
  /** The services of a space and the answers known of it; the same ones at every call. */
  readonly inSpace: (spaceId: string) => SpaceServices
}

export interface PersonalServices {
  readonly request: CloudRequest
  /** Answers about the person. */
  readonly client: QueryClient
}

export interface SpaceServices {
  readonly services: Services
  /** Answers about this space alone: no other space's can be read from it. */
  readonly client: QueryClient
}

export const ServicesContext = createContext<Services | undefined>(undefined)

/** The services of this page. */
export function useServices(): Services {
  const services = useContext(ServicesContext)
  if (services === undefined) throw new TypeError('no services around this component')
  return services
}

import { createContext, useContext } from 'react'
import type { Api } from '../link/api.ts'
import type { CloudRequest } from '../link/cloud-request.ts'
import type { LiveClient } from '../link/live-client.ts'

/** What every page may use; built once in main.tsx. */
export interface Services {
  readonly api: Api
  /** For what one page alone asks. */
  readonly request: CloudRequest
  readonly live: LiveClient
}

export const ServicesContext = createContext<Services | undefined>(undefined)

/** The services of this page. */
export function useServices(): Services {
  const services = useContext(ServicesContext)
  if (services === undefined) throw new TypeError('no services around this component')
  return services
}

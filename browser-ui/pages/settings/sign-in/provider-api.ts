import { queryOptions } from '@tanstack/react-query'
import { ThroughlineError } from '../../../../src/errors/throughline-error.ts'
import type { ProviderWish, SpaceProvider } from '../../../data/settings/sign-in-answers.ts'
import type { CloudRequest } from '../../../link/cloud-request.ts'

const path = '/sign-in-provider'
const domainPath = (domain: string) => `${path}/domains/${encodeURIComponent(domain)}`

/** The space's own sign-in provider; null when it has none. */
export const providerQuery = (request: CloudRequest) =>
  queryOptions({
    queryKey: ['sign-in-provider'],
    queryFn: () =>
      request.get(path).then(
        (answer) => answer as SpaceProvider,
        (error: unknown) => {
          if (error instanceof ThroughlineError && error.code === 'NOT_FOUND') return null
          throw error
        },
      ),
  })

/** What changes the provider. Each answers the provider as it is then; what changes who may come in asks for a fresh proof. */
export const providerApi = {
  save: async (request: CloudRequest, wish: ProviderWish) => (await request.put(path, wish)) as SpaceProvider,
  remove: (request: CloudRequest) => request.delete(path),
  addDomain: async (request: CloudRequest, domain: string) => (await request.post(`${path}/domains`, { domain })) as SpaceProvider,
  checkDomain: async (request: CloudRequest, domain: string) => (await request.post(`${domainPath(domain)}/check`)) as SpaceProvider,
  removeDomain: async (request: CloudRequest, domain: string) => (await request.delete(domainPath(domain))) as SpaceProvider,
}

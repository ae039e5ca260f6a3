import type { IncomingHttpHeaders } from 'node:http'
import { ThroughlineError } from '../../src/errors/throughline-error.ts'
import type { Log } from '../../src/support/log.ts'
import type { Identity } from '../identity/identity.ts'
import { isPermitted } from '../identity/permissions.ts'
import type { Caller } from '../identity/ports.ts'
import type { Method, Route } from './route.ts'
import { isJsonType } from './strict-json.ts'

export interface GateDeps {
  readonly identity: Pick<Identity, 'authenticate'>
  /** The only origin whose pages may change anything. */
  readonly publicUrl: string
  readonly log: Log
}

export interface Gate {
  /**
   * Who may pass to this route; undefined for a public one. Throws UNAUTHENTICATED, SESSION_EXPIRED, FORBIDDEN, ORIGIN_REFUSED
   * or MEDIA_TYPE. It needs only the head of the request, so that strangers cannot make us read bodies.
   */
  admit(route: Pick<Route, 'method' | 'access' | 'path'>, headers: IncomingHttpHeaders): Promise<Caller | undefined>
}

const changesState = (method: Method) => method !== 'GET'

/** The one gate in front of every route of ours; what the route table does not open stays shut (T1). */
export function createGate({ identity, publicUrl, log }: GateDeps): Gate {
  const checkOrigin = (headers: IncomingHttpHeaders) => {
    const site = headers['sec-fetch-site']
    if (headers.origin !== publicUrl || (site !== undefined && site !== 'same-origin')) {
      throw new ThroughlineError('ORIGIN_REFUSED', `Changes are only taken from pages of ${publicUrl}; open Throughline at that address.`)
    }
  }
  return {
    async admit(route, headers) {
      const { authorization, cookie } = headers
      // A bearer token is never sent by a browser on its own, so a foreign page cannot use it (S5).
      if (changesState(route.method) && (authorization === undefined || route.access === 'public')) checkOrigin(headers)
      let caller: Caller | undefined
      if (route.access !== 'public') {
        caller = await identity.authenticate({ authorization, cookie })
        if (!isPermitted(route.access, caller)) {
          log.warn('access_denied', { permission: route.access, role: caller.role, via: caller.via })
          throw new ThroughlineError('FORBIDDEN', 'Your role does not allow this.')
        }
      }
      if (changesState(route.method) && !isJsonType(headers['content-type'])) {
        throw new ThroughlineError('MEDIA_TYPE', 'Send this request as application/json.')
      }
      return caller
    },
  }
}

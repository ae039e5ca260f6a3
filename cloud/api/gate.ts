import type { IncomingHttpHeaders } from 'node:http'
import { canonicalUuid, type SpaceId } from '../../src/domain/ids.ts'
import type { Auditor } from '../../src/domain/audit.ts'
import { proofHeader } from '../../src/domain/proof-header.ts'
import { ThroughlineError } from '../../src/errors/throughline-error.ts'
import type { Log } from '../../src/support/log.ts'
import type { Identity } from '../identity/identity.ts'
import { isPermitted, isPermittedToPerson } from '../identity/permissions.ts'
import type { Caller, PersonCaller } from '../identity/ports.ts'
import type { Method, Route } from './route.ts'
import { isJsonType } from './strict-json.ts'

export interface GateDeps {
  readonly identity: Pick<Identity, 'authenticate' | 'enter'>
  /** The only origin whose pages may change anything. */
  readonly publicUrl: string
  readonly auditor: Auditor
  readonly log: Log
}

export interface Gate {
  /**
   * Who may pass to this route; undefined for a public one. Throws UNAUTHENTICATED, SESSION_EXPIRED, NOT_FOUND for a space,
   * FORBIDDEN, ORIGIN_REFUSED or MEDIA_TYPE. It needs only the head of the request, so that strangers cannot make us read bodies.
   */
  admit(route: Route, headers: IncomingHttpHeaders, params: Readonly<Record<string, string>>): Promise<Caller | PersonCaller | undefined>
}

/** Only existing clients know another header than `Authorization`. */
const authorizationOf = (route: Pick<Route, 'style'>, headers: IncomingHttpHeaders) =>
  route.style === 'compatible' ? proofHeader(headers) : headers.authorization

const changesState = (method: Method) => method !== 'GET'

/** The one gate in front of every route of ours; what the route table does not open stays shut (T1). */
export function createGate({ identity, publicUrl, auditor, log }: GateDeps): Gate {
  const checkOrigin = (headers: IncomingHttpHeaders) => {
    const site = headers['sec-fetch-site']
    if (headers.origin !== publicUrl || (site !== undefined && site !== 'same-origin')) {
      throw new ThroughlineError('ORIGIN_REFUSED', `Changes are only taken from pages of ${publicUrl}; open Throughline at that address.`)
    }
  }

  const refuse = async (route: Route, caller: PersonCaller & Partial<Pick<Caller, 'role' | 'spaceId'>>): Promise<never> => {
    const { personId, via, role = 'none', scope = 'none', spaceId } = caller
    log.warn('access_denied', { permission: route.access, role, via })
    await auditor.record({
      action: 'access-denied',
      spaceId,
      personId,
      via,
      subject: { kind: 'route', id: route.access },
      details: { role, scope, method: route.method },
    })
    throw new ThroughlineError('FORBIDDEN', 'Your role does not allow this.')
  }

  const enter = async (route: Route, headers: IncomingHttpHeaders, rawSpaceId: string | undefined) => {
    if (route.access === 'public') return undefined
    const person = await identity.authenticate({ authorization: authorizationOf(route, headers), cookie: headers.cookie })
    if (route.isPersonal) {
      const isOutside = person.onlySpaceId !== undefined && rawSpaceId !== undefined && rawSpaceId !== person.onlySpaceId
      if (isOutside) throw new ThroughlineError('NOT_FOUND', 'There is no such space.')
      return isPermittedToPerson(route.access, person) ? person : refuse(route, person)
    }
    const spaceId = rawSpaceId === undefined ? undefined : (canonicalUuid(rawSpaceId) as SpaceId | undefined)
    if (rawSpaceId !== undefined && spaceId === undefined) throw new ThroughlineError('NOT_FOUND', 'There is no such space.')
    const caller = await identity.enter(person, spaceId)
    return isPermitted(route.access, caller) ? caller : refuse(route, caller)
  }

  return {
    async admit(route, headers, params) {
      const authorization = authorizationOf(route, headers)
      // A bearer token is never sent by a browser on its own, so a foreign page cannot use it (S5).
      if (changesState(route.method) && (authorization === undefined || route.access === 'public')) checkOrigin(headers)
      const caller = await enter(route, headers, params['spaceId'])
      if (changesState(route.method) && route.style === 'own' && !isJsonType(headers['content-type'])) {
        throw new ThroughlineError('MEDIA_TYPE', 'Send this request as application/json.')
      }
      return caller
    },
  }
}

import compression from 'compression'
import express, { type Express, type RequestHandler } from 'express'
import type { Auditor } from '../../src/domain/audit.ts'
import { ThroughlineError } from '../../src/errors/throughline-error.ts'
import type { PlanName } from '../../src/domain/plans.ts'
import type { Clock } from '../../src/support/clock.ts'
import type { Log } from '../../src/support/log.ts'
import { createErrorAnswer } from './error-answer.ts'
import { compatibleChannelRoutes } from './compatible/channel-routes.ts'
import { compatibleReachRoutes } from './compatible/reach-setting-routes.ts'
import { compatibleSilenceRoutes } from './compatible/silence-routes.ts'
import { compatibleFeedRoutes } from './compatible/feed-routes.ts'
import { compatibleReadRoutes } from './compatible/compatible-read-routes.ts'
import { memberRestRoutes } from './compatible/member-rest-routes.ts'
import { roomRestRoutes } from './compatible/room-rest-routes.ts'
import { ruleRestRoutes } from './compatible/rule-rest-routes.ts'
import { spaceRestRoutes } from './compatible/space-rest-routes.ts'
import { rotateRoute } from './compatible/rotate-route.ts'
import { pageFallback, pageFiles } from './page.ts'
import type {
  ApiAccount,
  ApiAudit,
  ApiAuditDelivery,
  ApiBans,
  ApiMirror,
  ApiWatchedProcess,
  ApiChannelTests,
  ApiConfigure,
  ApiConnectAttempts,
  ApiConsents,
  ApiExports,
  ApiErasures,
  ApiIdentity,
  ApiInvitations,
  ApiEgress,
  ApiLeaving,
  ApiMessages,
  ApiMetadata,
  ApiPresence,
  ApiReachSettings,
  ApiReceipts,
  ApiRequestDesk,
  ApiPush,
} from './ports.ts'
import { createPeopleActions } from './people-actions.ts'
import { createRoomActions } from './room-actions.ts'
import { addressesOf, agentRoutes, type Route } from './route.ts'
import { addressGuard, createRequestLimits } from './request-limits.ts'
import { createRouteHandlers } from './route-handler.ts'
import { apiTokenRoutes } from './routes/api-token-routes.ts'
import { alertDefinitionRoutes } from './routes/alert-definition-routes.ts'
import { alertDocumentRoutes } from './routes/alert-document-routes.ts'
import { alertRoutes } from './routes/alert-routes.ts'
import { auditDeliveryRoutes } from './routes/audit-delivery-routes.ts'
import { auditRoutes } from './routes/audit-routes.ts'
import { canaryRoutes } from './routes/canary-routes.ts'
import { banRoutes } from './routes/ban-routes.ts'
import { deletedRoutes } from './routes/deleted-routes.ts'
import { boardRoutes } from './routes/board-routes.ts'
import { channelRoutes } from './routes/channel-routes.ts'
import { claimTokenRoutes } from './routes/claim-token-routes.ts'
import { connectRoutes } from './routes/connect-routes.ts'
import { feedRoutes } from './routes/feed-routes.ts'
import { fleetRoutes } from './routes/fleet-routes.ts'
import { meRoutes } from './routes/me-routes.ts'
import { mirrorRoutes } from './routes/mirror-routes.ts'
import { messageRoutes } from './routes/message-routes.ts'
import { egressRoutes } from './routes/egress-routes.ts'
import { nodeRoutes } from './routes/node-routes.ts'
import { passkeyRoutes } from './routes/passkey-routes.ts'
import { peopleRoutes } from './routes/people-routes.ts'
import { pushRoutes } from './routes/push-routes.ts'
import { roomRoutes } from './routes/room-routes.ts'
import { roleRoutes } from './routes/role-routes.ts'
import { signInRoutes } from './routes/sign-in-routes.ts'
import { spaceRoutes } from './routes/space-routes.ts'
import { providerRoutes } from './routes/provider-routes.ts'
import { spaceProviderRoutes } from './routes/space-provider-routes.ts'
import { accountRoutes } from './routes/account-routes.ts'
import { consentRoutes } from './routes/consent-routes.ts'
import { erasePersonRoutes } from './routes/erase-person-routes.ts'
import { privacyRequestRoutes } from './routes/privacy-request-routes.ts'
import { receiptRoutes } from './routes/receipt-routes.ts'
import { erasureRoutes } from './routes/erasure-routes.ts'
import { docsRoutes } from './docs/docs-routes.ts'
import { systemRoutes } from './routes/system-routes.ts'
import { createSilenceActions } from './silence-actions.ts'
import { reachRoutes } from './routes/reach-routes.ts'
import { silenceRoutes } from './routes/silence-routes.ts'
import { createSpaceActions } from './space-actions.ts'
import { securityHeaders } from './security-headers.ts'

export interface ApiDeps {
  readonly identity: ApiIdentity
  readonly account: ApiAccount
  readonly erasures: ApiErasures
  readonly metadata: ApiMetadata
  readonly presence: ApiPresence
  readonly leaving: ApiLeaving
  readonly egress: ApiEgress
  readonly attempts: ApiConnectAttempts
  readonly invitations: ApiInvitations
  readonly plan: PlanName
  /** An origin without a path; every URL handed out begins with it (E5). */
  readonly publicUrl: string
  readonly caPem: string | undefined
  /** Where holes of this installation are reported. */
  readonly securityContact?: string | undefined
  readonly caFingerprint: string | undefined
  /** The built page. */
  readonly staticFolder: string
  /** Whether browsers may keep the page and what it knew last. */
  readonly isOfflinePage: boolean
  readonly version: string
  /** Answers the agents' routes; reads and checks their bodies itself. */
  readonly gatewayRouter: RequestHandler
  readonly auditor: Auditor
  readonly audit: ApiAudit
  readonly auditDelivery: ApiAuditDelivery
  readonly bans: ApiBans
  readonly mirror: ApiMirror
  readonly watched: ApiWatchedProcess
  readonly reachSettings: ApiReachSettings
  readonly channelTests: ApiChannelTests
  readonly messages: ApiMessages
  readonly configure: ApiConfigure
  readonly push: ApiPush
  readonly receipts: ApiReceipts
  readonly exports: ApiExports
  readonly consents: ApiConsents
  readonly requestDesk: ApiRequestDesk
  /** Networks (CIDR) whose many clients share addresses: requests are not limited by address there. */
  readonly fleets?: readonly string[]
  readonly healthNumbers?: () => Readonly<Record<string, number>>
  readonly clock: Clock
  readonly log: Log
}

/** The page's address in the route table. */
export const pageRoute = { method: 'GET', path: '/{*page}', access: 'public' } as const

/** Every route of ours, as data. */
export function routeTable(deps: ApiDeps): readonly Route[] {
  const { metadata, healthNumbers = () => ({}) } = deps
  const services = { ...deps, ...metadata, healthNumbers }
  const peopleActions = createPeopleActions(services)
  const roomActions = createRoomActions(services)
  const spaceActions = createSpaceActions({ ...services, peopleActions })
  const silenceActions = createSilenceActions(services)
  const all = { ...services, peopleActions, roomActions, spaceActions, silenceActions }
  const routes: readonly Route[] = [
    ...systemRoutes(all),
    ...docsRoutes({ routes: () => routes, version: deps.version }),
    ...signInRoutes(all),
    ...meRoutes(all),
    ...accountRoutes(all),
    ...receiptRoutes(all),
    ...consentRoutes(all),
    ...erasureRoutes(all),
    ...passkeyRoutes(all),
    ...spaceRoutes(all),
    ...peopleRoutes(all),
    ...roomRoutes(all),
    ...providerRoutes(all),
    ...spaceProviderRoutes(all),
    ...roleRoutes(),
    ...nodeRoutes(all),
    ...egressRoutes(all),
    ...fleetRoutes(all),
    ...alertRoutes(all),
    ...alertDefinitionRoutes(all),
    ...alertDocumentRoutes(all),
    ...feedRoutes(all),
    ...connectRoutes(all),
    ...claimTokenRoutes(all),
    ...rotateRoute(all),
    ...apiTokenRoutes(all),
    ...boardRoutes(all),
    ...deletedRoutes(all),
    ...channelRoutes(all),
    ...pushRoutes(all),
    ...compatibleChannelRoutes(all),
    ...messageRoutes(all),
    ...silenceRoutes(all),
    ...compatibleSilenceRoutes(all),
    ...reachRoutes(all),
    ...compatibleReachRoutes(all),
    ...auditRoutes(all),
    ...auditDeliveryRoutes(all),
    ...banRoutes(all),
    ...mirrorRoutes(all),
    ...privacyRequestRoutes(all),
    ...erasePersonRoutes(all),
    ...canaryRoutes(all),
    ...compatibleReadRoutes(all),
    ...compatibleFeedRoutes(all),
    ...spaceRestRoutes(all),
    ...roomRestRoutes(all),
    ...ruleRestRoutes(all),
    ...memberRestRoutes(all),
  ]
  return routes
}

/** The HTTP side of the cloud: agents' routes, our routes behind one gate, the page. */
export function createApi(deps: ApiDeps): Express {
  const { gatewayRouter, publicUrl, staticFolder, isOfflinePage, log } = deps
  const app = express()
  app.disable('x-powered-by')
  app.disable('etag')
  app.set('query parser', 'simple')
  app.set('case sensitive routing', true)
  app.set('strict routing', true)
  app.set('trust proxy', false)

  const limits = createRequestLimits({ clock: deps.clock, fleets: deps.fleets ?? [] })
  app.use(addressGuard(limits))

  // A base address that ends in a slash makes clients ask for //api/… (cloud-api §1.2).
  app.use((request, _response, next) => {
    if (request.url.startsWith('//')) request.url = request.url.replace(/^\/{2,}(?=api\/)/, '/')
    next()
  })

  // Agents first and bare: old ones refuse header lines over 255 bytes, which a security policy is (aclk §2.2).
  register(
    app,
    agentRoutes.map(({ method, path }) => ({ method, path, handler: gatewayRouter })),
  )

  app.use(securityHeaders(publicUrl, deps.consents))
  app.use(compression())
  app.use('/api', (_request, response, next) => {
    response.set('Cache-Control', 'no-store')
    next()
  })
  const handlerOf = createRouteHandlers({ ...deps, limits })
  register(
    app,
    routeTable(deps).flatMap((route) => {
      const handler = handlerOf(route)
      return addressesOf(route).map((path) => ({ method: route.method, path, handler }))
    }),
  )

  app.use('/api', (_request, _response, next) => next(new ThroughlineError('NOT_FOUND', 'There is nothing here.')))

  app.use(pageFiles(staticFolder, isOfflinePage))
  register(app, [{ ...pageRoute, handler: pageFallback(staticFolder, deps.consents.provider !== undefined) }])
  app.use(createErrorAnswer(log))
  return app
}

interface Registration {
  readonly method: Route['method']
  readonly path: string
  readonly handler: RequestHandler
}

/** Registers handlers by path; a method the path does not have is answered 405 with those it has. */
function register(app: Express, registrations: readonly Registration[]): void {
  for (const path of new Set(registrations.map((registration) => registration.path))) {
    const here = registrations.filter((registration) => registration.path === path)
    const route = app.route(path)
    for (const { method, handler } of here) route[method.toLowerCase() as 'get' | 'post' | 'put' | 'patch' | 'delete'](handler)
    const allowed = here.flatMap(({ method }) => (method === 'GET' ? ['GET', 'HEAD'] : [method])).join(', ')
    route.all((request, response, next) => {
      if (here.some(({ method }) => method === request.method)) {
        next()
        return
      }
      response.set('Allow', allowed)
      next(new ThroughlineError('METHOD_NOT_ALLOWED', 'This address does not take that method.'))
    })
  }
}

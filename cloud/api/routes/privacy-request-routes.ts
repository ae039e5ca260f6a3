import { z } from 'zod'
import { ThroughlineError } from '../../../src/errors/throughline-error.ts'
import { requestKinds, requestLimits, requestStates, type PrivacyRequest } from '../../privacy/requests/privacy-request.ts'
import type { PersonCaller } from '../../identity/ports.ts'
import type { ApiMetadata, ApiRequestDesk } from '../ports.ts'
import { apiBase, personRoute, type AuditNote, type Route } from '../route.ts'

const text = z.string().min(1).max(requestLimits.textBytes)
const wishShape = z.strictObject({ kind: z.enum(requestKinds), text })
const letterShape = z.strictObject({ email: z.string().max(254), kind: z.enum(requestKinds), text })
const changeShape = z.strictObject({ state: z.enum(['answered', 'refused', 'extended']), note: text })

const requestShape = z.object({
  requestId: z.string(),
  kind: z.enum(requestKinds),
  way: z.enum(['profile', 'letter']),
  state: z.enum(requestStates),
  madeAtMs: z.number(),
  dueAtMs: z.number(),
  endedAtMs: z.number().nullable(),
  extendedAtMs: z.number().nullable(),
  text: z.string(),
  note: z.string().nullable(),
  extension: z.string().nullable(),
})
const inboxShape = requestShape.extend({ address: z.string().nullable() })

const shown = ({ personId: _who, address: _where, endedAtMs, extendedAtMs, note, extension, ...rest }: PrivacyRequest) => ({
  ...rest,
  endedAtMs: endedAtMs ?? null,
  extendedAtMs: extendedAtMs ?? null,
  note: note ?? null,
  extension: extension ?? null,
})

const noted = ({ requestId, kind, way }: PrivacyRequest, what: 'made' | 'answered' | 'refused' | 'extended'): AuditNote => ({
  action: what === 'made' ? 'privacy-request-made' : 'privacy-request-changed',
  subject: { kind: 'privacy-request', id: requestId },
  details: { kind, what, method: way },
})

export interface PrivacyRequestRoutesDeps {
  readonly requestDesk: ApiRequestDesk
  readonly metadata: Pick<ApiMetadata, 'spaces'>
}

/** What people ask of their data in writing, and the desk of whoever owns the installation (D7). */
export function privacyRequestRoutes({ requestDesk, metadata }: PrivacyRequestRoutesDeps): readonly Route[] {
  const ownsInstallation = async (personId: string) => (await metadata.spaces.installation())?.adminPersonId === personId
  const checkOwner = async ({ via, personId }: PersonCaller) => {
    if (via !== 'operator' && !(await ownsInstallation(personId)))
      throw new ThroughlineError('FORBIDDEN', 'Only the owner of the installation may do this.')
  }
  const withAddress = async (request: PrivacyRequest) => ({ ...shown(request), address: (await requestDesk.addressOf(request)) ?? null })
  return [
    personRoute(
      'GET',
      `${apiBase}/privacy-requests`,
      'self.change',
      undefined,
      async ({ caller: { personId } }) => {
        const [requests, isOwner] = await Promise.all([requestDesk.ofPerson(personId), ownsInstallation(personId)])
        return { status: 200, json: { requests: requests.map(shown), isOwner } }
      },
      {
        docs: {
          summary: 'What the person who asks requested in writing about their data, and what became of it.',
          answer: z.object({ requests: z.array(requestShape), isOwner: z.boolean() }),
        },
      },
    ),
    personRoute(
      'POST',
      `${apiBase}/privacy-requests`,
      'self.change',
      wishShape,
      async ({ caller: { personId }, body }) => {
        const request = await requestDesk.make({ personId }, { ...body, way: 'profile' })
        return { status: 201, json: shown(request), audit: [noted(request, 'made')] }
      },
      {
        audits: ['privacy-request-made'],
        docs: {
          summary: 'Asks for access, correction, export, objection or deletion; answered within 30 days.',
          answer: requestShape,
          status: 201,
        },
      },
    ),
    personRoute(
      'GET',
      `${apiBase}/privacy-inbox`,
      'installation.manage',
      undefined,
      async ({ caller }) => {
        await checkOwner(caller)
        return { status: 200, json: { requests: await Promise.all((await requestDesk.list()).map(withAddress)) } }
      },
      {
        docs: {
          summary: 'Everything people of this installation and outsiders requested; for whoever owns the installation.',
          answer: z.object({ requests: z.array(inboxShape) }),
        },
      },
    ),
    personRoute(
      'POST',
      `${apiBase}/privacy-inbox`,
      'installation.manage',
      letterShape,
      async ({ caller, body }) => {
        await checkOwner(caller)
        const request = await requestDesk.enter(body)
        return { status: 201, json: await withAddress(request), audit: [noted(request, 'made')] }
      },
      {
        audits: ['privacy-request-made'],
        docs: { summary: 'Enters a request that came by letter; for whoever owns the installation.', answer: inboxShape, status: 201 },
      },
    ),
    personRoute(
      'PATCH',
      `${apiBase}/privacy-inbox/:requestId`,
      'installation.manage',
      changeShape,
      async ({ caller, params, body: { state, note } }) => {
        await checkOwner(caller)
        const requestId = params['requestId'] ?? ''
        const request = state === 'extended' ? await requestDesk.extend(requestId, note) : await requestDesk.end(requestId, { state, note })
        return { status: 200, json: await withAddress(request), audit: [noted(request, state)] }
      },
      {
        audits: ['privacy-request-changed'],
        docs: { summary: 'Answers or refuses a request, or extends it once by 60 days; whoever asked gets a mail.', answer: inboxShape },
      },
    ),
  ]
}

import { createAudit } from '../../cloud/audit/audit.ts'
import { parseEmailAddress } from '../../cloud/identity/email-address.ts'
import type { ReportingMailer } from '../../cloud/identity/mailer.ts'
import type { People } from '../../cloud/identity/people.ts'
import type { PrivacyRequest, RequestKind } from '../../cloud/privacy/requests/privacy-request.ts'
import { createPrivacyRequests, type PrivacyRequests } from '../../cloud/privacy/requests/privacy-requests.ts'
import type { MetadataStore } from '../../cloud/store/port.ts'
import type { Config } from '../config/read-config.ts'
import type { PersonId } from '../domain/ids.ts'
import { ThroughlineError } from '../errors/throughline-error.ts'
import type { Clock } from '../support/clock.ts'
import { silentLog, type Log } from '../support/log.ts'
import { openKept } from './kept.ts'

export interface RequestDesk extends PrivacyRequests {
  /** One that came by letter; of a person who is here it shows in their profile, too. Throws ADDRESS_INVALID, BODY_UNPROCESSABLE. */
  enter(letter: { email: string; kind: RequestKind; text: string }): Promise<PrivacyRequest>
  /** The address to show for a request; undefined when that person is no more. */
  addressOf(request: PrivacyRequest): Promise<string | undefined>
}

/** Written requests, with the mail that tells of each change. */
export function openRequestDesk(deps: {
  readonly store: MetadataStore
  readonly people: Pick<People, 'get' | 'find'>
  readonly mailer: Pick<ReportingMailer, 'deliver'> | undefined
  readonly publicUrl: string
  readonly clock: Clock
}): RequestDesk {
  const { store, people, mailer, publicUrl, clock } = deps
  const addressOf = async (personId: string) => (await people.get(personId as PersonId))?.email
  const deliver = mailer && (async (mail: Parameters<ReportingMailer['deliver']>[0]) => (await mailer.deliver(mail)).is !== 'later')
  const requests = createPrivacyRequests({ store, addressOf, deliver, publicUrl, clock })
  return {
    ...requests,
    async enter({ email, kind, text }) {
      const address = parseEmailAddress(email)
      const person = await people.find(address)
      return requests.make(person === undefined ? { address } : { personId: person.personId }, { kind, text, way: 'letter' })
    },
    addressOf: async ({ address, personId }) => address ?? (personId === undefined ? undefined : addressOf(personId)),
  }
}

/** The id of the person of this address. Throws NOT_FOUND, ADDRESS_INVALID. */
export async function findPerson(config: Config, email: string, deps: { readonly clock: Clock; readonly log?: Log }): Promise<PersonId> {
  const { store, identity, mailer } = await openKept(config, deps.clock, deps.log ?? silentLog)
  try {
    const person = await identity.people.find(email)
    if (person === undefined) throw new ThroughlineError('NOT_FOUND', `Nobody here has the address ${email}.`)
    return person.personId
  } finally {
    mailer?.close()
    await identity.close()
    await store.close()
  }
}

/** What the operator does with requests on the command line, beside a running cloud or without one; audited. */
export interface OperatorRequests {
  list(): Promise<readonly (PrivacyRequest & { readonly shownAddress: string | undefined })[]>
  enter(letter: { email: string; kind: RequestKind; text: string }): Promise<PrivacyRequest>
  end(requestId: string, answer: { state: 'answered' | 'refused'; note: string }): Promise<PrivacyRequest>
  extend(requestId: string, reason: string): Promise<PrivacyRequest>
}

/** Opens the store, lets `work` work, and closes it. Throws what the store and the work throw. */
export async function withRequests<T>(
  config: Config,
  { clock, log = silentLog }: { readonly clock: Clock; readonly log?: Log },
  work: (requests: OperatorRequests) => Promise<T>,
): Promise<T> {
  const { store, identity, mailer, adminPersonId } = await openKept(config, clock, log)
  const audit = createAudit({ store, clock, log })
  const desk = openRequestDesk({ store, people: identity.people, mailer, publicUrl: config.publicUrl, clock })
  const noted = async (request: PrivacyRequest, what: 'made' | 'answered' | 'refused' | 'extended') => {
    await audit.record({
      action: what === 'made' ? 'privacy-request-made' : 'privacy-request-changed',
      spaceId: undefined,
      personId: adminPersonId,
      via: 'operator',
      subject: { kind: 'privacy-request', id: request.requestId },
      details: { kind: request.kind, what, method: request.way },
    })
    return request
  }
  try {
    return await work({
      list: async () =>
        Promise.all((await desk.list()).map(async (request) => ({ ...request, shownAddress: await desk.addressOf(request) }))),
      enter: async (letter) => noted(await desk.enter(letter), 'made'),
      end: async (requestId, answer) => noted(await desk.end(requestId, answer), answer.state),
      extend: async (requestId, reason) => noted(await desk.extend(requestId, reason), 'extended'),
    })
  } finally {
    mailer?.close()
    await audit.close()
    await identity.close()
    await store.close()
  }
}

import { createAudit } from '../../cloud/audit/audit.ts'
import { emailHash, parseEmailAddress } from '../../cloud/identity/email-address.ts'
import { createBreachNotices, type NoticeCounts, type NoticeRecipient } from '../../cloud/privacy/breach/breach-notice.ts'
import { readNoticeTemplate } from '../../cloud/privacy/breach/notice-template.ts'
import type { Config } from '../config/read-config.ts'
import type { PersonId, SpaceId } from '../domain/ids.ts'
import type { Person } from '../domain/model.ts'
import { ThroughlineError } from '../errors/throughline-error.ts'
import type { Clock } from '../support/clock.ts'
import { silentLog, type Log } from '../support/log.ts'
import { openKept, type Kept } from './kept.ts'

/** Whom a notice is for. */
export type NoticeAudience =
  | { readonly is: 'all' }
  | { readonly is: 'space'; readonly spaceId: string }
  | { readonly is: 'list'; readonly addresses: readonly string[] }

export interface NoticeOrder {
  /** The text of the template. */
  readonly template: string
  readonly audience: NoticeAudience
  /** Undefined: only looked at, nothing is sent. */
  readonly send?: {
    readonly isUnclearAgain: boolean
    readonly onProgress: (counts: NoticeCounts) => void
    readonly stop: AbortSignal
  }
}

export interface NoticeReport {
  readonly people: number
  /** The mail to the first of them, filled in. */
  readonly sample: { readonly to: string; readonly subject: string; readonly text: string } | undefined
  /** Undefined when it was only looked at. */
  readonly counts: NoticeCounts | undefined
}

/**
 * Mails the notice of a breach to whom it is about, from the store itself, whether or not the cloud runs. Audited before the first
 * mail and after the last, with counts. Throws BODY_UNPROCESSABLE, ADDRESS_INVALID, NOT_FOUND, CONFIG_INVALID, STORE_UNAVAILABLE.
 */
export async function breachNotice(
  config: Config,
  { template: source, audience, send }: NoticeOrder,
  { clock, log = silentLog }: { readonly clock: Clock; readonly log?: Log },
): Promise<NoticeReport> {
  const template = readNoticeTemplate(source)
  if (template.uses.has('space') && audience.is !== 'space')
    throw new ThroughlineError('BODY_UNPROCESSABLE', 'The template names {space}; that is known with --space only.')
  const kept = await openKept(config, clock, log)
  const audit = createAudit({ store: kept.store, clock, log })
  try {
    const recipients = await recipientsOf(kept, audience)
    const [first] = recipients
    const date = new Date(clock.nowMs()).toISOString().slice(0, 10)
    const sample = first && { to: first.address, ...template.filledFor({ ...first, name: first.name ?? first.address, date }) }
    const report = { people: recipients.length, sample, counts: undefined }
    if (send === undefined || first === undefined) return report
    if (kept.mailer === undefined)
      throw new ThroughlineError('CONFIG_INVALID', 'No mail server is set; set THROUGHLINE_SMTP_URL to send the notice.')
    const noted = (details: { readonly step: string; readonly count?: number; readonly outcome?: string }) =>
      audit.record({
        action: 'breach-notified',
        spaceId: audience.is === 'space' ? (audience.spaceId as SpaceId) : undefined,
        personId: kept.adminPersonId,
        via: 'operator',
        subject: undefined,
        details: { scope: audience.is, people: recipients.length, ...details },
      })
    await noted({ step: 'begun' })
    const counts = await createBreachNotices({ store: kept.store, mailer: kept.mailer, clock }).send(template, recipients, send)
    await noted({
      step: 'ended',
      count: counts.sent,
      outcome: counts.left + counts.unclear + counts.refused === 0 ? 'all-told' : 'some-left',
    })
    return { ...report, counts }
  } finally {
    kept.mailer?.close()
    await audit.close()
    await kept.identity.close()
    await kept.store.close()
  }
}

async function recipientsOf({ store, identity, metadata }: Kept, audience: NoticeAudience): Promise<readonly NoticeRecipient[]> {
  const found = new Map<string, NoticeRecipient>()
  const add = (address: string, name: string | undefined, space?: string) => {
    if (!found.has(emailHash(address))) found.set(emailHash(address), { address, name, ...(space !== undefined && { space }) })
  }
  const addPerson = (person: Person | undefined, space?: string) => person && add(person.email, person.name, space)
  if (audience.is === 'list') {
    for (const each of audience.addresses) {
      const address = parseEmailAddress(each)
      add(address, (await identity.people.find(address))?.name)
    }
  } else if (audience.is === 'space') {
    const spaceId = audience.spaceId as SpaceId
    const space = await metadata.spaces.get(spaceId)
    if (space === undefined) throw new ThroughlineError('NOT_FOUND', 'There is no such space.')
    // Who was only invited is told, too: their address is kept here.
    for (const { personId } of await metadata.roster.list(spaceId)) addPerson(await identity.people.get(personId), space.name)
  } else {
    let after: Parameters<typeof store.everything>[0] = {}
    for (;;) {
      const { items, next } = await store.everything(after)
      for (const { kind, partition, isDeleted } of items)
        if (kind === 'person' && !isDeleted) addPerson(await identity.people.get(partition.slice('person#'.length) as PersonId))
      if (next === undefined) break
      after = { after: next }
    }
  }
  return [...found.values()]
}

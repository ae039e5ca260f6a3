import { emailHash } from '../../cloud/identity/email-address.ts'
import type { People } from '../../cloud/identity/people.ts'
import type { Roster } from '../../cloud/metadata/spaces/roster.ts'
import type { Spaces } from '../../cloud/metadata/spaces/spaces.ts'
import { createConsents, type AnalyticsProvider } from '../../cloud/privacy/consent/consents.ts'
import { createExports } from '../../cloud/privacy/export/exports.ts'
import type { BackupList, MirrorView } from '../../cloud/privacy/ports.ts'
import { createReceipts } from '../../cloud/privacy/receipt/receipts.ts'
import type { Subject } from '../../cloud/privacy/receipt/subject.ts'
import type { MetadataStore } from '../../cloud/store/port.ts'
import type { Config } from '../config/read-config.ts'
import type { PersonId } from '../domain/ids.ts'
import { ThroughlineError } from '../errors/throughline-error.ts'
import type { Clock } from '../support/clock.ts'

export interface OwnDataDeps {
  readonly store: MetadataStore
  readonly apart: Pick<MetadataStore, 'everything'>
  readonly people: Pick<People, 'get'>
  readonly roster: Pick<Roster, 'spacesOf'>
  readonly spaces: Pick<Spaces, 'get'>
  /** Undefined: there is none, and receipts say so. */
  readonly mirror?: MirrorView | undefined
  readonly backups?: BackupList | undefined
  readonly analytics: AnalyticsProvider | undefined
  readonly clock: Clock
}

/** What people see, take along and decide of what is held about them. */
export function openOwnData({ people, roster, spaces, analytics, ...deps }: OwnDataDeps) {
  const subjectOf = async (personId: string): Promise<Subject> => {
    const [person, places] = await Promise.all([people.get(personId as PersonId), roster.spacesOf(personId as PersonId)])
    if (person === undefined) throw new ThroughlineError('NOT_FOUND', 'This person is no more.')
    const known = await Promise.all(places.map(async ({ spaceId, member }) => ({ space: await spaces.get(spaceId), member })))
    return {
      personId,
      // Rooms and audits name a member of a space by the id they have there.
      names: [person.email, emailHash(person.email), ...places.map(({ member }) => member.memberId)],
      spaces: known.flatMap(({ space, member }) =>
        space === undefined || member.invitation !== undefined
          ? []
          : [{ spaceId: space.spaceId, name: space.name, isAdmin: member.role === 'admin' }],
      ),
    }
  }
  const { store, clock } = deps
  return {
    receipts: createReceipts({ ...deps, subjectOf }),
    exports: createExports({ ...deps, links: store, subjectOf }),
    consents: createConsents({ store, provider: analytics, clock }),
  }
}

/** The analytics of the settings, which stand together or not at all. */
export function analyticsOf({ analyticsScriptUrl, analyticsName, analyticsPurpose }: Config): AnalyticsProvider | undefined {
  if (analyticsScriptUrl === undefined || analyticsName === undefined || analyticsPurpose === undefined) return undefined
  return { scriptUrl: analyticsScriptUrl, name: analyticsName, purpose: analyticsPurpose }
}

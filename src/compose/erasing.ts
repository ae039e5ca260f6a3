import type { Identity } from '../../cloud/identity/identity.ts'
import type { ReportingMailer } from '../../cloud/identity/mailer.ts'
import type { Metadata } from '../../cloud/metadata/metadata.ts'
import { createErasures, type Erasures } from '../../cloud/privacy/erasure/erasures.ts'
import type { Ledger } from '../../cloud/privacy/ledger.ts'
import type { BackupList, MirrorView } from '../../cloud/privacy/ports.ts'
import type { MetadataStore } from '../../cloud/store/port.ts'
import type { Auditor } from '../domain/audit.ts'
import type { KeySubject, SubjectKeys } from '../domain/key-subject.ts'
import type { Clock } from '../support/clock.ts'
import type { Log } from '../support/log.ts'

export interface ErasingDeps {
  readonly raw: MetadataStore
  readonly apart: MetadataStore
  readonly ledger: Ledger
  readonly keys: SubjectKeys
  readonly metadata: Pick<Metadata, 'unfinished'>
  readonly identity: Pick<Identity, 'certificates'>
  readonly mailer: Pick<ReportingMailer, 'deliver'> | undefined
  readonly auditor: Auditor
  readonly publicUrl: string
  readonly mirror: MirrorView | undefined
  readonly backups: BackupList | undefined
  /** What stands in the mirror for an id of a kind. */
  readonly pseudonym: (kind: string, id: string) => string
  /** Finishes taking people, or spaces, apart where that broke off. */
  readonly finish: (kind: KeySubject['kind']) => Promise<void>
  readonly clock: Clock
  readonly log: Log
}

/** The notes under which the metadata and the identity side keep the work of taking somebody apart. */
const workOf = ({ kind, id }: KeySubject) => `${kind === 'space' ? 'space' : 'account'}/${id}`

/** Erasures on what is kept. */
export function openErasures({ metadata, identity, mailer, pseudonym, finish, ...deps }: ErasingDeps): Erasures {
  return createErasures({
    ...deps,
    notes: metadata.unfinished,
    isUnderWay: async (subject) => (await metadata.unfinished.find(workOf(subject))) !== undefined,
    finish: ({ kind }) => finish(kind),
    mirrorNames: ({ kind, id }) => [pseudonym(kind, id)],
    sign: (claims) => identity.certificates.sign(claims),
    deliver: mailer === undefined ? undefined : async (mail) => (await mailer.deliver(mail)).is,
  })
}

import { createAccountRemoval, type AccountRemoval } from '../../cloud/identity/account/account-removal.ts'
import type { Identity } from '../../cloud/identity/identity.ts'
import type { InvitationMail } from '../../cloud/identity/invitation-mail.ts'
import type { Metadata } from '../../cloud/metadata/metadata.ts'
import { createAccountPlaces } from '../../cloud/metadata/spaces/account-places.ts'
import { createInvitations, type Invitations } from '../../cloud/metadata/spaces/invitations.ts'
import { createSpaceRemoval, type SpaceRemoval, type SpaceRemovalPorts } from '../../cloud/metadata/spaces/space-removal.ts'
import type { MetadataStore } from '../../cloud/store/port.ts'
import type { PersonId, SpaceId } from '../domain/ids.ts'
import type { KeySubject } from '../domain/key-subject.ts'
import { asThroughlineError } from '../errors/throughline-error.ts'
import type { Clock } from '../support/clock.ts'
import type { Log } from '../support/log.ts'

/** What needs spaces, people and links at once. */
export interface Tenancy {
  readonly invitations: Invitations
  readonly spaceRemoval: SpaceRemoval
  readonly accountRemoval: AccountRemoval
  /** Finishes whatever a crash left half done; at start, and from time to time. */
  sweep(): Promise<void>
  /** Finishes taking people, or spaces, apart where that broke off. */
  finish(kind: KeySubject['kind']): Promise<void>
}

/** What follows when somebody is taken apart: the ledger, the key, the mirror, the certificate. */
export interface TenancyErasures {
  begin(subject: KeySubject, mailTo?: string): Promise<{ readonly erasureId: string; readonly token: string }>
  cancel(subject: KeySubject): Promise<void>
  note(subject: KeySubject): Promise<void>
  rowsGone(subject: KeySubject): Promise<void>
  resume(): Promise<void>
}

const person = (id: PersonId): KeySubject => ({ kind: 'person', id })
const space = (id: SpaceId): KeySubject => ({ kind: 'space', id })

export interface TenancyDeps {
  readonly store: MetadataStore
  readonly metadata: Metadata
  readonly identity: Pick<Identity, 'people' | 'forget' | 'identities' | 'passkeys' | 'apiTokens' | 'listSignIns' | 'endOtherSignIns'>
  readonly mail: Pick<InvitationMail, 'send'>
  readonly removeNode: SpaceRemovalPorts['removeNode']
  /** The browsers that somebody is notified on, which go when they leave a space. */
  readonly browsers: {
    listOf(spaceId: SpaceId, personId: PersonId): Promise<readonly unknown[]>
    forget(spaceId: SpaceId, personId: PersonId): Promise<void>
  }
  /** An hour after the end of a space. */
  readonly onSpaceForgotten: SpaceRemovalPorts['forgotten']
  readonly erasures: TenancyErasures
  readonly clock: Clock
  readonly log: Log
}

/** Builds the parts of tenancy that stand on several others. */
export function createTenancy({
  store,
  metadata,
  identity,
  mail,
  removeNode,
  browsers,
  onSpaceForgotten,
  erasures,
  clock,
  log,
}: TenancyDeps): Tenancy {
  const { spaces, roster, roomRemoval, unfinished } = metadata
  const invitations = createInvitations({
    roster,
    unfinished,
    people: {
      ...identity.people,
      async forgetIfUnused(personId) {
        // Whoever owns the installation may not have signed in yet.
        if ((await spaces.installation())?.adminPersonId !== personId) await identity.people.forgetIfUnused(personId)
      },
    },
    spaceName: async (spaceId) => (await spaces.get(spaceId))?.name,
    mail,
    clock,
  })
  const spaceRemoval = createSpaceRemoval({
    store,
    spaces,
    roster,
    unfinished,
    ports: {
      removeNode,
      onClosed(spaceId, members) {
        for (const { personId } of members) identity.forget.forgetMember(spaceId, personId)
        identity.forget.forgetRooms(spaceId)
      },
      endTokens: (spaceId) => metadata.claimTokens.revokeAll(spaceId),
      settle: (spaceId, { personId }) => invitations.settle(spaceId, personId),
      forgotten: onSpaceForgotten,
      beginErasure: (spaceId) => erasures.begin(space(spaceId)),
      noteErased: (spaceId) => erasures.note(space(spaceId)),
      rowsGone: (spaceId) => erasures.rowsGone(space(spaceId)),
    },
    clock,
    log,
  })
  const places = createAccountPlaces({
    store,
    spaces,
    roster,
    rooms: metadata.rooms,
    nodes: metadata.nodes,
    invitations,
    async countOwn(spaceId, personId) {
      const [own, silences] = await Promise.all([browsers.listOf(spaceId, personId), metadata.silences.list(spaceId)])
      return { browsers: own.length, silences: silences.filter((silence) => silence.personId === personId).length }
    },
    async onLeft(spaceId, personId) {
      identity.forget.forgetMember(spaceId, personId)
      identity.forget.forgetRooms(spaceId)
      await browsers.forget(spaceId, personId)
      await metadata.silences.removeOf(spaceId, personId)
    },
  })
  const accountRemoval = createAccountRemoval({
    store,
    identity,
    places,
    notes: unfinished,
    erasure: {
      begin: (personId, email) => erasures.begin(person(personId), email),
      cancel: (personId) => erasures.cancel(person(personId)),
      note: (personId) => erasures.note(person(personId)),
      rowsGone: (personId) => erasures.rowsGone(person(personId)),
    },
    clock,
    log,
  })
  return {
    invitations,
    spaceRemoval,
    accountRemoval,
    async sweep() {
      for (const [name, part] of Object.entries({
        spaceRemoval,
        roomRemoval,
        invitations,
        accountRemoval,
        erasures: { sweep: () => erasures.resume() },
      })) {
        try {
          await part.sweep()
        } catch (thrown) {
          const { code } = asThroughlineError(thrown)
          // A store that is away stops everything; one damaged item must not keep the cloud from starting.
          if (code === 'STORE_UNAVAILABLE') throw thrown
          log.error('sweep_broke_off', { part: name, code })
        }
      }
    },
    finish: (kind) => (kind === 'space' ? spaceRemoval.sweep() : accountRemoval.sweep()),
  }
}

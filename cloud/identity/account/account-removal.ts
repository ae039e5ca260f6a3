import type { PersonId, SignInId, SpaceId } from '../../../src/domain/ids.ts'
import { asThroughlineError, ThroughlineError } from '../../../src/errors/throughline-error.ts'
import type { Clock } from '../../../src/support/clock.ts'
import type { Log } from '../../../src/support/log.ts'
import type { MetadataStore, StoredItem } from '../../store/port.ts'
import type { ApiTokens } from '../api-tokens.ts'
import { identityLimits } from '../limits.ts'
import type { Passkeys } from '../passkeys/passkeys.ts'
import { personPartition, personSort, type People } from '../people.ts'
import type { Identities } from '../providers/identities.ts'

/** A space somebody is in or invited to, and what it would lose with them. */
export interface AccountPlace {
  readonly spaceId: SpaceId
  readonly name: string
  /** False: invited, without an answer yet. */
  readonly isMember: boolean
  readonly isSoleAdmin: boolean
  readonly otherMembers: number
  readonly nodes: number
  /** Invitations that the person sent and nobody has accepted. */
  readonly sent: number
  /** What they have there for themselves alone: browsers that are notified, and silences. */
  readonly browsers: number
  readonly silences: number
}

/** What erasing an account asks of the metadata side. All of it may be repeated. */
export interface AccountPlaces {
  list(personId: PersonId): Promise<readonly AccountPlace[]>
  /** Out of the space and its rooms, with the invitations they sent there. Throws LAST_ADMIN, and then they stay. */
  leave(personId: PersonId, spaceId: SpaceId): Promise<void>
  /** Whoever owns the installation gives it to another admin of its first space, if there is one. */
  handOver(personId: PersonId): Promise<void>
}

/** What a crash must not leave half done; structurally the metadata side's notes of unfinished work. */
export interface AccountNotes {
  note(name: string, data: { readonly atMs: number }): Promise<void>
  list(prefix: string): Promise<readonly StoredItem[]>
  find(name: string): Promise<StoredItem | undefined>
  strike(item: StoredItem): Promise<void>
}

/** One part of erasing somebody. Steps run in order, each may be repeated after a crash, none looks at what the ones before left. */
export interface ErasureStep {
  readonly name: string
  run(personId: PersonId): Promise<void>
}

/** What deleting an account would do, before it is done. */
export interface RemovalPlan {
  readonly email: string
  readonly soleAdminOf: readonly AccountPlace[]
  readonly leaves: readonly AccountPlace[]
  readonly counts: Readonly<
    Record<
      | 'signIns'
      | 'passkeys'
      | 'identities'
      | 'apiTokens'
      | 'memberships'
      | 'invitations'
      | 'sent'
      | 'browsers'
      | 'silences'
      | 'exports'
      | 'consents',
      number
    >
  >
}

/** How an erasure that takes more than the rows follows an account that is taken apart; all but `begin` may be repeated. */
export interface AccountErasure {
  /** Before anything happens; `email` is for the one mail that confirms it. */
  begin(personId: PersonId, email: string): Promise<BegunErasure>
  /** The person stays after all. */
  cancel(personId: PersonId): Promise<void>
  /** Nobody gets in as this person any more and every space is left: from here on no write brings them back. */
  note(personId: PersonId): Promise<void>
  /** Their rows are gone. */
  rowsGone(personId: PersonId): Promise<void>
}

/** How an erasure is looked at without a session. */
export interface BegunErasure {
  readonly erasureId: string
  readonly token: string
}

/** What deleting an account came to. */
export interface RemovedAccount {
  readonly left: readonly SpaceId[]
  readonly erasure: BegunErasure
}

/** Deleting an account (D3): unreachable at once, erased when it resolves, finished by the next start after a crash. */
export interface AccountRemoval {
  /** Throws NOT_FOUND for a person who is no more. */
  plan(personId: PersonId): Promise<RemovalPlan>
  /**
   * Erases the person. `email` is what they typed. Throws BODY_UNPROCESSABLE for another address, SOLE_ADMIN while a space would be
   * left without an admin; then nothing is erased. Answers the spaces that were left, and where the rest of it can be followed.
   */
  remove(personId: PersonId, email: string): Promise<RemovedAccount>
  /** Finishes what a crash left, and takes away what landed behind an erasure. */
  sweep(): Promise<void>
}

export interface AccountRemovalDeps {
  readonly store: MetadataStore
  readonly identity: {
    readonly people: People
    readonly identities: Identities
    readonly passkeys: Pick<Passkeys, 'list'>
    readonly apiTokens: Pick<ApiTokens, 'list' | 'revoke'>
    listSignIns(personId: PersonId): Promise<readonly unknown[]>
    endOtherSignIns(personId: PersonId, keep: SignInId | undefined): Promise<readonly SignInId[]>
  }
  readonly places: AccountPlaces
  readonly notes: AccountNotes
  readonly erasure: AccountErasure
  /** More that goes with a person, before the person itself. */
  readonly moreSteps?: readonly ErasureStep[]
  readonly clock: Clock
  readonly log: Log
}

const prefix = 'account/'

export function createAccountRemoval({
  store,
  identity,
  places,
  notes,
  erasure,
  moreSteps = [],
  clock,
  log,
}: AccountRemovalDeps): AccountRemoval {
  const { people, identities, passkeys, apiTokens } = identity

  const eachItem = async (personId: PersonId, act: (item: StoredItem) => Promise<void>): Promise<void> => {
    let after: string | undefined
    do {
      const page = await store.list(personPartition(personId), { limit: 100, ...(after === undefined ? {} : { after }) })
      for (const item of page.items) await act(item)
      after = page.next
    } while (after !== undefined)
  }
  const drop = async (item: StoredItem): Promise<void> => {
    let current: StoredItem | undefined = item
    while (current !== undefined && !(await store.remove(current, current.revision))) current = await store.read(current)
  }

  /** Nobody gets in as this person from here on. */
  const shut: readonly ErasureStep[] = [
    { name: 'hidden', run: (personId) => people.beginLeaving(personId) },
    { name: 'sign-ins', run: async (personId) => void (await identity.endOtherSignIns(personId, undefined)) },
    {
      name: 'api-tokens',
      async run(personId) {
        for (const { tokenId } of await apiTokens.list(personId)) await apiTokens.revoke(personId, tokenId)
      },
    },
  ]
  /** After the spaces were left nothing stands in the way any more. */
  const erase: readonly ErasureStep[] = [
    { name: 'ownership', run: (personId) => places.handOver(personId) },
    {
      name: 'identities',
      async run(personId) {
        // What keeps an account elsewhere unique lies in another partition; every side names one, also those that count for nothing.
        for (const identityId of await identities.idsOf(personId)) await identities.unlink(personId, identityId)
      },
    },
    ...moreSteps,
    {
      name: 'rest',
      run: (personId) => eachItem(personId, async (item) => (item.sort === personSort ? undefined : drop(item))),
    },
    { name: 'person', run: (personId) => people.erase(personId) },
  ]

  const leaveAll = async (personId: PersonId): Promise<SpaceId[]> => {
    const left: SpaceId[] = []
    for (const { spaceId, isMember } of await places.list(personId)) {
      await places.leave(personId, spaceId)
      if (isMember) left.push(spaceId)
    }
    return left
  }

  /** Undefined: a space would have been left without an admin, so the person stays. */
  const finish = async (personId: PersonId): Promise<SpaceId[] | undefined> => {
    for (const step of shut) await step.run(personId)
    let left: SpaceId[] = []
    try {
      left = await leaveAll(personId)
    } catch (thrown) {
      if (asThroughlineError(thrown).code !== 'LAST_ADMIN') throw thrown
      // The other admin left at the same moment. Whoever was erased already is past that: then it is a space nobody uses.
      if (await people.endLeaving(personId)) return undefined
      log.warn('space_without_admin', { personId })
    }
    // Only now: who may have to stay is not in the ledger, and nothing that cannot be had again is gone yet.
    await erasure.note(personId)
    for (const step of erase) await step.run(personId)
    await erasure.rowsGone(personId)
    return left
  }

  const soleAdmin = (names: readonly string[]) =>
    new ThroughlineError(
      'SOLE_ADMIN',
      `You are the only admin of ${names.length === 0 ? 'a space' : names.map((name) => `"${name}"`).join(', ')}. Make somebody else admin there, or delete it first.`,
    )

  const plan = async (personId: PersonId): Promise<RemovalPlan> => {
    const person = await people.get(personId)
    if (person === undefined) throw new ThroughlineError('NOT_FOUND', 'This person is no more.')
    const [all, signIns, keys, linked, tokens] = await Promise.all([
      places.list(personId),
      identity.listSignIns(personId),
      passkeys.list(personId),
      identities.list(personId),
      apiTokens.list(personId),
    ])
    const members = all.filter(({ isMember }) => isMember)
    const kinds: string[] = []
    await eachItem(personId, async ({ kind }) => void kinds.push(kind))
    const sum = (member: 'sent' | 'browsers' | 'silences') => all.reduce((total, place) => total + place[member], 0)
    return {
      email: person.email,
      soleAdminOf: members.filter(({ isSoleAdmin }) => isSoleAdmin),
      leaves: members.filter(({ isSoleAdmin }) => !isSoleAdmin),
      counts: {
        signIns: signIns.length,
        passkeys: keys.length,
        identities: linked.length,
        apiTokens: tokens.length,
        memberships: members.length,
        invitations: all.length - members.length,
        sent: sum('sent'),
        browsers: sum('browsers'),
        silences: sum('silences'),
        exports: kinds.filter((kind) => kind === 'export-file').length,
        consents: kinds.filter((kind) => kind === 'consent').length,
      },
    }
  }

  return {
    plan,
    async remove(personId, typed) {
      const { email, soleAdminOf } = await plan(personId)
      if (typed.trim().toLowerCase() !== email)
        throw new ThroughlineError('BODY_UNPROCESSABLE', 'This is not the address of your account; type it exactly.')
      if (soleAdminOf.length > 0) throw soleAdmin(soleAdminOf.map(({ name }) => name))
      const name = `${prefix}${personId}`
      const begun = await erasure.begin(personId, email)
      await notes.note(name, { atMs: clock.nowMs() })
      const left = await finish(personId)
      if (left === undefined) {
        const work = await notes.find(name)
        if (work !== undefined) await notes.strike(work)
        await erasure.cancel(personId)
        throw soleAdmin([])
      }
      log.info('account_erased', { personId })
      return { left, erasure: begun }
    },
    async sweep() {
      for (const work of await notes.list(prefix)) {
        const personId = work.sort.slice(prefix.length) as PersonId
        const left = await finish(personId)
        if (left === undefined) await erasure.cancel(personId)
        const { atMs } = work.data as { atMs: number }
        // It stays for a while after the end: what was on its way when the person went is swept up with it.
        if (left === undefined || clock.nowMs() - atMs >= identityLimits.erasedPersonWatchedMs) await notes.strike(work)
      }
    },
  }
}

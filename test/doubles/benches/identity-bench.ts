import { join } from 'node:path'
import { createIdentity, type IdentityDeps, type SecondFactorAsked, type SignedIn } from '../../../cloud/identity/identity.ts'
import type { MemberId, NodeId, PersonId, SpaceId } from '../../../src/domain/ids.ts'
import type { Member, Role, Room } from '../../../src/domain/model.ts'
import { silentLog } from '../../../src/support/log.ts'
import { createHandClock } from '../hand-clock.ts'
import { createSealedMemoryStore } from '../stores/memory-store.ts'
import { testKeys, testSeals } from '../stores/test-seals.ts'
import { temporaryFolder } from '../temporary-folder.ts'

/** The one space of these tests. */
export const spaceId = '11111111-1111-4111-8111-111111111111' as SpaceId
/** Another space, in which only those are who `otherRoles` names. */
export const otherSpaceId = '55555555-5555-4555-8555-555555555555' as SpaceId
/** The one node of that space. */
export const nodeId = '22222222-2222-4222-8222-222222222222' as NodeId

/** The membership of a person in these tests. */
export const memberIdOf = (personId: PersonId) => personId as string as MemberId

/** The sign-in of somebody who has no second factor. */
export function signedIn(outcome: SignedIn | SecondFactorAsked): SignedIn {
  if (outcome.state !== 'signed-in') throw new Error('a second factor was asked for')
  return outcome
}

/** A real identity on a store in memory, with one space whose admin is owner@example.com, roles that can be changed, and links caught. */
export async function createIdentityBench(overrides: Partial<IdentityDeps> = {}) {
  const clock = createHandClock()
  const store = createSealedMemoryStore(clock, testKeys)
  const roles = new Map<PersonId, Role>()
  const otherRoles = new Map<PersonId, Role>()
  const linksWithoutMail: string[] = []
  const rooms: Room[] = []
  let adminPersonId: PersonId | undefined
  const memberOf = (personId: PersonId, from = roles): Member | undefined => {
    const role = from.get(personId)
    return role && { memberId: memberIdOf(personId), personId, role, sinceMs: 1, invitation: undefined }
  }
  const keysFolder = join(temporaryFolder(), 'keys')
  const deps: IdentityDeps = {
    store,
    seals: testSeals,
    clock,
    log: silentLog,
    publicUrl: 'https://localhost:8443',
    keysFolder,
    spaces: {
      installation: async () => (adminPersonId === undefined ? undefined : { spaceId, adminPersonId }),
      find: async (space, personId) =>
        space === spaceId ? memberOf(personId) : space === otherSpaceId ? memberOf(personId, otherRoles) : undefined,
      spacesOf: async (personId) => [memberOf(personId)].flatMap((member) => (member === undefined ? [] : [{ spaceId, member }])),
      rooms: async () => rooms,
    },
    nodes: { get: async (space, node) => (space === spaceId && node === nodeId ? { roomIds: [], info: undefined } : undefined) },
    onLinkWithoutMail: (link) => void linksWithoutMail.push(link),
    ...overrides,
  }
  const identity = await createIdentity(deps)
  const owner = await identity.people.ensure('owner@example.com')
  adminPersonId = owner.personId
  roles.set(owner.personId, 'admin')

  const cookieOf = ({ accessToken, refreshToken }: { accessToken: string; refreshToken: string }) =>
    `__Host-throughline=${accessToken}; __Host-throughline-refresh=${refreshToken}`
  const signIn = async (personId = owner.personId) => {
    const { token } = await identity.links.issue(personId)
    return signedIn(await identity.signIn(token))
  }
  return { identity, deps, clock, store, roles, otherRoles, rooms, owner, linksWithoutMail, keysFolder, signIn, cookieOf }
}

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { createIdentity, type IdentityDeps } from '../../cloud/identity/identity.ts'
import type { NodeId, PersonId, SpaceId } from '../../src/domain/ids.ts'
import type { Role } from '../../src/domain/model.ts'
import { silentLog } from '../../src/support/log.ts'
import { createHandClock } from './hand-clock.ts'
import { createMemoryStore } from './memory-store.ts'

/** The one space of these tests. */
export const spaceId = '11111111-1111-4111-8111-111111111111' as SpaceId
/** The one node of that space. */
export const nodeId = '22222222-2222-4222-8222-222222222222' as NodeId

/** A folder that is gone when the test is over. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'throughline-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** A real identity on a store in memory, with one space whose admin is owner@example.com, roles that can be changed, and links caught. */
export async function createIdentityBench(overrides: Partial<IdentityDeps> = {}) {
  const clock = createHandClock()
  const store = createMemoryStore(clock)
  const roles = new Map<PersonId, Role>()
  const linksWithoutMail: string[] = []
  let adminPersonId: PersonId | undefined
  const keysFolder = join(temporaryFolder(), 'keys')
  const deps: IdentityDeps = {
    store,
    clock,
    log: silentLog,
    publicUrl: 'https://localhost:8443',
    keysFolder,
    spaces: {
      installation: async () => (adminPersonId === undefined ? undefined : { spaceId, adminPersonId }),
      roleOf: async (space, personId) => (space === spaceId ? roles.get(personId) : undefined),
    },
    nodes: { isIn: async (space, node) => space === spaceId && node === nodeId },
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
    return identity.signIn(token)
  }
  return { identity, deps, clock, store, roles, owner, linksWithoutMail, keysFolder, signIn, cookieOf }
}

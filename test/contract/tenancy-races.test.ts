import { describe, expect, it } from 'vitest'
import { createPeople } from '../../cloud/identity/people.ts'
import { createMetadata } from '../../cloud/metadata/metadata.ts'
import { createInvitations } from '../../cloud/metadata/spaces/invitations.ts'
import type { PersonId } from '../../src/domain/ids.ts'
import { silentLog } from '../../src/support/log.ts'
import { contractStore, contractStoreNames } from '../doubles/stores/contract-stores.ts'
import { createHandClock } from '../doubles/hand-clock.ts'
import { claimAgent, newUuid } from '../doubles/agents/metadata-agents.ts'
import { testSeals } from '../doubles/stores/test-seals.ts'

const fifty = Array.from({ length: 50 }, (_, n) => n)
const processes = 5

describe.each(contractStoreNames)('[SP27] fifty writers at a time on %s', (name) => {
  /** Several processes over one store: each has services of its own, so that only the store's conditions part them. */
  async function start() {
    const clock = createHandClock()
    const store = (await contractStore(name, clock))()
    const all = Array.from({ length: processes }, () => {
      const metadata = createMetadata({ store, seals: testSeals, clock, log: silentLog })
      const people = createPeople({ store, clock })
      const { roster, unfinished } = metadata
      const invitations = createInvitations({ roster, unfinished, people, spaceName: async () => 'Lab', mail: { send: () => {} }, clock })
      return { metadata, people, invitations }
    })
    const [first] = all
    if (first === undefined) throw new Error('no process')
    const owner = await first.people.ensure('owner@example.com')
    const { spaceId } = await first.metadata.spaces.ensureFirst({ name: 'Lab', adminPersonId: owner.personId })
    const one = (n: number) => all[n % processes] ?? first
    /** Whoever lost too many races is told CONFLICT, and tries again as a client would. */
    const patient = async <T>(work: () => Promise<T>): Promise<T> => {
      for (;;) {
        try {
          return await work()
        } catch (thrown) {
          if (!(thrown instanceof Error) || !thrown.message.includes('changed too often')) throw thrown
        }
      }
    }
    return { ...first, one, patient, owner, spaceId, store, clock }
  }
  const timeout = { timeout: 120_000 }

  it('an admin stays, whoever removes, demotes or leaves', timeout, async () => {
    const { metadata, one, patient, spaceId } = await start()
    for (let n = 0; n < 9; n++) {
      const personId = newUuid<PersonId>()
      const { invitation } = await metadata.roster.invite(spaceId, { personId, role: 'admin', byPersonId: personId })
      await metadata.roster.accept(spaceId, personId, invitation?.invitationId ?? '')
    }
    const members = await metadata.roster.list(spaceId)
    const outcomes = await Promise.allSettled(
      fifty.map((n) => {
        const { memberId } = members[n % members.length] ?? members[0] ?? { memberId: newUuid() }
        const { roster } = one(n).metadata
        return patient<unknown>(() => (n % 2 === 0 ? roster.remove(spaceId, [memberId]) : roster.setRole(spaceId, memberId, 'observer')))
      }),
    )
    const codes = new Set(outcomes.flatMap((each) => (each.status === 'rejected' ? [(each.reason as { code: string }).code] : [])))
    for (const code of codes) expect(['LAST_ADMIN', 'NOT_FOUND']).toContain(code)
    const left = await metadata.roster.list(spaceId)
    expect(left.filter(({ role }) => role === 'admin').length).toBe(1)
  })

  it('one invitation is accepted once, and one address is in once', timeout, async () => {
    const { metadata, people, one, patient, owner, spaceId } = await start()
    const invite = (n: number) =>
      patient(() => one(n).invitations.invite(spaceId, { email: 'new@example.com', role: 'observer', byPersonId: owner.personId }))
    const invites = await Promise.allSettled(fifty.map(invite))
    expect(invites.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    const [, invited] = await metadata.roster.list(spaceId)
    const person = await people.find('new@example.com')
    expect(invited?.personId).toBe(person?.personId)
    const accepts = await Promise.allSettled(
      fifty.map((n) =>
        patient(() => one(n).invitations.accept(spaceId, invited?.personId ?? owner.personId, invited?.invitation?.invitationId ?? '')),
      ),
    )
    expect(accepts.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    expect(await metadata.roster.list(spaceId)).toMatchObject([{ role: 'admin' }, { role: 'observer', invitation: undefined }])
    expect(await metadata.unfinished.list('')).toEqual([])
  })

  it('who is invited and taken back by turns is in the roster and known, or neither', timeout, async () => {
    const { metadata, people, one, patient, owner, spaceId } = await start()
    await Promise.allSettled(
      fifty.map((n) =>
        patient<unknown>(async () => {
          const { invitations } = one(n)
          if (n % 2 === 0) return invitations.invite(spaceId, { email: 'new@example.com', role: 'observer', byPersonId: owner.personId })
          const open = (await metadata.roster.list(spaceId)).flatMap(({ invitation, memberId }) => (invitation ? [memberId] : []))
          return invitations.remove(spaceId, open)
        }),
      ),
    )
    const invited = (await metadata.roster.list(spaceId)).filter(({ invitation }) => invitation !== undefined)
    const person = await people.find('new@example.com')
    expect(invited.map(({ personId }) => personId)).toEqual(person === undefined ? [] : [person.personId])
  })

  it('no change of a room is lost: members, rules and nodes', timeout, async () => {
    const { metadata, one, patient, spaceId } = await start()
    const { roomId } = await metadata.rooms.create(spaceId, { name: 'Room', description: '', memberId: undefined })
    const agents: Awaited<ReturnType<typeof claimAgent>>[] = []
    for (let n = 0; n < 10; n++) agents.push(await claimAgent(metadata, spaceId))
    const rule = (n: number) => ({
      action: 'INCLUDE' as const,
      description: `Rule ${n}`,
      clauses: [{ label: 'n', operator: 'equals' as const, value: String(n), negate: false }],
    })
    const memberIds = fifty.map(() => newUuid<Parameters<typeof metadata.rooms.addMembers>[2][number]>())
    await Promise.all([
      ...fifty.map((n) => patient(() => one(n).metadata.rooms.addMembers(spaceId, roomId, memberIds.slice(n, n + 1)))),
      ...fifty.map((n) => patient(() => one(n).metadata.rooms.addRule(spaceId, roomId, rule(n)))),
      ...fifty.map((n) =>
        patient(() => one(n).metadata.nodes.place(spaceId, roomId, { add: [agents[n % 10]?.nodeId ?? newUuid()], remove: [] })),
      ),
    ])
    const room = await metadata.rooms.get(spaceId, roomId)
    expect(new Set(room?.memberIds)).toEqual(new Set(memberIds))
    expect(new Set(room?.rules.map(({ description }) => description))).toEqual(new Set(fifty.map((n) => `Rule ${n}`)))
    expect((await metadata.nodes.list(spaceId)).map(({ roomIds }) => roomIds)).toEqual(agents.map(() => [roomId]))
    await expect(metadata.rooms.addRule(spaceId, roomId, rule(50))).rejects.toMatchObject({ code: 'LIMIT_REACHED' })
  })
})

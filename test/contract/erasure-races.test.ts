import { describe, expect, it } from 'vitest'
import { mayNameErased } from '../../cloud/privacy/ledger/named-ids.ts'
import { settleMs } from '../../cloud/privacy/erasure/erasure-record.ts'
import type { MetadataStore } from '../../cloud/store/port.ts'
import { boardWith } from '../doubles/benches/board-documents.ts'
import { contractStore, contractStoreNames } from '../doubles/stores/contract-stores.ts'
import { createHandClock } from '../doubles/hand-clock.ts'
import { newUuid } from '../doubles/agents/metadata-agents.ts'
import { createSeeded, seedsOf } from '../doubles/seeded.ts'
import { ownApi, startTenancy } from '../doubles/benches/tenancy-bench.ts'

const email = 'ada@example.com'
const dayMs = 86_400_000

async function everything(store: MetadataStore) {
  const items: string[] = []
  let after: { partition: string; sort: string } | undefined
  do {
    const page = await store.everything(after === undefined ? {} : { after })
    for (const item of page.items)
      if (!item.isDeleted && !mayNameErased(item.kind)) items.push(JSON.stringify({ ...item, blob: undefined }))
    after = page.next
  } while (after !== undefined)
  return items
}

/** Bodies with which the person's own writes get as far as the store; every other route is asked with none. */
const bodies: Readonly<Record<string, readonly unknown[]>> = {
  [`PATCH ${ownApi}/me`]: [{ name: 'Ada Late' }, { timeZone: 'Europe/Berlin' }, { theme: 'dark' }],
  [`POST ${ownApi}/api-tokens`]: [{ name: 'Late', scope: 'scope:all' }],
  [`POST ${ownApi}/spaces`]: [{ name: 'Late space' }],
  [`POST ${ownApi}/members`]: [{ email: 'late@example.com', role: 'observer' }],
  [`POST ${ownApi}/rooms`]: [{ name: 'Late room' }],
  [`POST ${ownApi}/claim-tokens`]: [{ name: 'Late token' }],
  [`POST ${ownApi}/silences`]: [{ name: 'Late quiet', startsAtMs: 0 }],
  [`POST ${ownApi}/me/email`]: [{ email: 'later@example.com' }],
  [`PUT ${ownApi}/consent`]: [{ choice: 'granted' }],
  [`POST ${ownApi}/me/exports`]: [{ format: 'json', scope: 'me' }],
}

describe.each(contractStoreNames)('on %s', (name) => {
  it.each(seedsOf(1))(
    '[ER18] (D4) a deletion raced with every other write of and about the person leaves nothing, whatever came first, and 91 days later neither (seed %i)',
    { timeout: 180_000 },
    async (seed) => {
      const seeded = createSeeded(seed)
      const clock = createHandClock()
      const open = await contractStore(name, clock)
      const lab = await startTenancy({ clock, store: () => open() })
      const ada = await lab.member(email, 'admin')
      const other = await lab.member('bob@example.com', 'admin')
      const bearer = await lab.bearerOf(ada.personId)
      const { room, board } = await (async () => {
        const made = await lab.call('POST', `${ownApi}/rooms`, { cookie: ada.cookie, body: { name: 'Hers' } })
        const { roomId } = made.json as { roomId: string }
        const body = { document: boardWith([]) }
        const kept = await lab.call('POST', `${ownApi}/rooms/${roomId}/boards`, { cookie: ada.cookie, body })
        return { room: roomId, board: kept.json as { boardId: string; revision: number } }
      })()

      const skipped = new Set([`DELETE ${ownApi}/me`, `DELETE ${ownApi}/space`, 'DELETE /api/v1/spaces/:spaceId'])
      const writes = lab.routeRows
        .filter(({ method, path }) => method !== 'GET' && !skipped.has(`${method} ${path}`))
        .flatMap(({ method, path }) => (bodies[`${method} ${path}`] ?? [{}]).map((body) => ({ method, path, body })))
        .map(({ method, path, body }) => {
          const filled = path
            .replaceAll(':spaceId', lab.spaceId)

            .replaceAll(/(?<=\/):\w+/g, () => newUuid())
          return () => lab.call(method, filled.replaceAll('\\:', ':'), { cookie: ada.cookie, body })
        })
      const about = [
        // Others write of them at the same moment.
        () => lab.call('PATCH', `${ownApi}/members/${ada.memberId}`, { cookie: other.cookie, body: { role: 'observer' } }),
        () => lab.call('PUT', `${ownApi}/rooms/${room}/members`, { cookie: other.cookie, body: { add: [ada.memberId], remove: [] } }),
        () => lab.call('POST', `${ownApi}/members`, { cookie: other.cookie, body: { email, role: 'observer' } }),
        () =>
          lab.call('PUT', `${ownApi}/boards/${board.boardId}`, {
            cookie: other.cookie,
            body: { revision: board.revision, document: boardWith([], 'Changed') },
          }),
        () => lab.call('POST', `${ownApi}/spaces`, { bearer, headers: { 'content-type': 'application/json' }, body: { name: 'By token' } }),
        () => lab.identity.links.issue(ada.personId),
        () => lab.identity.apiTokens.create({ spaceId: lab.spaceId, personId: ada.personId, scope: 'scope:all' }),
        () => lab.identity.people.moveTo(ada.personId, 'moved@example.com'),
        () => lab.cookieOf(ada.personId),
      ]
      const deletion = () => lab.call('DELETE', `${ownApi}/me`, { cookie: ada.cookie, body: { email } })
      const jobs: (() => Promise<unknown>)[] = [...writes, ...about]
      // A few at a time, as a server meets them, with the deletion somewhere among them.
      const order = jobs.map((job) => ({ job, at: seeded.below(1_000_000) })).sort((a, b) => a.at - b.at)
      const half = Math.floor(order.length / 2)
      const before = order.slice(0, half).map(({ job }) => job)
      const after = order.slice(half).map(({ job }) => job)
      await Promise.allSettled(before.slice(0, -20).map((job) => job()))
      const outcomes = await Promise.allSettled([...before.slice(-20), deletion, ...after].map((job) => job()))
      const statuses = outcomes.flatMap((each) =>
        each.status === 'fulfilled' && typeof (each.value as { status?: unknown }).status === 'number'
          ? [(each.value as { status: number }).status]
          : [],
      )
      expect(statuses.filter((status) => status >= 500 && status !== 501)).toEqual([])
      // What raced may have made them the only admin of a space, or given them another address: then they are asked again.
      const leave = async () => {
        for (const { spaceId, member } of await lab.metadata.roster.spacesOf(ada.personId))
          if (member.invitation === undefined && spaceId !== lab.spaceId) await lab.tenancy.spaceRemoval.remove(spaceId)
        const person = await lab.identity.people.get(ada.personId)
        if (person !== undefined) await lab.tenancy.accountRemoval.remove(ada.personId, person.email)
      }
      await leave()
      const through = async () => {
        await lab.erasures.settled()
        clock.advance(settleMs)
        await lab.erasures.settled()
        await lab.erasures.resume()
        await lab.erasures.settled()
      }
      await through()
      const named = async () =>
        (await everything(lab.store)).filter((text) => [ada.personId, 'Ada Late'].some((word) => text.includes(word)))
      expect(await named()).toEqual([])
      expect(lab.ledger.has({ kind: 'person', id: ada.personId })).toBe(true)
      expect(await lab.keys.state({ kind: 'person', id: ada.personId })).toBe('destroyed')

      // Whatever is still on its way then is refused.
      await expect(
        lab.identity.apiTokens.create({ spaceId: lab.spaceId, personId: ada.personId, scope: 'scope:all' }),
      ).rejects.toMatchObject({
        code: 'ERASED',
      })
      for (const job of [...writes.slice(0, 10), deletion]) {
        const { status } = await job()
        expect(status === 501 || status < 500).toBe(true)
      }
      expect((await lab.call('GET', `${ownApi}/me`, { cookie: ada.cookie })).status).toBe(401)
      expect((await lab.call('GET', `${ownApi}/boards/${board.boardId}`, { cookie: other.cookie })).status).toBe(200)
      expect(await named()).toEqual([])

      clock.advance(91 * dayMs)
      await lab.tenancy.sweep()
      await lab.store.purgeExpired()
      await through()
      expect(await named()).toEqual([])
      expect((await lab.store.list('erasures')).items.filter(({ sort }) => sort !== 'cleared')).toEqual([])
      expect((await lab.store.list('unfinished', { prefix: 'account/' })).items).toEqual([])
      expect((await lab.store.list('unfinished', { prefix: 'erasure/' })).items).toEqual([])
      expect(lab.ledger.has({ kind: 'person', id: ada.personId })).toBe(true)
    },
  )
})

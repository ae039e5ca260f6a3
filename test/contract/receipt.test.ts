import { inflateRawSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { createAudit } from '../../cloud/audit/audit.ts'
import { emailHash } from '../../cloud/identity/email-address.ts'
import { isPermittedToPerson } from '../../cloud/identity/permissions.ts'
import type { PlaceTotal, Receipt, ReceiptRow } from '../../src/domain/receipt.ts'
import type { BackupFacts, MirrorStatus } from '../../cloud/privacy/ports.ts'
import type { ItemKey, MetadataStore, PendingChange } from '../../cloud/store/port.ts'
import type { KeySubject } from '../../src/domain/key-subject.ts'
import { openOwnData } from '../../src/compose/own-data.ts'
import { ThroughlineError } from '../../src/errors/throughline-error.ts'
import { silentLog } from '../../src/support/log.ts'
import { boardWith } from '../doubles/benches/board-documents.ts'
import { contractStore, contractStoreNames } from '../doubles/stores/contract-stores.ts'
import { createHandClock } from '../doubles/hand-clock.ts'
import { claimAgent } from '../doubles/agents/metadata-agents.ts'
import { ownApi, startTenancy } from '../doubles/benches/tenancy-bench.ts'

async function all(store: Pick<MetadataStore, 'everything'>): Promise<PendingChange[]> {
  const found: PendingChange[] = []
  let after: ItemKey | undefined
  do {
    const page: { items: PendingChange[]; next: ItemKey | undefined } = await store.everything(after === undefined ? {} : { after })
    found.push(...page.items)
    after = page.next
  } while (after !== undefined)
  return found
}

/** Everything a row says, as one text; nothing of the product reads it so. */
function textOf({ partition, sort, data, blob }: PendingChange): string {
  let unpacked = ''
  try {
    unpacked = blob === undefined ? '' : inflateRawSync(blob).toString()
  } catch {
    unpacked = Buffer.from(blob ?? []).toString('latin1')
  }
  return `${partition} ${sort} ${JSON.stringify(data)} ${unpacked}`
}

const kindsOf = (kinds: readonly string[]) =>
  Object.fromEntries([...new Set(kinds)].sort().map((kind) => [kind, kinds.filter((each) => each === kind).length]))
const countsOf = (rows: readonly ReceiptRow[]) => {
  const sums = new Map<string, number>()
  for (const { where, kind, count } of rows)
    if (['table', 'audit', 'keys'].includes(where)) sums.set(kind, (sums.get(kind) ?? 0) + (count ?? 0))
  return Object.fromEntries([...sums].sort(([a], [b]) => (a < b ? -1 : 1)))
}
const sumOf = (totals: readonly PlaceTotal[], ...where: readonly string[]) =>
  totals.filter((each) => where.includes(each.where)).reduce((sum, { rows }) => sum + (rows ?? 0), 0)
const valuesIn = (rows: readonly ReceiptRow[]) =>
  rows.flatMap(({ fields }) => fields.map(({ value }) => value)).filter((value) => value !== null)

/** Ada, admin of a space of hers and observer in the owner's, with traces everywhere; and somebody with nearly her address. */
async function ada(name: string) {
  const clock = createHandClock()
  const open = await contractStore(name, clock)
  const bench = await startTenancy({ clock, store: open })
  const person = await bench.member('ada@example.com', 'observer')
  const stranger = await bench.member('zada@example.com', 'admin')
  const { call } = bench
  const post = async (path: string, body: unknown, cookie = person.cookie) => {
    const answer = await call('POST', `${ownApi}${path}`, { cookie, body })
    if (answer.status >= 300) throw new Error(`${path}: ${answer.text}`)
    return answer.json as Record<string, string>
  }
  const { spaceId = '' } = await post('/spaces', { name: 'Ada’s own' })
  const own = `/spaces/${spaceId}`
  const { roomId = '' } = await post(`${own}/rooms`, { name: 'Cellar' })
  await post(`${own}/rooms/${roomId}/boards`, { document: boardWith([], 'Pumps') })
  await post(`${own}/silences`, { name: 'Quiet', startsAtMs: 0 })
  await post(`${own}/claim-tokens`, {})
  await post('/api-tokens', { name: 'Terraform', scope: 'scope:all', validForMs: 3_600_000 })
  await post(`/spaces/${bench.spaceId}/rooms`, { name: 'Shared' }, bench.ownerCookie)
  await post(`${own}/members`, { email: 'bob@example.com', role: 'observer' })
  await claimAgent(bench.metadata, spaceId as typeof bench.spaceId)
  const audit = createAudit({ store: bench.store, clock, log: silentLog })
  for (const [action, inSpace] of [
    ['room-created', spaceId],
    ['board-created', spaceId],
    ['sign-in', undefined],
    ['silence-created', bench.spaceId],
  ] as const)
    await audit.record({
      action,
      spaceId: inSpace as typeof bench.spaceId | undefined,
      personId: person.personId,
      via: 'cookie',
      subject: { kind: 'person', id: person.personId },
    })
  await audit.record({ action: 'sign-in', spaceId: undefined, personId: stranger.personId, via: 'cookie', subject: undefined })
  const receipt = async () => (await call('GET', `${ownApi}/me/receipt`, { cookie: person.cookie })).json as Receipt
  return { bench, person, stranger, spaceId, roomId, receipt, post, clock }
}

describe.each(contractStoreNames)('the receipt on %s', (store) => {
  it(
    '[RC1] (D7) the sum of its rows is what a search of every store for the person finds, kind by kind',
    { timeout: 120_000 },
    async () => {
      const { bench, person, receipt } = await ada(store)
      const before = await all(bench.store)
      const made = await receipt()
      const names = [person.personId, person.memberId, emailHash('ada@example.com'), /(?<!z)ada@example\.com/]
      const spaceMembers = await Promise.all(
        (await bench.metadata.roster.spacesOf(person.personId)).map(({ member }) => Promise.resolve(member.memberId)),
      )
      const isNamed = (item: PendingChange) =>
        [...names, ...spaceMembers].some((name) => (typeof name === 'string' ? textOf(item).includes(name) : name.test(textOf(item))))
      const found = [...before, ...(await all(bench.apart))].filter(isNamed)
      const rows = [...made.person.rows, ...made.spaces.flatMap(({ traces }) => traces)]
      expect(countsOf(rows)).toEqual(kindsOf(found.map(({ kind }) => kind)))
      expect(sumOf(made.totals, 'table', 'audit', 'keys')).toBe(found.length)
      expect(Object.keys(countsOf(rows))).toEqual(
        expect.arrayContaining(['person', 'person-email', 'sign-in', 'api-token', 'membership', 'roster', 'board', 'audit-entry']),
      )
      expect(made.rowsRead).toBe(before.length)
    },
  )

  it(
    '[RC2] an admin is told of everything in the space by kind, and the sum is what lies in its partitions',
    { timeout: 120_000 },
    async () => {
      const { bench, spaceId, receipt } = await ada(store)
      const before = await all(bench.store)
      const made = await receipt()
      const own = made.spaces.find((each) => each.spaceId === spaceId)
      const found = before.filter((item) => !/^(person|identity|sign-in)/.test(item.partition) && textOf(item).includes(spaceId))
      expect(countsOf(own?.held ?? [])).toEqual(kindsOf(found.map(({ kind }) => kind)))
      expect(sumOf(own?.heldTotals ?? [], 'table', 'audit', 'keys')).toBe(found.length)
      expect(found.length).toBeGreaterThan(8)
    },
  )
})

describe('what a receipt shows', () => {
  it('[RC3] who is no admin sees their own traces there, without names, roles and texts of others', async () => {
    const { bench, receipt, stranger } = await ada('SQLite')
    const made = await receipt()
    const there = made.spaces.find(({ spaceId }) => spaceId === bench.spaceId)
    expect(there?.held).toBeNull()
    const shown = JSON.stringify(there)
    for (const foreign of [stranger.personId, bench.owner.personId, 'zada@example.com', 'owner@example.com'])
      expect(shown).not.toContain(foreign)
    expect(there?.traces.find(({ kind }) => kind === 'roster')?.fields.map(({ field, value }) => [field, value])).toContainEqual([
      'members[].role',
      'observer',
    ])
  })

  it('[RC4] a text that somebody wrote in a space one is not in is counted, and neither shown nor named', async () => {
    const { receipt, post, stranger, person } = await ada('SQLite')
    const { spaceId: foreign = '' } = await post('/spaces', { name: 'Elsewhere' }, stranger.cookie)
    await post(
      `/spaces/${foreign}/rooms`,
      { name: 'Secret plan', description: `keep ada@example.com and ${person.personId} out` },
      stranger.cookie,
    )
    const made = await receipt()
    const row = made.person.rows.find(({ spaceId, kind }) => spaceId === foreign && kind === 'room')
    expect(row).toMatchObject({ name: null, count: 1, fields: [{ field: 'description', value: null }] })
    expect(JSON.stringify(made)).not.toContain('Secret plan')
    expect(JSON.stringify(made)).not.toContain('keep ada')
  })

  it('[RC4] nothing of another person is shown to whoever they wrote down: a change of address to mine stays theirs', async () => {
    const { bench, receipt, stranger } = await ada('SQLite')
    await bench.store.write(
      {
        partition: `person#${stranger.personId}`,
        sort: 'address-change',
        kind: 'address-change',
        data: { hash: 'ab'.repeat(32), email: 'ada@example.com' },
      },
      'absent',
    )
    const made = await receipt()
    const row = made.person.rows.find(({ kind }) => kind === 'address-change')
    expect(row?.fields.map(({ field }) => field)).toEqual(['email'])
    expect(JSON.stringify(made)).not.toContain('ab'.repeat(32))
  })

  it('[RC5] values are shown with their purpose; secrets are named and never shown', async () => {
    const { receipt } = await ada('SQLite')
    const made = await receipt()
    expect(valuesIn(made.person.rows)).toContain('ada@example.com')
    expect(valuesIn(made.person.rows).filter((value) => /^[0-9a-f]{64}$/.test(value) || value.startsWith('s1.'))).toEqual([])
    for (const row of made.person.rows) {
      expect(row.expires.length).toBeGreaterThan(3)
      for (const field of row.fields) {
        expect(field.purpose.length).toBeGreaterThan(3)
        expect(field.value === null && field.note === null && row.count === 1).toBe(false)
      }
    }
    expect(made.person.rows.find(({ kind }) => kind === 'log')).toMatchObject({ where: 'log', count: null })
  })

  it('[RC6] mirror and backups are rows of their own; one that is not there or does not answer is said to be so', async () => {
    const { bench, person, spaceId } = await ada('SQLite')
    const status: MirrorStatus = {
      sink: 'duckdb',
      isReachable: true,
      waiting: 0,
      oldestWaitingSinceMs: null,
      lastLoadedAtMs: 1,
      deadLetters: 0,
    }
    const open = (isAway: boolean) =>
      openOwnData({
        store: bench.store,
        apart: bench.apart,
        people: bench.identity.people,
        ...bench.metadata,
        mirror: {
          status: () => status,
          caughtUp: async () => {},
          rowsAbout: async ({ kind, id }: KeySubject) => {
            if (isAway) throw new ThroughlineError('MIRROR_UNAVAILABLE', 'away')
            return id === person.personId
              ? [{ table: 'people', rows: 1 }]
              : id === spaceId && kind === 'space'
                ? [{ table: 'rooms', rows: 2 }]
                : []
          },
        },
        backups: {
          list: async (): Promise<BackupFacts[]> => [{ name: 'b-1', takenAtMs: 5, expiresAtMs: 9, items: 40, bytes: 4_000 }],
        },
        analytics: undefined,
        clock: bench.clock,
      }).receipts
    const made = await open(false).of(person.personId)
    expect(sumOf(made.totals, 'mirror')).toBe(1)
    expect(sumOf(made.totals, 'backup')).toBe(1)
    expect(sumOf(made.spaces.find((each) => each.spaceId === spaceId)?.heldTotals ?? [], 'mirror')).toBe(2)
    const away = await open(true).of(person.personId)
    expect(away.places.find(({ where }) => where === 'mirror')?.state).toBe('unreachable')
    const none = await bench.ownData.receipts.of(person.personId)
    expect(none.places.filter(({ state }) => state === 'off').map(({ where }) => where)).toEqual(['mirror', 'backup'])
  })

  it(
    '[RC7] twenty spaces of a thousand nodes are answered in bounded rows, others get their turn, and the progress is told',
    { timeout: 300_000 },
    async () => {
      const clock = createHandClock()
      const open = await contractStore('SQLite', clock)
      const bench = await startTenancy({ clock, store: open })
      const { personId } = bench.owner
      const spaceIds = [bench.spaceId]
      for (let n = 1; n < 20; n++) {
        const { spaceId } = await bench.metadata.spaces.create({ name: `Space ${n}`, description: '', adminPersonId: personId })
        spaceIds.push(spaceId)
      }
      for (const spaceId of spaceIds) {
        await Promise.all(
          Array.from({ length: 1_000 }, (_, n) =>
            bench.store.write(
              {
                partition: `space/${spaceId}`,
                sort: `node/${n}`,
                kind: 'node',
                data: { machineGuid: `guid-${n}`, hostname: `web-${n}`, roomIds: [], createdAtMs: 1, instances: [] },
              },
              'absent',
            ),
          ),
        )
      }
      let turns = 0
      const over = new AbortController()
      const others = (async () => {
        for (; !over.signal.aborted; turns++) await new Promise((resolve) => void setImmediate(resolve))
      })()
      const told: (number | undefined)[] = []
      const watch = setInterval(() => void told.push(bench.ownData.receipts.progress(personId)), 5)
      const [made, same] = await Promise.all([bench.ownData.receipts.of(personId), bench.ownData.receipts.of(personId)])
      clearInterval(watch)
      over.abort()
      await others
      expect(same).toBe(made)
      expect(made.rowsRead).toBeGreaterThan(20_000)
      expect(made.spaces.map(({ held }) => held?.find(({ kind }) => kind === 'node')?.count)).toEqual(
        Array.from({ length: 20 }, () => 1_000),
      )
      expect(JSON.stringify(made).length).toBeLessThan(2_000_000)
      expect(turns).toBeGreaterThan(100)
      expect(told.some((rows) => rows !== undefined && rows > 0)).toBe(true)
      expect(bench.ownData.receipts.progress(personId)).toBeUndefined()
    },
  )
})

it('[RC8] reading it is audited, and API tokens and sign-ins of a space’s own provider get none', async () => {
  const bench = await startTenancy()
  expect((await bench.call('GET', `${ownApi}/me/receipt`, { cookie: bench.ownerCookie })).status).toBe(200)
  const bearer = await bench.bearerOf(bench.owner.personId)
  for (const path of ['/me/receipt', '/me/receipt/summary', '/me/receipt/progress', '/me/exports'])
    expect((await bench.call('GET', `${ownApi}${path}`, { bearer })).status).toBe(403)
  const isPermitted = isPermittedToPerson('self.change', { via: 'cookie', onlySpaceId: bench.spaceId })
  expect(isPermitted).toBe(false)
  expect(bench.audited.filter(({ action }) => action === 'receipt-read')).toMatchObject([
    { personId: bench.owner.personId, via: 'cookie', subject: { kind: 'person', id: bench.owner.personId } },
  ])
  const summary = (await bench.call('GET', `${ownApi}/me/receipt/summary`, { cookie: bench.ownerCookie })).json as Receipt
  const receipt = await bench.ownData.receipts.of(bench.owner.personId)
  expect(summary.totals).toEqual(receipt.totals)
})

it('[RC9] (D7) what is corrected from its page is audited as a correction', async () => {
  const bench = await startTenancy()
  const { ownerCookie: cookie } = bench
  await bench.call('PATCH', `${ownApi}/me`, { cookie, body: { name: 'Ada', isCorrection: true } })
  await bench.call('PATCH', `${ownApi}/me`, { cookie, body: { timeZone: 'Europe/Vienna', isCorrection: true } })
  await bench.call('PATCH', `${ownApi}/me`, { cookie, body: { theme: 'dark' } })
  expect(bench.audited.map(({ action }) => action).filter((action) => action.startsWith('profile'))).toEqual([
    'profile-corrected',
    'profile-corrected',
    'profile-changed',
  ])
  expect(await bench.identity.people.get(bench.owner.personId)).toMatchObject({ name: 'Ada', timeZone: 'Europe/Vienna', theme: 'dark' })
})

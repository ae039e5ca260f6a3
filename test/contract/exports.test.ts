import { describe, expect, it } from 'vitest'
import { exportLimits } from '../../cloud/privacy/export/exports.ts'
import { contractStore, contractStoreNames } from '../doubles/stores/contract-stores.ts'
import { createHandClock } from '../doubles/hand-clock.ts'
import { newUuid } from '../doubles/agents/metadata-agents.ts'
import { createSoftPushBrowser } from '../doubles/people/soft-push-browser.ts'
import { ownApi, startTenancy, type TenancyBench } from '../doubles/benches/tenancy-bench.ts'

interface Made {
  readonly exportId: string
  readonly href: string
  readonly expiresAtMs: number
}

const wish = (format: 'json' | 'csv', spaceId?: string) => ({
  format,
  scope: spaceId === undefined ? 'me' : 'space',
  ...(spaceId && { spaceId }),
})

async function make(bench: TenancyBench, cookie: string, body: object) {
  const answer = await bench.call('POST', `${ownApi}/me/exports`, { cookie, body })
  const made = answer.json as Made
  return { ...made, status: answer.status, token: new URL(made.href ?? 'https://x/').hash.split('.').at(-1) ?? '' }
}
const fetchFile = (bench: TenancyBench, cookie: string, exportId: string, token: string) =>
  bench.call('POST', `${ownApi}/me/exports/${exportId}/file`, { cookie, body: { token } })

/** RFC 4180, read by its grammar. */
function readCsv(text: string): string[][] {
  const rows: string[][] = [[]]
  const field = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n|$)/gy
  for (let match = field.exec(text); match !== null && field.lastIndex <= text.length; match = field.exec(text)) {
    rows.at(-1)?.push(match[1]?.replaceAll('""', '"') ?? match[2] ?? '')
    if (match[3] === '\r\n') rows.push([])
    if (match[3] === '' || field.lastIndex === text.length) break
  }
  return rows.filter((row) => row.length > 1)
}

describe.each(contractStoreNames)('exports on %s', (store) => {
  it('[RC10] (N4) a link is good once, also for two who fetch at the same moment, and only for a day', { timeout: 120_000 }, async () => {
    const clock = createHandClock()
    const bench = await startTenancy({ clock, store: await contractStore(store, clock) })
    const ada = await bench.member('ada@example.com', 'observer')
    const one = await make(bench, ada.cookie, wish('json'))
    expect(one.status).toBe(201)
    expect(one.href).toMatch(/^https:\/\/localhost:8443\/profile\/privacy#export=[0-9a-f-]{36}\.[\w-]{43}$/)
    expect(one.expiresAtMs - clock.nowMs()).toBe(24 * 3_600_000)
    const both = await Promise.all([1, 2].map(() => fetchFile(bench, ada.cookie, one.exportId, one.token)))
    expect(both.map(({ status }) => status).sort((a, b) => a - b)).toEqual([200, 404])
    expect((await fetchFile(bench, ada.cookie, one.exportId, one.token)).status).toBe(404)

    const old = await make(bench, ada.cookie, wish('json'))
    clock.advance(exportLimits.linkMs)
    const cookie = await bench.cookieOf(ada.personId)
    expect((await fetchFile(bench, cookie, old.exportId, old.token)).status).toBe(404)
    const stored = JSON.stringify((await bench.store.everything()).items)
    for (const token of [one.token, old.token]) expect(stored).not.toContain(token)
  })

  it(
    '[RC11] (N4) (D7) the file holds every row about the person, as JSON and as CSV, and what was exported is audited',
    { timeout: 120_000 },
    async () => {
      const clock = createHandClock()
      const bench = await startTenancy({ clock, store: await contractStore(store, clock) })
      const ada = await bench.member('ada@example.com', 'observer')
      const json = await make(bench, ada.cookie, wish('json'))
      const answer = await fetchFile(bench, ada.cookie, json.exportId, json.token)
      expect(answer.headers['content-disposition']).toMatch(/^attachment; filename="?throughline-about-me-\d{4}-\d\d-\d\d\.json"?$/)
      const file = JSON.parse(answer.text) as { rows: { kind: string; count: number | null; where: string; fields: { value: string }[] }[] }
      const receipt = await bench.ownData.receipts.of(ada.personId)
      const held = receipt.totals.filter(({ where }) => where !== 'log').reduce((sum, { rows }) => sum + (rows ?? 0), 0)
      // The link itself was used up before the file was made.
      expect(file.rows.filter(({ where }) => where !== 'log').reduce((sum, { count }) => sum + (count ?? 0), 0)).toBe(held)
      expect(file.rows.flatMap(({ fields }) => fields.map(({ value }) => value))).toContain('ada@example.com')

      const csv = await make(bench, ada.cookie, wish('csv'))
      const text = (await fetchFile(bench, ada.cookie, csv.exportId, csv.token)).text
      expect(text.startsWith('\u{feff}where,class,kind,')).toBe(true)
      const [head = [], ...rows] = readCsv(text.slice(1))
      expect(new Set(rows.map(({ length }) => length))).toEqual(new Set([head.length]))
      expect(rows.map((row) => row[head.indexOf('value')])).toContain('ada@example.com')
      expect(
        bench.audited
          .filter(({ action }) => action === 'data-exported')
          .map(({ personId, details }) => [personId, details?.['format'], details?.['step']]),
      ).toEqual([
        [ada.personId, 'json', 'link-made'],
        [ada.personId, 'json', 'fetched'],
        [ada.personId, 'csv', 'link-made'],
        [ada.personId, 'csv', 'fetched'],
      ])
    },
  )
})

it('[RC12] (N4) a space is exported by its admins alone, and by who is one when the file is fetched', async () => {
  const bench = await startTenancy()
  const ada = await bench.member('ada@example.com', 'observer')
  const eve = await bench.member('eve@example.com', 'admin')
  expect((await make(bench, ada.cookie, wish('json', bench.spaceId))).status).toBe(403)
  expect((await make(bench, ada.cookie, wish('json', newUuid()))).status).toBe(404)
  await bench.call('POST', `${ownApi}/spaces/${bench.spaceId}/push`, {
    cookie: bench.ownerCookie,
    body: { ...createSoftPushBrowser('https://push.example/owner').subscription, name: 'Kitchen tablet', options: ['CRITICAL'] },
  })
  const made = await make(bench, eve.cookie, wish('json', bench.spaceId))
  const later = await make(bench, eve.cookie, wish('csv', bench.spaceId))
  const file = JSON.parse((await fetchFile(bench, eve.cookie, made.exportId, made.token)).text) as {
    rows: { kind: string; item: string }[]
  }
  const inSpace = (await bench.store.list(`space/${bench.spaceId}`)).items
  expect(file.rows.filter(({ item }) => item?.startsWith('space/'))).toHaveLength(inSpace.length)
  // What another member keeps there for themselves is counted, and neither shown nor named.
  expect(file.rows.filter(({ kind }) => kind === 'push-target')).toHaveLength(1)
  expect(JSON.stringify(file)).not.toContain('Kitchen tablet')
  const own = await bench.ownData.receipts.of(bench.owner.personId)
  expect(own.person.rows.find(({ kind }) => kind === 'push-target')?.name).toBe('Kitchen tablet')
  await bench.metadata.roster.setRole(bench.spaceId, eve.memberId, 'observer')
  expect((await fetchFile(bench, eve.cookie, later.exportId, later.token)).status).toBe(403)
})

it('[RC13] (N4) another person’s link, a wrong secret and a token of an API open nothing, and use nothing up', async () => {
  const bench = await startTenancy()
  const ada = await bench.member('ada@example.com', 'observer')
  const eve = await bench.member('eve@example.com', 'admin')
  const made = await make(bench, ada.cookie, wish('json'))
  const other = await make(bench, ada.cookie, wish('json'))
  const absent = await fetchFile(bench, eve.cookie, newUuid(), made.token)
  for (const refused of [
    await fetchFile(bench, eve.cookie, made.exportId, made.token),
    await fetchFile(bench, ada.cookie, made.exportId, other.token),
    await fetchFile(bench, ada.cookie, made.exportId, ''),
    await fetchFile(bench, ada.cookie, 'x', made.token),
  ])
    expect([refused.status, refused.text]).toEqual([404, absent.text])
  const bearer = await bench.bearerOf(ada.personId)
  const byToken = await bench.call('POST', `${ownApi}/me/exports/${made.exportId}/file`, {
    bearer,
    headers: { 'content-type': 'application/json' },
    body: { token: made.token },
  })
  expect(byToken.status).toBe(403)
  expect((await fetchFile(bench, ada.cookie, made.exportId, made.token)).status).toBe(200)
  for (let n = 0; n < exportLimits.open - 1; n++) expect((await make(bench, ada.cookie, wish('json'))).status).toBe(201)
  expect((await make(bench, ada.cookie, wish('json'))).status).toBe(409)
})

it('[RC14] (U1) no name or text in the CSV is a formula, a new line or a new column', async () => {
  const bench = await startTenancy()
  const ada = await bench.member('ada@example.com', 'admin')
  const names = ['=cmd|’/c calc’!A1', '+1+1', '-2+3', '@SUM(1)', '\t=1', 'a,b"c', '＝1+1']
  const rooms = names.map((name) => name.trim())
  for (const name of names)
    await bench.call('POST', `${ownApi}/spaces/${bench.spaceId}/rooms`, {
      cookie: ada.cookie,
      body: { name, description: `${name}\r\n=2` },
    })
  const made = await make(bench, ada.cookie, wish('csv', bench.spaceId))
  const text = (await fetchFile(bench, ada.cookie, made.exportId, made.token)).text.slice(1)
  const [head = [], ...rows] = readCsv(text)
  expect(rows.filter((row) => row.length !== head.length)).toEqual([])
  const cells = rows.flat()
  expect(cells.filter((cell) => /^[\s"']*[=+@\t\r＝＋－＠]/u.test(cell) && !cell.startsWith("'"))).toEqual([])
  for (const name of rooms) expect(cells.some((cell) => cell === name || cell === `'${name}`)).toBe(true)
})

it('[RC15] four files are made at once; the fifth is refused without using its link up, until one ends or is left', async () => {
  const bench = await startTenancy()
  const { personId } = bench.owner
  const { exports } = bench.ownData
  const begun = await Promise.all(
    Array.from({ length: exportLimits.filesAtOnce }, async () => {
      const { exportId, token } = await exports.make(personId, { format: 'json', scope: 'me' })
      const chunks = (await exports.open(personId, exportId, token)).chunks[Symbol.asyncIterator]()
      await chunks.next()
      return chunks
    }),
  )
  const { exportId, token } = await exports.make(personId, { format: 'json', scope: 'me' })
  await expect(exports.open(personId, exportId, token)).rejects.toMatchObject({ code: 'RATE_LIMITED' })
  await begun[0]?.return?.(undefined)
  expect((await exports.open(personId, exportId, token)).format).toBe('json')
})

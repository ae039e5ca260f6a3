import { expect, it } from 'vitest'
import { createFunctionCaller } from '../../../test/doubles/hosts/function-caller.ts'
import type { CalledTable } from '../../../test/doubles/hosts/function-caller.ts'
import { journalWriter, writeJournal } from '../../../test/doubles/hosts/journal-files.ts'
import type { WrittenEntry } from '../../../test/doubles/hosts/journal-files.ts'
import { systemClock } from '../../../src/support/clock.ts'
import { createHostFiles } from '../host/host-files.ts'
import { createJournalFunction } from './journal.ts'

const nowS = 1_790_000_000
const endUs = nowS * 1_000_000
/** journalctl takes real time; only the time of day is ours. */
const clock = { ...systemClock, nowMs: () => nowS * 1_000 }

/** 300 entries, one a second, the last one a second ago. */
const plain: readonly WrittenEntry[] = Array.from({ length: 300 }, (_, index) => ({
  timestampUs: endUs - (300 - index) * 1_000_000,
  fields: {
    MESSAGE: `hello ${index}`,
    PRIORITY: String(index % 8),
    _SYSTEMD_UNIT: index % 3 === 0 ? 'nginx.service' : 'ssh.service',
    SYSLOG_IDENTIFIER: `prog${index % 5}`,
    _UID: '0',
  },
}))

function scene(entries: readonly WrittenEntry[]) {
  const journal = createJournalFunction({ files: createHostFiles(), clock, directory: writeJournal(entries) })
  const { call, host } = createFunctionCaller([journal], clock)
  return { host, call: (text = '') => call(`systemd-journal before:${nowS} ${text}`) }
}

const messages = ({ rows }: CalledTable) => rows.map(({ MESSAGE }) => MESSAGE)
const facet = ({ document }: CalledTable, id: string) =>
  (document['facets'] as { id: string; options: { id: string; name: string; count: number }[] }[]).find((one) => one.id === id)?.options

it(`[HF74] rows, facets and histogram of a real journal written by ${journalWriter}`, async () => {
  const { call } = scene(plain)
  const answer = await call('after:-240 last:3')
  expect(answer.document).toMatchObject({ status: 200, type: 'table', has_history: true, partial: false })
  expect(answer.rows[0]).toEqual({
    timestamp: endUs - 1_000_000,
    rowOptions: { severity: 'critical' },
    PRIORITY: 'error',
    SYSLOG_IDENTIFIER: 'prog4',
    _SYSTEMD_UNIT: 'ssh.service',
    _HOSTNAME: null,
    _COMM: null,
    _PID: null,
    _UID: 'root',
    _TRANSPORT: null,
    SYSLOG_FACILITY: null,
    _BOOT_ID: '0123456789abcdef0123456789abcdef',
    MESSAGE: 'hello 299',
  })
  expect(messages(answer)).toEqual(['hello 299', 'hello 298', 'hello 297'])
  expect(facet(answer, '_SYSTEMD_UNIT')).toEqual([
    { id: 'ssh.service', name: 'ssh.service', count: 160, order: 0 },
    { id: 'nginx.service', name: 'nginx.service', count: 80, order: 1 },
  ])
  expect(facet(answer, 'PRIORITY')?.map(({ count }) => count)).toEqual(Array.from({ length: 8 }, () => 30))
  expect(answer.document['items']).toEqual({
    evaluated: 240,
    matched: 240,
    unsampled: 0,
    estimated: 0,
    returned: 3,
    before: 0,
    after: 237,
    max_to_return: 3,
  })
  const { chart, id } = answer.document['histogram'] as {
    id: string
    chart: { view: { update_every: number }; result: { data: [number, ...[number, number, number][]][] } }
  }
  expect([id, chart.view.update_every, chart.result.data.length]).toEqual(['PRIORITY', 2, 120])
  expect(chart.result.data[0]?.[0]).toBe((nowS - 240) * 1_000)
  expect(chart.result.data.flatMap(([, ...values]) => values).reduce((sum, [count]) => sum + count, 0)).toBe(240)
  expect(answer.document['pagination']).toEqual({ enabled: true, key: 'anchor', column: 'timestamp', units: 'timestamp_usec' })
})

it('[HF75] chosen values narrow rows; a chosen field still counts its other values', async () => {
  const { call } = scene(plain)
  const answer = await call('PRIORITY:3,4 _SYSTEMD_UNIT:nginx.service,gone.service')
  expect(new Set(answer.rows.map(({ PRIORITY, _SYSTEMD_UNIT }) => `${String(PRIORITY)} ${String(_SYSTEMD_UNIT)}`))).toEqual(
    new Set(['error nginx.service', 'warning nginx.service']),
  )
  expect(
    facet(answer, 'PRIORITY')
      ?.map(({ count }) => count)
      .sort(),
  ).toEqual([12, 12, 12, 12, 13, 13, 13, 13])
  expect(facet(answer, '_SYSTEMD_UNIT')?.map(({ id, count }) => [id, count])).toEqual([
    ['ssh.service', 50],
    ['nginx.service', 25],
    ['gone.service', 0],
  ])
  expect(facet(answer, 'SYSLOG_IDENTIFIER')?.reduce((sum, { count }) => sum + count, 0)).toBe(answer.rows.length)
})

it('[HF73] text is found in the message and in fields', async () => {
  const { call } = scene(plain)
  expect(messages(await call('query:HELLO*29'))).toEqual(expect.arrayContaining(['hello 299', 'hello 129', 'hello 29']))
  expect(messages(await call('query:prog4|nothing'))).toHaveLength(60)
  expect((await call('query:absent')).document['items']).toMatchObject({ evaluated: 300, matched: 0, returned: 0 })
})

it.each(['', 'data_only:true '])('[HF76] pages back and forth without a gap or a repetition (%s)', async (mode) => {
  // Ten entries each microsecond: no page can end between them.
  const entries = Array.from({ length: 100 }, (_, index) => ({
    timestampUs: endUs - 1_000_000 + Math.floor(index / 10),
    fields: { MESSAGE: `m${index}`, PRIORITY: '6' },
  }))
  const { call } = scene(entries)
  const seen: unknown[] = []
  let anchor = ''
  for (let page = 0; page < 20; page++) {
    const { rows } = await call(`${mode}last:15 ${anchor}`)
    if (rows.length === 0) break
    seen.push(...rows.map(({ MESSAGE }) => MESSAGE))
    anchor = `anchor:${String(rows.at(-1)?.['timestamp'])}`
  }
  expect(seen).toEqual(entries.map(({ fields }) => fields.MESSAGE).reverse())
  const forward = await call(`${mode}last:10 direction:forward anchor:${endUs - 1_000_000 + 3}`)
  expect(messages(forward)).toEqual(Array.from({ length: 10 }, (_, index) => `m${49 - index}`))
})

it('[HF77] who knows the newest entry is answered with 304, who does not gets it', async () => {
  const { call } = scene(plain)
  const known = endUs - 1_000_000
  expect((await call()).document['last_modified']).toBe(known)
  expect(await call(`if_modified_since:${known}`)).toMatchObject({ status: 304, document: { status: 304 } })
  expect((await call(`if_modified_since:${known - 1} last:1`)).rows).toHaveLength(1)
  expect((await call(`if_modified_since:1 SYSLOG_IDENTIFIER:absent`)).status).toBe(304)
})

it('[HF71] hostile entries come out as texts and hide no other', async () => {
  const messagesIn: (string | Uint8Array)[] = [
    '<script>alert(1)</script>',
    '\u202eevil',
    'a\nb\u0000c',
    new Uint8Array([0xff, 0xfe, 0x41]),
    'x'.repeat(100_000),
  ]
  const { call } = scene(
    messagesIn.map((MESSAGE, index) => ({ timestampUs: endUs - 1_000_000 + index, fields: { MESSAGE, SYSLOG_IDENTIFIER: 'a"b\\c=d' } })),
  )
  const { rows } = await call()
  expect(rows.map(({ MESSAGE }) => MESSAGE).reverse()).toEqual([
    '<script>alert(1)</script>',
    '\u202eevil',
    'a\nb\u0000c',
    '\ufffd\ufffdA',
    'This message is longer than 4 KiB.',
  ])
  expect(rows.every(({ SYSLOG_IDENTIFIER }) => SYSLOG_IDENTIFIER === 'a"b\\c=d')).toBe(true)
})

it('[HF79] what is more than so many entries, or takes too long, is left out and told', async () => {
  const many = Array.from({ length: 50_500 }, (_, index) => ({
    timestampUs: endUs - 1_000_000_000 + index * 1_000,
    fields: { MESSAGE: 'm', PRIORITY: '6' },
  }))
  const { call } = scene(many)
  const { document } = await call('last:1')
  expect(document).toMatchObject({ partial: true })
  expect((document['items'] as { evaluated: number }).evaluated).toBeLessThanOrEqual(50_000)
  expect(document['message']).toContain('shorter')
})

it('[HF72] a window that ends before it begins is refused', async () => {
  const { call } = scene(plain.slice(0, 1))
  expect((await call(`after:${nowS + 5}`)).status).toBe(400)
})

it('[HF3] without a journal there is no such function', () => {
  const journal = createJournalFunction({ files: createHostFiles(), clock, directory: '/nothing/here' })
  expect(createFunctionCaller([journal], clock).host.list()).toEqual({})
})

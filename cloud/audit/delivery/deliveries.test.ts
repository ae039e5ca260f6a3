import { createHmac } from 'node:crypto'
import { expect, it } from 'vitest'
import { createHandClock } from '../../../test/doubles/hand-clock.ts'
import { createMemoryStore } from '../../../test/doubles/stores/memory-store.ts'
import { newUuid } from '../../../test/doubles/agents/metadata-agents.ts'
import { testSeals } from '../../../test/doubles/stores/test-seals.ts'
import type { PersonId, SpaceId } from '../../../src/domain/ids.ts'
import { ThroughlineError } from '../../../src/errors/throughline-error.ts'
import { silentLog } from '../../../src/support/log.ts'
import type { OutboundAnswer } from '../../outbound/outbound.ts'
import { createAudit } from '../audit.ts'
import type { ChainEntry } from '../chain-entry.ts'
import { auditLimits } from '../limits.ts'
import { createDeliveries, deliveryLimits } from './deliveries.ts'
import { createDeliverySettings } from './delivery-settings.ts'
import { syslogMessages } from './messages.ts'

const [spaceId, otherSpaceId, personId] = [newUuid<SpaceId>(), newUuid<SpaceId>(), newUuid<PersonId>()]
const hook = 'https://siem.example/in?token=hidden'

function setUp() {
  const clock = createHandClock()
  const store = createMemoryStore(clock)
  const audit = createAudit({ store, clock, log: silentLog })
  const posted: { readonly url: string; readonly headers: Readonly<Record<string, string>>; readonly body: string }[] = []
  const sent: string[] = []
  const answers: (() => Promise<OutboundAnswer>)[] = []
  const settings = createDeliverySettings({ store, seals: testSeals })
  const outbound = {
    async post(url: string, headers: Readonly<Record<string, string>>, body: string) {
      posted.push({ url, headers, body })
      return (await answers.shift()?.()) ?? { status: 200, body: '' }
    },
    async sendTls(_host: string, _port: number, bytes: string) {
      sent.push(bytes)
    },
  }
  const open = () =>
    createDeliveries({ store, seals: testSeals, outbound, hostName: 'cloud.example', clock, log: silentLog, random: () => 0 })
  const record = (count = 1, inSpace = spaceId) =>
    Promise.all(
      Array.from({ length: count }, () =>
        audit.record({ action: 'room-created', spaceId: inSpace, personId, via: 'cookie', subject: { kind: 'room', id: newUuid() } }),
      ),
    )
  /** Time passes, and what became due by that is worked on. */
  const later = async (ms: number) => {
    clock.advance(ms)
    for (let turn = 0; turn < 100; turn++) await new Promise((resolve) => setImmediate(resolve))
  }
  const seqs = () => posted.map(({ body }) => (JSON.parse(body) as { events: ChainEntry[] }).events.map(({ seq }) => seq))
  return { clock, store, audit, posted, sent, answers, settings, deliveries: open(), open, record, seqs, later }
}

it('[AU31] (N2) events that come after the setting go to the webhook in order, each once when all goes well, signed with the secret', async () => {
  const { settings, deliveries, record, posted, seqs, clock } = setUp()
  await record(2)
  const { secret } = await settings.set(spaceId, { webhookUrl: hook, syslog: null })
  await deliveries.look()
  expect(posted).toEqual([])
  await record(150)
  await deliveries.look()
  await deliveries.look()
  expect(seqs()).toEqual([Array.from({ length: 100 }, (_, n) => n + 3), Array.from({ length: 50 }, (_, n) => n + 103)])
  const [{ url, headers, body } = { url: '', headers: {}, body: '' }] = posted
  expect(url).toBe(hook)
  const signed = `${headers['Throughline-Delivery']}.${headers['Throughline-Time']}.${body}`
  expect(headers['Throughline-Signature']).toBe(
    `v1=${createHmac('sha256', secret ?? '')
      .update(signed)
      .digest('hex')}`,
  )
  expect(await settings.get(spaceId)).toEqual({
    webhookUrl: hook,
    syslog: null,
    webhookState: { seq: 152, deliveredAtMs: clock.nowMs(), problem: null, problemAtMs: null },
    syslogState: null,
    lastSeq: 152,
  })
})

it('[AU32] what a target did not take is sent again under the same ids, with longer and longer pauses, and the problem is shown', async () => {
  const { settings, deliveries, record, posted, answers, clock, later } = setUp()
  await settings.set(spaceId, { webhookUrl: hook, syslog: null })
  await record()
  answers.push(
    async () => ({ status: 500, body: '' }),
    () => Promise.reject(new ThroughlineError('OUTBOUND_FAILED', 'It could not be reached.')),
  )
  await deliveries.look()
  expect((await settings.get(spaceId)).webhookState).toMatchObject({
    seq: 0,
    problem: 'It answered with status 500.',
    problemAtMs: clock.nowMs(),
  })
  await deliveries.look()
  expect(posted).toHaveLength(1)
  await later(deliveryLimits.pauseMinMs)
  expect((await settings.get(spaceId)).webhookState).toMatchObject({ problem: 'It could not be reached.' })
  await later(deliveryLimits.pauseMinMs)
  expect(posted).toHaveLength(2)
  await later(deliveryLimits.pauseMinMs)
  expect(posted).toHaveLength(3)
  expect(new Set(posted.map(({ headers }) => headers['Throughline-Delivery'])).size).toBe(1)
  expect((await settings.get(spaceId)).webhookState).toMatchObject({ seq: 1, problem: null })
})

it('[AU32] a process that dies before it kept how far it came sends the batch again, and never leaves one out', async () => {
  const { settings, record, open, seqs, answers, store } = setUp()
  await settings.set(spaceId, { webhookUrl: hook, syslog: null })
  await record(2)
  answers.push(async () => {
    store.fail(new Error('killed'))
    return { status: 200, body: '' }
  })
  await open().look()
  store.fail(undefined)
  await record()
  await open().look()
  expect(seqs()).toEqual([
    [1, 2],
    [1, 2, 3],
  ])
})

it('[AU33] (N3) a target that hangs delays nobody else, and a new target does not wait for it', async () => {
  const { settings, deliveries, record, answers, posted } = setUp()
  await settings.set(spaceId, { webhookUrl: hook, syslog: null })
  await settings.set(otherSpaceId, { webhookUrl: 'https://other.example/', syslog: null })
  await record(1, spaceId)
  answers.push(() => new Promise(() => {}))
  void deliveries.look()
  while (posted.length === 0) await new Promise((resolve) => setImmediate(resolve))
  await record(1, otherSpaceId)
  await deliveries.look()
  expect(posted.at(-1)?.url).toBe('https://other.example/')
  await settings.set(spaceId, { webhookUrl: 'https://new.example/', syslog: null })
  await record(1, spaceId)
  await deliveries.look()
  expect(posted.at(-1)?.url).toBe('https://new.example/')
})

it('[AU33] entries that went at the end of their time are passed over', async () => {
  const { settings, deliveries, open, record, audit, clock, seqs } = setUp()
  deliveries.close()
  await settings.set(spaceId, { webhookUrl: hook, syslog: null })
  await record(3)
  clock.advance(auditLimits.keptMs + 1)
  await record(2)
  await audit.prune()
  await open().look()
  expect(seqs()).toEqual([[4, 5]])
})

it('[AU34] syslog gets RFC 5424 messages behind their length in bytes', async () => {
  const { settings, deliveries, record, sent, audit } = setUp()
  await settings.set(spaceId, { webhookUrl: null, syslog: { host: 'siem.example', port: 6514 } })
  await record(2)
  await deliveries.look()
  const { entries } = await audit.page(spaceId, {}, { limit: 10 })
  const bytes = Buffer.from(sent.join(''))
  const messages: string[] = []
  for (let at = 0; at < bytes.length;) {
    const space = bytes.indexOf(' ', at)
    const length = Number(bytes.toString('utf8', at, space))
    messages.push(bytes.toString('utf8', space + 1, space + 1 + length))
    at = space + 1 + length
  }
  const pattern =
    /^<109>1 \d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z cloud\.example throughline - room-created \[audit@32473 chain="[^"]+" seq="(\d)" id="[^"]+" hash="[0-9a-f]{64}"\] (\{.*\})$/
  expect(messages.map((message) => pattern.exec(message)?.[1])).toEqual(['1', '2'])
  expect(JSON.parse(pattern.exec(messages[1] ?? '')?.[2] ?? '')).toEqual({ chain: spaceId, ...entries[0] })
  expect(syslogMessages(spaceId, entries, 'a b\n')).toContain(' ab throughline ')
})

it('[AU35] (N2) the address of a webhook and its secret are sealed, the secret is shown once, and a target that stays goes on where it was', async () => {
  const { settings, store, deliveries, record, seqs } = setUp()
  const { secret } = await settings.set(spaceId, { webhookUrl: hook, syslog: null })
  expect(secret).toMatch(/^[\w-]{43}$/)
  await record(2)
  expect(await settings.set(spaceId, { webhookUrl: hook, syslog: { host: 'siem.example', port: 6514 } })).toEqual({ secret: null })
  await deliveries.look()
  expect(seqs()).toEqual([[1, 2]])
  const kept = JSON.stringify((await store.list('audit-deliveries')).items)
  expect([kept.includes('hidden'), kept.includes(secret ?? '?')]).toEqual([false, false])
  await expect(settings.set(spaceId, { webhookUrl: 'http://siem.example/', syslog: null })).rejects.toMatchObject({
    code: 'OUTBOUND_REFUSED',
  })
  await settings.set(spaceId, { webhookUrl: null, syslog: null })
  expect(await settings.get(spaceId)).toMatchObject({ webhookUrl: null, syslog: null, webhookState: null })
})

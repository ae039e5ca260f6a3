import { describe, expect, it } from 'vitest'
import { createMailer } from '../../cloud/identity/mailer.ts'
import { requestLimits } from '../../cloud/privacy/requests/privacy-request.ts'
import { openRequestDesk } from '../../src/compose/requests.ts'
import { silentLog } from '../../src/support/log.ts'
import { contractStore, contractStoreNames } from '../doubles/stores/contract-stores.ts'
import { createFailingStore } from '../doubles/stores/failing-store.ts'
import { createHandClock } from '../doubles/hand-clock.ts'
import { startMailbox } from '../doubles/servers/mailbox.ts'
import { newUuid } from '../doubles/agents/metadata-agents.ts'
import { ownApi, startTenancy } from '../doubles/benches/tenancy-bench.ts'

const dayMs = 24 * 3_600_000
const ada = { personId: newUuid(), email: 'ada@example.com', createdAtMs: 0 }

async function startDesk(name: string) {
  const clock = createHandClock()
  const store = createFailingStore((await contractStore(name, clock))())
  const box = await startMailbox()
  const mailer = createMailer({ smtpUrl: box.smtpUrl, from: 'throughline@example.com', log: silentLog })
  const people = {
    get: async (personId: string) => (personId === ada.personId ? (ada as never) : undefined),
    find: async (email: string) => (email === ada.email ? (ada as never) : undefined),
  }
  const desk = openRequestDesk({ store, people, mailer, publicUrl: 'https://cloud.example', clock })
  return { clock, store, box, desk }
}

describe.each(contractStoreNames)('written requests on %s', (name) => {
  it(
    '[RQ1] (D7) there are 30 days for an answer, once 60 more with a reason, and what is late is overdue',
    { timeout: 60_000 },
    async () => {
      const { clock, store, box, desk } = await startDesk(name)
      const made = await desk.make(ada, { kind: 'objection', text: ' Not for statistics. ', way: 'profile' })
      expect(made).toMatchObject({ state: 'open', text: 'Not for statistics.', dueAtMs: clock.nowMs() + 30 * dayMs })
      clock.advance(29 * dayMs)
      const extended = await desk.extend(made.requestId, 'It is much to look through.')
      expect(extended.dueAtMs).toBe(made.dueAtMs + 60 * dayMs)
      await expect(desk.extend(made.requestId, 'Once more.')).rejects.toMatchObject({ code: 'CONFLICT' })
      const late = await desk.enter({ email: 'ben@example.org', kind: 'access', text: 'What is there of me?' })
      clock.advance(31 * dayMs)
      await expect(desk.extend(late.requestId, 'Too late.')).rejects.toMatchObject({ code: 'CONFLICT' })
      expect((await desk.list()).map(({ requestId }) => requestId)).toEqual([late.requestId, made.requestId])
      const both = await Promise.allSettled([
        desk.end(late.requestId, { state: 'answered', note: 'Nothing.' }),
        desk.end(late.requestId, { state: 'refused', note: 'No.' }),
      ])
      expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
      expect(await desk.ofPerson(ada.personId)).toMatchObject([{ requestId: made.requestId, extension: 'It is much to look through.' }])
      await expect(desk.end(newUuid(), { state: 'answered', note: 'x' })).rejects.toMatchObject({ code: 'NOT_FOUND' })
      expect(box.mails.map(({ to, subject }) => [to, subject])).toEqual([
        ['ada@example.com', 'Your request is here'],
        ['ada@example.com', 'Your request takes longer'],
        ['ben@example.org', 'Your request is here'],
        ['ben@example.org', expect.stringMatching(/^Your request is (answered|refused)$/)],
      ])
      clock.advance(requestLimits.keptMs)
      expect((await desk.list()).map(({ requestId }) => requestId)).toEqual([made.requestId])
      await store.purgeExpired()
    },
  )

  it(
    '[RQ2] a crash at any write leaves a request whole or not there, and whoever asked is told in the end',
    { timeout: 120_000 },
    async () => {
      const { store, box, desk } = await startDesk(name)
      for (let nth = 1; nth <= 2; nth++)
        for (const when of ['before', 'after'] as const) {
          const text = `${nth} ${when}`
          const had = box.mails.length
          store.failAt(nth, when)
          await expect(desk.make(ada, { kind: 'access', text, way: 'letter' })).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' })
          store.heal()
          await desk.tellAll()
          const kept = (await desk.list()).find((each) => each.text === text)
          expect(kept === undefined, text).toBe(nth === 1 && when === 'before')
          if (kept === undefined) continue
          expect(box.mails.slice(had).length).toBeGreaterThan(0)
          store.failAt(nth, when)
          await expect(desk.end(kept.requestId, { state: 'answered', note: 'Here.' })).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' })
          store.heal()
          if ((await desk.list()).find(({ requestId }) => requestId === kept.requestId)?.state === 'open')
            await desk.end(kept.requestId, { state: 'answered', note: 'Here.' })
          await desk.tellAll()
          expect(
            box.mails.filter(({ subject, text: body }) => subject === 'Your request is answered' && body.includes(kept.requestId)).length,
          ).toBeGreaterThan(0)
          const told = box.mails.length
          await desk.tellAll()
          expect(box.mails.length).toBe(told)
        }
    },
  )

  it(
    '[RQ3] (D7) a request of the profile is the person’s own; only whoever owns the installation reads all and answers',
    { timeout: 60_000 },
    async () => {
      const clock = createHandClock()
      const bench = await startTenancy({ clock, store: await contractStore(name, clock) })
      const { call, ownerCookie } = bench
      const member = await bench.member('ada@example.com', 'admin')
      const other = await bench.member('ben@example.com', 'admin')
      const made = await call('POST', `${ownApi}/privacy-requests`, { cookie: member.cookie, body: { kind: 'objection', text: 'Not me.' } })
      expect(made.status).toBe(201)
      const { requestId } = made.json as { requestId: string }
      const ofOther = await call('GET', `${ownApi}/privacy-requests`, { cookie: other.cookie })
      expect(ofOther.json).toEqual({ requests: [], isOwner: false })
      for (const id of [requestId, newUuid()])
        expect(
          (await call('PATCH', `${ownApi}/privacy-inbox/${id}`, { cookie: other.cookie, body: { state: 'refused', note: 'x' } })).status,
        ).toBe(403)
      expect((await call('GET', `${ownApi}/privacy-inbox`, { cookie: member.cookie })).status).toBe(403)
      expect(
        (await call('POST', `${ownApi}/privacy-inbox`, { cookie: member.cookie, body: { email: 'a@b.org', kind: 'access', text: 'x' } }))
          .status,
      ).toBe(403)
      const letter = await call('POST', `${ownApi}/privacy-inbox`, {
        cookie: ownerCookie,
        body: { email: 'ada@example.com', kind: 'access', text: 'By letter.' },
      })
      expect([letter.status, letter.json]).toEqual([201, expect.objectContaining({ way: 'letter', address: 'ada@example.com' })])
      const inbox = (await call('GET', `${ownApi}/privacy-inbox`, { cookie: ownerCookie })).json as { requests: { text: string }[] }
      expect(inbox.requests.map(({ text }) => text).sort()).toEqual(['By letter.', 'Not me.'])
      const answered = await call('PATCH', `${ownApi}/privacy-inbox/${requestId}`, {
        cookie: ownerCookie,
        body: { state: 'answered', note: 'Done.' },
      })
      expect(answered.json).toMatchObject({ state: 'answered', note: 'Done.' })
      const again = await call('PATCH', `${ownApi}/privacy-inbox/${requestId}`, {
        cookie: ownerCookie,
        body: { state: 'extended', note: 'x' },
      })
      expect(again.status).toBe(409)
      const own = (await call('GET', `${ownApi}/privacy-requests`, { cookie: member.cookie })).json as {
        requests: { note: string | null }[]
      }
      expect(new Set(own.requests.map(({ note }) => note))).toEqual(new Set(['Done.', null]))
      expect(
        bench.audited
          .filter(({ subject }) => subject?.kind === 'privacy-request')
          .map(({ action, personId, details }) => [action, personId, details]),
      ).toEqual([
        ['privacy-request-made', member.personId, { kind: 'objection', what: 'made', method: 'profile' }],
        ['privacy-request-made', bench.owner.personId, { kind: 'access', what: 'made', method: 'letter' }],
        ['privacy-request-changed', bench.owner.personId, { kind: 'objection', what: 'answered', method: 'profile' }],
      ])
    },
  )
})

it('[RQ4] (D7) what is empty, over 2 kB or of no known kind is refused, and so is an eleventh open request', async () => {
  const { call, member } = await startTenancy()
  const { cookie } = await member('ada@example.com', 'observer')
  const ask = async (body: unknown) => (await call('POST', `${ownApi}/privacy-requests`, { cookie, body })).status
  expect(await ask({ kind: 'wish', text: 'x' })).toBe(422)
  expect(await ask({ kind: 'access', text: '  ' })).toBe(422)
  expect(await ask({ kind: 'access', text: 'ä'.repeat(1_025) })).toBe(422)
  expect(await ask({ kind: 'access', text: 'x', personId: newUuid() })).toBe(422)
  for (let n = 0; n < requestLimits.open; n++) expect(await ask({ kind: 'access', text: 'ä'.repeat(1_024) })).toBe(201)
  expect(await ask({ kind: 'access', text: 'x' })).toBe(409)
})

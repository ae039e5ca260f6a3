import { randomUUID } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { contractStore, contractStoreNames } from '../../../test/doubles/stores/contract-stores.ts'
import { createFailingStore, type FailingStore } from '../../../test/doubles/stores/failing-store.ts'
import { createHandClock } from '../../../test/doubles/hand-clock.ts'
import { createMemoryStore } from '../../../test/doubles/stores/memory-store.ts'
import { ownApi, startTenancy } from '../../../test/doubles/benches/tenancy-bench.ts'
import type { MetadataStore } from '../../store/port.ts'
import { ThroughlineError } from '../../../src/errors/throughline-error.ts'
import { openCertificate, readPublicKeys } from '../../identity/certificates.ts'
import { certificateClaims, certificateFile, certificateIn } from '../certificate/claims.ts'
import { mayNameErased } from '../ledger/named-ids.ts'
import type { MirrorView } from '../ports.ts'
import type { ErasureMail } from './confirmation-mail.ts'
import { mailKeptMs, settleMs } from './erasure-record.ts'
import type { ErasuresDeps } from './erasures.ts'

type Lab = Awaited<ReturnType<typeof startTenancy>>
const email = 'ada@example.com'

/** Ada, admin of a space with another admin, who made a board, a silence of her own, a token; and whom somebody banned. */
async function ada(lab: Lab) {
  const member = await lab.member(email, 'admin')
  await lab.identity.people.change(member.personId, { name: 'Ada Lovelace' })
  await lab.identity.apiTokens.create({ spaceId: lab.spaceId, personId: member.personId, scope: 'scope:all' })
  await lab.tenancy.invitations.invite(lab.spaceId, { email: 'new@example.com', role: 'observer', byPersonId: member.personId })
  const { cookie, personId } = member
  expect((await lab.call('POST', `${ownApi}/claim-tokens`, { cookie, body: { name: 'Hers' } })).status).toBe(201)
  expect((await lab.call('POST', `${ownApi}/silences`, { cookie, body: { name: 'Quiet', startsAtMs: 0 } })).status).toBe(201)
  return { ...member, personId, remove: () => lab.call('DELETE', `${ownApi}/me`, { cookie, body: { email } }) }
}

const tokenOf = (answer: { readonly json?: unknown }) => (answer.json as { statusHref: string }).statusHref.split('/').at(-1) ?? ''
const look = async (lab: Lab, token: string) => (await lab.call('GET', `${ownApi}/erasures/${token}`)).json as Shown
interface Shown {
  readonly state: string
  readonly steps: { readonly name: string; readonly doneAtMs: number | null }[]
  readonly tails: { readonly what: string; readonly untilMs: number | null }[]
  readonly certificate: string | null
}

/** Lets time pass until nothing goes on any more. */
async function through(lab: Lab) {
  await lab.erasures.settled()
  lab.clock.advance(settleMs)
  await lab.erasures.settled()
  await lab.erasures.resume().catch(() => {})
  await lab.erasures.settled()
}

/** Items that still name somebody, but for the audit and what the erasure itself notes. */
async function traces(store: MetadataStore, ...words: readonly string[]) {
  const found: string[] = []
  let after: { partition: string; sort: string } | undefined
  do {
    const page = await store.everything(after === undefined ? {} : { after })
    for (const item of page.items)
      if (!item.isDeleted && !mayNameErased(item.kind) && words.some((word) => JSON.stringify(item).includes(word))) found.push(item.kind)
    after = page.next
  } while (after !== undefined)
  return found
}

async function claimsOf(lab: Lab, certificate: string | null) {
  const { json } = await lab.call('GET', '/.well-known/throughline-keys.json')
  return certificateClaims.parse(await openCertificate(certificate ?? '', await readPublicKeys(JSON.stringify(json))))
}

describe.each(contractStoreNames)('on %s', (name) => {
  it(
    '[ER6] (D4) an account goes step by step to a certificate that a stranger can check, and nothing of it is left',
    { timeout: 60_000 },
    async () => {
      const clock = createHandClock()
      const open = await contractStore(name, clock)
      const lab = await startTenancy({ store: () => open() })
      const { personId, remove } = await ada(lab)
      const answer = await remove()
      expect(answer.status).toBe(202)
      const token = tokenOf(answer)
      await through(lab)
      const shown = await look(lab, token)
      expect([shown.state, shown.steps.filter(({ doneAtMs }) => doneAtMs === null)]).toEqual(['done', []])
      expect(await traces(lab.store, personId, email, 'Ada Lovelace')).toEqual([])
      expect(lab.ledger.has({ kind: 'person', id: personId })).toBe(true)
      expect(await lab.keys.state({ kind: 'person', id: personId })).toBe('destroyed')
      const claims = await claimsOf(lab, shown.certificate)
      expect(claims).toMatchObject({
        version: 1,
        iss: 'https://localhost:8443',
        kind: 'person',
        sub: lab.ledger.hashOf({ kind: 'person', id: personId }),
        keyId: lab.ledger.hashes.keyId,
        stores: [
          { name: 'table', state: 'clean', rowsLeft: 0 },
          { name: 'mirror', state: 'off', rowsLeft: 0 },
        ],
      })
      expect(claims.stores[0]?.rowsErased).toBeGreaterThan(4)
      expect(claims.stores[0]?.rowsUnnamed).toBeGreaterThan(0)
      expect(claims.tails.length).toBeGreaterThan(3)
      expect(JSON.stringify(claims)).not.toContain(personId)
      // What the erasure noted of them goes with it.
      expect(JSON.stringify((await lab.store.list('erasures')).items)).not.toContain(personId)
    },
  )
})

it('[ER7] tells everybody with the token, without a session, and nobody else; for 30 days', async () => {
  const lab = await startTenancy()
  const { remove } = await ada(lab)
  const token = tokenOf(await remove())
  expect(await look(lab, token)).toMatchObject({ state: 'running', certificate: null })
  await through(lab)
  expect(await look(lab, token)).toMatchObject({ state: 'done' })
  const flipped = `${token.slice(0, -2)}${token.at(-2) === 'A' ? 'B' : 'A'}${token.at(-1) ?? ''}`
  for (const wrong of [flipped, `${token}A`, token.slice(1), randomUUID(), '%00'])
    expect((await lab.call('GET', `${ownApi}/erasures/${wrong}`)).status).toBe(404)
  lab.clock.advance(30 * 86_400_000)
  expect((await lab.call('GET', `${ownApi}/erasures/${token}`)).status).toBe(404)
})

it('[ER8] an erasure of a space is followed and certified alike, and its key destroyed', async () => {
  const lab = await startTenancy()
  const { spaceId } = await lab.metadata.spaces.create({ name: 'Lab', description: '', adminPersonId: lab.owner.personId })
  const { token: api } = await lab.identity.apiTokens.create({ spaceId, personId: lab.owner.personId, scope: 'scope:all' })
  const answer = await lab.call('DELETE', `${ownApi}/spaces/${spaceId}/space`, { cookie: lab.ownerCookie, body: { name: 'Lab' } })
  expect(answer.status).toBe(202)
  await through(lab)
  const shown = await look(lab, tokenOf(answer))
  expect(await claimsOf(lab, shown.certificate)).toMatchObject({ kind: 'space', sub: lab.ledger.hashOf({ kind: 'space', id: spaceId }) })
  expect(await traces(lab.store, spaceId)).toEqual([])
  expect(await lab.keys.state({ kind: 'space', id: spaceId })).toBe('destroyed')
  expect((await lab.call('GET', `${ownApi}/me`, { bearer: api })).status).toBe(401)
  expect((await lab.call('GET', `${ownApi}/me`, { cookie: lab.ownerCookie })).status).toBe(200)
})

/** A mirror whose state a test decides. */
function handMirror() {
  const state = { isAway: true, rows: 0 }
  const away = () => new ThroughlineError('MIRROR_UNAVAILABLE', 'The mirror is away.')
  const view: MirrorView = {
    status: () => ({
      sink: 'duckdb',
      isReachable: !state.isAway,
      waiting: 0,
      oldestWaitingSinceMs: null,
      lastLoadedAtMs: null,
      deadLetters: 0,
    }),
    rowsAbout: async () => {
      if (state.isAway) throw away()
      return [{ table: 'people', rows: state.rows }]
    },
    caughtUp: async () => {
      if (state.isAway) throw away()
    },
  }
  return { state, view }
}

it('[ER9] waits for a mirror that is away, and for one that still has rows, and is certified when it is clean', async () => {
  const { state, view } = handMirror()
  const lab = await startTenancy({ erasures: { mirror: view } })
  const { personId, remove } = await ada(lab)
  const token = tokenOf(await remove())
  await through(lab)
  expect(await look(lab, token)).toMatchObject({ state: 'waiting-for-mirror', certificate: null })
  expect(await traces(lab.store, personId, email)).toEqual([])
  state.isAway = false
  state.rows = 2
  await through(lab)
  expect(await look(lab, token)).toMatchObject({ state: 'waiting-for-mirror' })
  state.rows = 0
  await through(lab)
  const claims = await claimsOf(lab, (await look(lab, token)).certificate)
  expect(claims.stores[1]).toMatchObject({ name: 'mirror', state: 'clean', rowsLeft: 0 })
})

it('[ER9] waits while keys cannot be destroyed, and the rows are gone meanwhile', async () => {
  let isAway = true
  const state = { destroyed: false }
  const keys: ErasuresDeps['keys'] = {
    async destroy() {
      if (isAway) throw new ThroughlineError('KEYS_UNAVAILABLE', 'The key service is away.')
      state.destroyed = true
    },
    state: async () => (state.destroyed ? 'destroyed' : 'usable'),
  }
  const lab = await startTenancy({ erasures: { keys } })
  const { personId, remove } = await ada(lab)
  const token = tokenOf(await remove())
  await through(lab)
  expect(await look(lab, token)).toMatchObject({ state: 'running' })
  expect(await traces(lab.store, personId, email)).toEqual([])
  isAway = false
  await through(lab)
  expect(await claimsOf(lab, (await look(lab, token)).certificate)).toMatchObject({ keyDestroyedAtMs: lab.clock.nowMs() })
})

it('[ER10] confirms it by one mail with the address of its page, and keeps the address sealed until then and not a day longer', async () => {
  const mails: ErasureMail[] = []
  const { state, view } = handMirror()
  const lab = await startTenancy({ erasures: { mirror: view, deliver: async (mail) => (mails.push(mail), 'taken') } })
  const first = await ada(lab)
  const token = tokenOf(await first.remove())
  await through(lab)
  expect(mails).toEqual([])
  expect(await traces(lab.store, email)).toEqual([])
  const kept = JSON.stringify([(await lab.store.everything()).items, (await lab.apart.everything()).items])
  expect([kept.includes(email), kept.includes(token)]).toEqual([false, false])
  expect((await lab.apart.list('erasure-mail')).items).toHaveLength(1)
  state.isAway = false
  await through(lab)
  expect(mails).toMatchObject([{ to: email, text: expect.stringContaining(`https://localhost:8443/erased#${token}`) }])
  expect((await lab.apart.list('erasure-mail')).items).toEqual([])
  expect(JSON.stringify((await lab.store.list('erasures')).items)).not.toContain('"mail":"')

  const late = await startTenancy({ erasures: { mirror: handMirror().view, deliver: async () => 'later' } })
  await (await ada(late)).remove()
  await through(late)
  late.clock.advance(mailKeptMs)
  await through(late)
  expect((await late.apart.list('erasure-mail')).items).toEqual([])
})

it('[ER11] two requests at once are one erasure with two tokens, and one certificate', async () => {
  const lab = await startTenancy()
  const { personId, remove } = await ada(lab)
  const answers = await Promise.all([remove(), remove()])
  const good = answers.filter(({ status }) => status === 202)
  expect(good.length).toBeGreaterThan(0)
  expect(answers.every(({ status }) => [202, 401, 404].includes(status))).toBe(true)
  await through(lab)
  expect((await lab.store.list('erasures')).items.filter(({ sort }) => sort !== 'cleared')).toHaveLength(1)
  const certificates = new Set<string | null>()
  for (const answer of good) certificates.add((await look(lab, tokenOf(answer))).certificate)
  expect([certificates.size, certificates.has(null)]).toEqual([1, false])
  expect(await traces(lab.store, personId, email)).toEqual([])
  expect(lab.audited.filter(({ action }) => action === 'erasure-certified')).toHaveLength(1)
})

it('[ER22] (D4) a look at what is unfinished, however it falls between the writes of a request, takes nothing from the request', async () => {
  for (let nth = 1; ; nth++) {
    let writes = 0
    const beforeWrite: { run?: () => Promise<void> } = {}
    const lab = await startTenancy({
      store: (clock) => {
        const kept = createMemoryStore(clock)
        return {
          ...kept,
          async write(...wish) {
            if (++writes === nth) await beforeWrite.run?.()
            return kept.write(...wish)
          },
        }
      },
    })
    const { remove } = await ada(lab)
    // As another process that starts now, and as the look that this one takes every half minute.
    beforeWrite.run = async () => {
      await lab.erasures.resume()
      await lab.erasures.settled()
    }
    writes = 0
    const answer = await remove()
    expect([nth, answer.status]).toEqual([nth, 202])
    await through(lab)
    expect([nth, await look(lab, tokenOf(answer))]).toEqual([nth, expect.objectContaining({ state: 'done' })])
    if (nth > 6) break
  }
})

it('[ER12] whoever signs up again with the same address is somebody new, of whom nothing from before is known', async () => {
  const lab = await startTenancy()
  const before = await ada(lab)
  const token = tokenOf(await before.remove())
  await through(lab)
  const again = await lab.identity.people.ensure(email)
  expect(again.personId).not.toBe(before.personId)
  expect(again.name).toBeUndefined()
  expect(await lab.identity.apiTokens.list(again.personId)).toEqual([])
  expect(await lab.metadata.roster.spacesOf(again.personId)).toEqual([])
  // The certificate still holds: the new person is not who was erased.
  expect(await traces(lab.store, before.personId)).toEqual([])
  expect(await look(lab, token)).toMatchObject({ state: 'done' })
})

it.each(['before', 'after'] as const)(
  '[ER13] (D4) killed %s any write from the request to the certificate, it ends the same: nothing left, in the ledger, certified',
  { timeout: 180_000 },
  async (when) => {
    let writes = 0
    for (let nth = 1; ; nth++) {
      const rows: NonNullable<Parameters<typeof createMemoryStore>[1]> = new Map()
      let failing: FailingStore | undefined
      const lab = await startTenancy({ store: (clock) => (failing = createFailingStore(createMemoryStore(clock, rows))) })
      const { personId, remove } = await ada(lab)
      failing?.failAt(nth, when)
      await remove()
      await through(lab)
      const hasFailed = failing?.heal() === true
      // The next start.
      await lab.tenancy.sweep()
      await through(lab)
      const isThere = (await lab.identity.people.get(personId)) !== undefined
      if (isThere) {
        // Killed before the work was noted: nothing was promised.
        expect([nth <= 3, lab.ledger.isEmpty()]).toEqual([true, true])
        continue
      }
      expect(await traces(lab.store, personId, email, 'Ada Lovelace')).toEqual([])
      expect(lab.ledger.has({ kind: 'person', id: personId })).toBe(true)
      const items = (await lab.store.list('erasures')).items.filter(({ sort }) => sort !== 'cleared')
      expect(items.map(({ data }) => typeof (data as { certificate?: string }).certificate)).toEqual(['string'])
      expect(await lab.keys.state({ kind: 'person', id: personId })).toBe('destroyed')
      writes = nth
      if (!hasFailed) break
    }
    expect(writes).toBeGreaterThan(20)
  },
)

it('[ER14] a certificate is refused with any byte flipped, with another key, and in another spelling', async () => {
  const lab = await startTenancy()
  const token = tokenOf(await (await ada(lab)).remove())
  await through(lab)
  const { certificate } = await look(lab, token)
  const file = certificateFile(certificate ?? '')
  const { json } = await lab.call('GET', '/.well-known/throughline-keys.json')
  expect(JSON.stringify(json)).not.toContain('"d"')
  const keys = await readPublicKeys(JSON.stringify(json))
  const check = async (text: string) => certificateClaims.parse(await openCertificate(certificateIn(text) ?? '', keys))
  await expect(check(file)).resolves.toMatchObject({ version: 1 })
  for (let at = 0; at < file.length; at++) {
    const bytes = Buffer.from(file)
    bytes[at] = (bytes[at] ?? 0) ^ 1
    await expect(check(bytes.toString('utf8')), `byte ${at}`).rejects.toThrow()
  }
  const other = await startTenancy()
  const foreign = await readPublicKeys(JSON.stringify((await other.call('GET', '/.well-known/throughline-keys.json')).json))
  await expect(openCertificate(certificate ?? '', foreign)).rejects.toMatchObject({ code: 'CERTIFICATE_REFUSED' })
  const [pem] = [...keys.values()].map((key) => key.export({ type: 'spki', format: 'pem' }).toString())
  expect([...(await readPublicKeys(pem ?? '')).keys()]).toEqual([...keys.keys()])
})

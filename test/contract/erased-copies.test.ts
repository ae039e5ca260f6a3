import { randomUUID } from 'node:crypto'
import { describe, expect, it, onTestFinished } from 'vitest'
import { restoreBackup } from '../../cloud/backup/restore.ts'
import { settleMs } from '../../cloud/privacy/erasure/erasure-record.ts'
import { replayLedger } from '../../cloud/privacy/ledger.ts'
import { mayNameErased } from '../../cloud/privacy/ledger/named-ids.ts'
import { columnsNaming, mirroredKinds } from '../../cloud/mirror/rows/tables.ts'
import type { PendingChange } from '../../cloud/store/port.ts'
import type { KeySubject } from '../../src/domain/key-subject.ts'
import { createBackupBench, everythingOf } from '../doubles/benches/backup-bench.ts'
import { boardWith } from '../doubles/benches/board-documents.ts'
import { contractStore, contractStoreNames } from '../doubles/stores/contract-stores.ts'
import { createHandClock } from '../doubles/hand-clock.ts'
import { startMirrorBench } from '../doubles/benches/mirror-bench.ts'
import { mirroredKindNames, namingItem } from '../doubles/stores/naming-item.ts'
import { ownApi, startTenancy } from '../doubles/benches/tenancy-bench.ts'

type Lab = Awaited<ReturnType<typeof startTenancy>>
const email = 'ada@example.com'
const dayMs = 86_400_000

/** Lets time pass until nothing goes on any more. */
async function through(lab: Lab) {
  await lab.erasures.settled()
  lab.clock.advance(settleMs)
  await lab.erasures.settled()
  await lab.erasures.resume()
  await lab.erasures.settled()
}

describe.each(contractStoreNames)('on %s', (name) => {
  it('[ER20] [BK9] (D4) a backup from before an erasure, restored at once or 91 days later, ends in the same state, without a trace', async () => {
    const clock = createHandClock()
    const open = await contractStore(name, clock)
    const lab = await startTenancy({ clock, store: () => open() })
    const bench = await createBackupBench(clock, 365)
    const { personId, cookie } = await lab.member(email, 'admin')
    await lab.identity.people.change(personId, { name: 'Ada Lovelace' })
    const { roomId } = (await lab.call('POST', `${ownApi}/rooms`, { cookie, body: { name: 'Hers' } })).json as { roomId: string }
    for (const [path, body] of [
      [`rooms/${roomId}/boards`, { document: boardWith([]) }],
      ['silences', { name: 'Quiet', startsAtMs: 0, scope: 'own' }],
      ['api-tokens', { name: 'Hers', scope: 'scope:all' }],
      ['claim-tokens', { name: 'Hers' }],
    ] as const)
      expect((await lab.call('POST', `${ownApi}/${path}`, { cookie, body })).status).toBe(201)
    const taken = await bench.take(lab.store)
    expect((await lab.call('DELETE', `${ownApi}/me`, { cookie, body: { email } })).status).toBe(202)
    await through(lab)

    const restored = async () => {
      const target = bench.target()
      const restorer = target.restorer()
      const report = await restoreBackup(
        {
          folder: bench.folder,
          keys: bench.keys,
          restorer,
          openStore: async () => target.store(),
          clearErased: async (store) => {
            const { erased, unnamed } = await replayLedger(store, lab.ledger)
            return erased + unnamed
          },
        },
        { name: taken.name, untilMs: undefined },
      ).finally(() => restorer.close())
      return { target, report }
    }
    // Ids of nobody are drawn anew each time; all else is compared.
    const stateOf = async ({ target, report }: Awaited<ReturnType<typeof restored>>) => {
      const store = target.store()
      await store.purgeExpired()
      const items = await everythingOf(store, (item) => !item.isDeleted)
      await store.close()
      return { erased: report.erased, items: nobodies(items, lab) }
    }
    const soon = await restored()
    clock.advance(91 * dayMs)
    await lab.tenancy.sweep()
    const late = await restored()
    const [first, second] = [await stateOf(soon), await stateOf(late)]
    expect(first.erased).toBeGreaterThan(5)
    // What ended meanwhile by itself did not have to be erased.
    expect(second.items).toEqual(first.items)
    for (const { items } of [first, second]) {
      expect(items.length).toBeGreaterThan(3)
      const naming = items.filter(
        (item) => !mayNameErased(item.kind) && [personId, email].some((word) => JSON.stringify(item).includes(word)),
      )
      expect(naming).toEqual([])
    }
  })
})

/** The items with one word for each id that the live data do not know. */
function nobodies(items: readonly PendingChange[], lab: Lab): PendingChange[] {
  const standIns = new Set<string>()
  for (const { kind, data } of items)
    if (kind === 'board')
      for (const id of [(data as { createdBy: string }).createdBy, (data as { changedBy: string }).changedBy]) standIns.add(id)
  standIns.delete(lab.owner.personId)
  let text = JSON.stringify(items)
  for (const id of standIns) text = text.replaceAll(id, 'nobody')
  return JSON.parse(text) as PendingChange[]
}

describe('with the mirror', () => {
  it.each(['person', 'space'] as const)(
    '[ER19] [ER9] (D4) the certificate of a %s never waits for rows that stay: of every kind that the mirror has, whatever its fields name, nothing counts after the erasure',
    { timeout: 120_000 },
    async (subjectKind) => {
      const clock = createHandClock()
      const store = (await contractStore('SQLite', clock))()
      const bench = await startMirrorBench(store, clock)
      const mirror = await bench.open()
      onTestFinished(() => mirror.close())
      const lab = await startTenancy({
        clock,
        store: () => store,
        erasures: { mirror, mirrorNames: ({ kind, id }) => [bench.pseudonym(kind, id)] },
      })
      const subject: KeySubject = { kind: subjectKind, id: randomUUID() }
      const ids = { person: randomUUID(), space: randomUUID(), node: randomUUID(), [subject.kind]: subject.id }
      for (const kind of mirroredKindNames)
        for (let variant = 0; variant < 3; variant++) {
          // Under somebody else's key, so that only the fields name; and under their own.
          for (const partition of [`space/${randomUUID()}`, subject.kind === 'space' ? `space/${subject.id}` : `person#${subject.id}`])
            await store.write(namingItem({ partition, sort: `${kind}/${randomUUID()}` }, kind, ids, variant), 'absent')
        }
      await mirror.caughtUp(60_000)
      const naming = [...mirroredKinds.values()].filter((kind) => columnsNaming(kind, subject.kind as 'person' | 'space').length > 0)
      const before = await mirror.rowsAbout(subject)
      expect(before.map(({ table }) => table).sort()).toEqual(naming.map(({ table }) => table.name).sort())

      const { token } = await lab.erasures.begin(subject)
      await lab.erasures.note(subject)
      await lab.erasures.rowsGone(subject)
      await through(lab)
      const shown = await lab.erasures.look(token)
      expect([shown?.state, shown?.certificate === null]).toEqual(['done', false])
      expect(await mirror.rowsAbout(subject)).toEqual([])
      expect(await bench.differences()).toEqual([])
      // Rows of others stay, and name nobody.
      const stays = await bench.ask('SELECT count(*)::VARCHAR FROM boards')
      expect(Number(stays[0]?.[0])).toBeGreaterThanOrEqual(subject.kind === 'person' ? 3 : 0)
      expect(mirror.status().deadLetters).toBe(0)
    },
  )
})

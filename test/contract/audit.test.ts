import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Database from 'libsql'
import { describe, expect, it, onTestFinished } from 'vitest'
import { createAudit } from '../../cloud/audit/audit.ts'
import { auditLimits } from '../../cloud/audit/limits.ts'
import { verifyChain } from '../../cloud/audit/verify-chain.ts'
import { createSqliteStore } from '../../cloud/store/sqlite/sqlite-store.ts'
import type { AuditEvent } from '../../src/domain/audit.ts'
import type { PersonId, SpaceId } from '../../src/domain/ids.ts'
import { silentLog } from '../../src/support/log.ts'
import { contractStore, contractStoreNames } from '../doubles/stores/contract-stores.ts'
import { createHandClock } from '../doubles/hand-clock.ts'
import { newUuid } from '../doubles/agents/metadata-agents.ts'

async function sqliteFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'throughline-audit-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true, maxRetries: 10 }))
  return folder
}

const spaceId = newUuid<SpaceId>()
const event = (action: AuditEvent['action'] = 'room-created'): AuditEvent => ({
  action,
  spaceId,
  personId: newUuid<PersonId>(),
  via: 'cookie',
  subject: { kind: 'room', id: newUuid() },
})

describe.each(contractStoreNames)('the audit on %s', (name) => {
  it('[AU2] is one whole chain after parallel appends through two connections, and begins later after 400 days', async () => {
    const clock = createHandClock()
    const open = await contractStore(name, clock)
    const connections = [open(), open()]
    const audits = connections.map((store) => createAudit({ store, clock, log: silentLog }))
    const [store = open()] = connections
    await Promise.all(Array.from({ length: 30 }, (_, n) => audits[n % 2]?.record(event()) ?? Promise.reject(new Error('no audit'))))
    expect(await verifyChain(store, spaceId)).toMatchObject({ isWhole: true, length: 30 })
    clock.advance(auditLimits.keptMs + 1)
    await audits[0]?.record(event('room-deleted'))
    expect(await audits[0]?.prune()).toBe(30)
    expect(await verifyChain(store, spaceId)).toMatchObject({ isWhole: true, length: 1, beginsAt: 31 })
  })
})

it('[AU8] a byte that is flipped in the SQLite file is named by the number of its entry', async () => {
  const clock = createHandClock()
  const path = join(await sqliteFolder(), 'metadata.db')
  const store = createSqliteStore({ path, clock, log: silentLog })
  onTestFinished(() => store.close())
  const audit = createAudit({ store, clock, log: silentLog })
  for (let n = 0; n < 6; n++) await audit.record(event())
  const file = new Database(path)
  file.exec(
    `UPDATE items SET data = replace(data, 'room-created', 'room-creatfd') WHERE sort = x'${Buffer.from('entry/000000000004').toString('hex')}'`,
  )
  file.close()
  expect(await verifyChain(store, spaceId)).toEqual({ isWhole: false, length: 3, beginsAt: 1, brokenAt: 4, reason: 'unreadable' })
  await audit.record(event())
})

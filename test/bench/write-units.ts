import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import express from 'express'
import { generate } from 'selfsigned'
import { createLocalBus } from '../../cloud/bus/local/local-bus.ts'
import { createGateway } from '../../cloud/gateway/gateway.ts'
import { createMetadata } from '../../cloud/metadata/metadata.ts'
import { createPresence } from '../../cloud/presence/presence.ts'
import { createSqliteStore } from '../../cloud/store/sqlite/sqlite-store.ts'
import type { PersonId } from '../../src/domain/ids.ts'
import { systemClock as clock } from '../../src/support/clock.ts'
import { silentLog as log } from '../../src/support/log.ts'
import { claimSimulated, connectSimulated } from '../doubles/agents/agent-simulator.ts'
import { createCountingStore } from '../doubles/stores/counting-store.ts'
import { someContexts } from '../doubles/agents/metadata-agents.ts'
import { connectParent, simulatedInfo } from './big-parent.ts'
import { sleep } from './clients.ts'
import type { Row } from './table.ts'
import { testSeals } from '../doubles/stores/test-seals.ts'

const parentChildren = 20

/** What DynamoDB would bill for agents that come through the real gateway: the store counts, the bytes are real. */
export async function measureWriteUnits(): Promise<Row[]> {
  const folder = mkdtempSync(join(tmpdir(), 'throughline-bench-units-'))
  const sqlite = createSqliteStore({ path: join(folder, 'metadata.db'), clock, log })
  const store = createCountingStore(sqlite)
  const metadata = createMetadata({ store, seals: testSeals, clock, log })
  const adminPersonId = '00000000-0000-4000-8000-000000000001' as PersonId
  const space = await metadata.spaces.ensureFirst({ name: 'Bench', adminPersonId })
  const presence = createPresence({ clock, log })
  const pems = await generate([{ name: 'commonName', value: '127.0.0.1' }], {
    keyType: 'ec',
    extensions: [
      { name: 'basicConstraints', cA: true },
      { name: 'subjectAltName', altNames: [{ type: 7, ip: '127.0.0.1' }] },
    ],
  })
  const app = express()
  const server = createServer({ cert: pems.cert, key: pems.private }, app)
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const { claims, nodes, contexts, alerts } = metadata
  const publicUrl = { host: '127.0.0.1', port }
  const gateway = createGateway({ ports: { claims, nodes, contexts, alerts }, presence, bus: createLocalBus(), clock, log, publicUrl })
  app.use(gateway.router)
  server.on('upgrade', (request, socket, head) => gateway.handleUpgrade(request, socket, head))
  const cloud = { url: `https://127.0.0.1:${port}`, caPem: pems.cert }

  const joinAndReturn = async (hostname: string, startS: number) => {
    const { token } = await metadata.claimTokens.issue({ spaceId: space.spaceId, roomIds: [], validForMs: 3_600_000, uses: 1 })
    store.take()
    const claim = await claimSimulated(cloud, token, hostname)
    const wishes = { info: simulatedInfo(hostname), contexts: someContexts(500, startS) }
    const agent = await connectSimulated(cloud, claim, wishes)
    await agent.acknowledged()
    const first = store.take().total
    agent.close()
    await sleep(200)
    store.take()
    const again = await connectSimulated(cloud, claim, { ...wishes, nodeId: agent.nodeId })
    await again.acknowledged()
    const reconnect = store.take().total
    again.close()
    return { first, reconnect }
  }
  const parentOf = async (hostname: string) => {
    const { token } = await metadata.claimTokens.issue({ spaceId: space.spaceId, roomIds: [], validForMs: 3_600_000, uses: 1 })
    const claim = await claimSimulated(cloud, token, hostname)
    store.take()
    const parent = await connectParent(cloud, claim, { children: parentChildren, contexts: 2_000 })
    await parent.settled()
    const units = store.take().total / parentChildren
    parent.close()
    return units
  }
  const firstNode = await joinAndReturn('web-1', 1_795_296_434)
  const secondNode = await joinAndReturn('web-2', 1_795_300_977)
  await parentOf('parent-1')
  const perChild = await parentOf('parent-2')
  await sleep(200)
  await gateway.close('The bench is over.')
  presence.close()
  server.close()
  await sqlite.close()
  rmSync(folder, { recursive: true, force: true })
  const unit = 'write units'
  return [
    { what: 'first claim of the first node with 500 contexts', unit, ours: firstNode.first },
    { what: 'first claim of the second node like it', unit, ours: secondNode.first, target: { of: 'ours', atMost: 12 } },
    {
      what: 'a child with 2,000 contexts of the second parent like it, the parent included',
      unit,
      ours: perChild,
      target: { of: 'ours', atMost: 12 },
    },
    { what: 'reconnect with nothing changed', unit, ours: secondNode.reconnect, target: { of: 'ours', atMost: 0 } },
  ]
}

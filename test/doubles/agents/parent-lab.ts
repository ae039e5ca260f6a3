import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { onTestFinished } from 'vitest'
import { ensureTls } from '../../../cloud/api/tls/ensure-tls.ts'
import { createMetadata } from '../../../cloud/metadata/metadata.ts'
import { createSqliteStore } from '../../../cloud/store/sqlite/sqlite-store.ts'
import type { PersonId } from '../../../src/domain/ids.ts'
import { systemClock } from '../../../src/support/clock.ts'
import { silentLog } from '../../../src/support/log.ts'
import type { SimulatedClaim, SimulatedCloud } from './agent-simulator.ts'
import { claimSimulated } from './agent-simulator.ts'
import { createCountingStore } from '../stores/counting-store.ts'
import type { Listen } from './gateway-door.ts'
import { openGatewayDoor } from './gateway-door.ts'
import { createHandClock } from '../hand-clock.ts'
import { testSeals } from '../stores/test-seals.ts'
import { temporaryFolder } from '../temporary-folder.ts'

/** A gateway over TLS on real metadata in a store that counts its write units, and machines that claim themselves there. */
export async function openParentLab() {
  const clock = createHandClock()
  const sqlite = createSqliteStore({ path: join(temporaryFolder(), 'metadata.db'), clock, log: silentLog })
  onTestFinished(() => sqlite.close())
  const store = createCountingStore(sqlite)
  const metadata = createMetadata({ store, seals: testSeals, clock, log: silentLog })
  const { spaceId } = await metadata.spaces.ensureFirst({ name: 'space', adminPersonId: randomUUID() as string as PersonId })
  const tls = await ensureTls({ folder: temporaryFolder(), names: ['127.0.0.1'], clock: systemClock, log: silentLog })
  const listen: Listen = async (app, upgrade) => {
    const server = createServer({ cert: tls.certPem, key: tls.keyPem }, app)
    server.on('upgrade', upgrade)
    server.listen(0, '127.0.0.1')
    await new Promise((resolve) => server.once('listening', resolve))
    const close = () => {
      server.closeAllConnections()
      server.close()
    }
    return { port: (server.address() as AddressInfo).port, close }
  }
  const door = await openGatewayDoor(metadata, clock, listen)
  const cloud: SimulatedCloud = { url: `https://127.0.0.1:${door.port}`, caPem: tls.caPem }
  const claim = async (hostname: string): Promise<SimulatedClaim> => {
    const { token } = await metadata.claimTokens.issue({ spaceId, roomIds: [], validForMs: 3_600_000, uses: 1 })
    return claimSimulated(cloud, token, hostname)
  }
  return { store, metadata, spaceId, door, cloud, claim }
}

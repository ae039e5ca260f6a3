import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import express from 'express'
import { onTestFinished } from 'vitest'
import { createLocalBus } from '../../../cloud/bus/local/local-bus.ts'
import type { Bus } from '../../../cloud/bus/port.ts'
import type { Gateway } from '../../../cloud/gateway/gateway.ts'
import { createGateway } from '../../../cloud/gateway/gateway.ts'
import type { GatewayBans, GatewayPorts } from '../../../cloud/gateway/ports.ts'
import type { Presence } from '../../../cloud/presence/port.ts'
import { createPresence } from '../../../cloud/presence/presence.ts'
import type { LogFields } from '../../../src/domain/storable.ts'
import type { Clock } from '../../../src/support/clock.ts'
import { createHandClock } from '../hand-clock.ts'

/** A real gateway behind a real HTTP server on a free port of the loopback, with real presence and bus. */
export interface GatewayDoor {
  readonly gateway: Gateway
  readonly presence: Presence
  readonly bus: Bus
  readonly port: number
  readonly clock: ReturnType<typeof createHandClock>
  /** Every log line so far. */
  readonly lines: { readonly level: string; readonly event: string; readonly fields: LogFields | undefined }[]
}

/** Where the gateway's routes and upgrades are reached; `app` and `upgrade` may be called from the first request on. */
export type Listen = (
  app: RequestListener,
  upgrade: Gateway['handleUpgrade'],
) => Promise<{ readonly port: number; readonly close: () => unknown }>

const plainHttp: Listen = async (app, upgrade) => {
  const server = createServer(app)
  server.on('upgrade', upgrade)
  server.listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  const close = () => {
    server.closeAllConnections()
    server.close()
  }
  return { port: (server.address() as AddressInfo).port, close }
}

/** The clock is a hand clock: nothing times out unless the test says so. */
export async function openGatewayDoor(
  ports: GatewayPorts,
  clock = createHandClock(),
  listen = plainHttp,
  bans?: GatewayBans,
): Promise<GatewayDoor> {
  const lines: GatewayDoor['lines'] = []
  const note = (level: string) => (event: string, fields?: LogFields) => void lines.push({ level, event, fields })
  const log = { error: note('error'), warn: note('warn'), info: note('info'), debug: note('debug') }
  const presence = createPresence({ clock, log })
  const bus = createLocalBus()
  const app = express()
  const { port, close } = await listen(app, (request, socket, head) => gateway.handleUpgrade(request, socket, head))
  const gateway = createGateway({
    ports,
    presence,
    bus,
    clock,
    log,
    publicUrl: { host: '127.0.0.1', port },
    ...(bans === undefined ? {} : { bans }),
  })
  app.use(gateway.router)
  onTestFinished(async () => {
    await closeWithHandClock(gateway, clock)
    presence.close()
    await close()
  })
  return { gateway, presence, bus, port, clock, lines }
}

/** Closes the gateway while pushing the clock on, since its waits are on the clock. */
export async function closeWithHandClock(gateway: Gateway, clock: Clock & { advance(ms: number): void }): Promise<void> {
  const state = { isClosed: false }
  const closing = gateway.close('the test is over').finally(() => (state.isClosed = true))
  while (!state.isClosed) {
    clock.advance(100)
    await new Promise((resolve) => setImmediate(resolve))
  }
  await closing
}

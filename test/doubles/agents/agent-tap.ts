import { createServer, type AddressInfo, type Socket } from 'node:net'
import { connect } from 'node:tls'
import { createEdge } from '../../../cloud/api/edge/edge.ts'
import { ensureTls } from '../../../cloud/api/tls/ensure-tls.ts'
import { systemClock } from '../../../src/support/clock.ts'
import { silentLog } from '../../../src/support/log.ts'
import type { AgentRules } from './agent-rules.ts'
import type { Listen } from './gateway-door.ts'
import { temporaryFolder } from '../temporary-folder.ts'

/** A loopback port in front of a cloud, in plain text, through which a checker hears every byte. */
export interface AgentTap {
  readonly port: number
  close(): void
}

/** Each connection to the tap is a TLS connection to the cloud. */
export async function openAgentTap(cloud: { port: number; caPem: string; servername: string }, rules: AgentRules): Promise<AgentTap> {
  const sockets = new Set<Socket>()
  const server = createServer((agent) => {
    const watch = rules.watch()
    const link = connect({ host: '127.0.0.1', port: cloud.port, ca: cloud.caPem, servername: cloud.servername })
    let isEnded = false
    const end = (by: 'agent' | 'cloud') => {
      if (isEnded) return
      isEnded = true
      watch.end(by)
    }
    agent.on('data', (bytes) => {
      watch.fromAgent(bytes)
      link.write(bytes)
    })
    link.on('data', (bytes: Buffer) => {
      watch.fromCloud(bytes)
      agent.write(bytes)
    })
    // Each end is passed on in its kind: an orderly one as such, a reset as a reset.
    agent.on('end', () => {
      end('agent')
      link.end()
    })
    link.on('end', () => {
      end('cloud')
      agent.end()
    })
    agent.on('close', () => {
      end('agent')
      link.destroy()
    })
    link.on('close', () => {
      end('cloud')
      agent.destroy()
    })
    agent.on('error', () => link.destroy())
    link.on('error', () => agent.destroy())
    for (const socket of [agent, link]) {
      sockets.add(socket)
      socket.once('close', () => sockets.delete(socket))
    }
  })
  server.listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  return {
    port: (server.address() as AddressInfo).port,
    close() {
      server.close()
      for (const socket of sockets) socket.destroy()
    },
  }
}

/** The real edge with TLS, and a tap before it: the door agents really go through, every byte of which is checked. */
export function behindEdgeAndTap(rules: AgentRules): Listen {
  return async (app, upgrade) => {
    const deps = { clock: systemClock, log: silentLog }
    const tls = await ensureTls({ folder: temporaryFolder(), names: ['localhost'], ...deps })
    const edge = await createEdge({
      app,
      upgrades: { '/mqtt': upgrade },
      tls: { load: async () => tls },
      host: '127.0.0.1',
      port: 0,
      ...deps,
    })
    const { port } = await edge.listen()
    const tap = await openAgentTap({ port, caPem: tls.caPem, servername: 'localhost' }, rules)
    return {
      port: tap.port,
      async close() {
        tap.close()
        await edge.close(0)
      },
    }
  }
}

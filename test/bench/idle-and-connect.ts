import { closeAll, makeMany, sleep } from './clients.ts'
import { cpuMsDuring } from './load.ts'
import type { Bare, Product } from './load.ts'
import type { SimulatedAgent } from '../doubles/agents/agent-simulator.ts'
import type { Row } from './table.ts'

const warmUps = 60
const atOnce = 16

/**
 * Memory of idle agents beside bare sockets, and the CPU that bringing them up costs. Both servers first connect and lose some
 * sockets, so that code is compiled and buffers are there before anything is counted.
 */
export async function measureIdleAgents(product: Product, bare: Bare, count: number): Promise<Row[]> {
  const claims = await makeMany(count + warmUps, atOnce, (index) => product.claim(`idle-${index}`))
  const early = await makeMany(warmUps, atOnce, (index) => product.connect(claims[index] as (typeof claims)[number]))
  for (const agent of early) agent.close()
  await closeAll(await makeMany(warmUps, atOnce, bare.open))
  await sleep(1_000)

  const ours = await product.server.memory()
  let agents: SimulatedAgent[] = []
  const loginCpuMs = await cpuMsDuring(product.server, async () => {
    agents = await makeMany(count, atOnce, (index) => product.connect(claims[warmUps + index] as (typeof claims)[number]))
    await Promise.all(agents.map((agent) => agent.acknowledged()))
  })
  await sleep(1_000)
  const oursFull = await product.server.memory()

  const theirs = await bare.server.memory()
  let sockets: Awaited<ReturnType<typeof bare.open>>[] = []
  const acceptCpuMs = await cpuMsDuring(bare.server, async () => {
    sockets = await makeMany(count, atOnce, bare.open)
  })
  await sleep(1_000)
  const theirsFull = await bare.server.memory()
  await closeAll(sockets)

  const perSocket = (before: number, after: number) => (after - before) / count / 1024
  return [
    {
      what: `resident memory of an idle agent (${count} of them)`,
      unit: 'KiB',
      ours: perSocket(ours.rss, oursFull.rss),
      bare: perSocket(theirs.rss, theirsFull.rss),
      target: { of: 'ratio', atMost: 1.25 },
    },
    {
      what: 'of it, heap and buffers',
      unit: 'KiB',
      ours: perSocket(ours.heap, oursFull.heap),
      bare: perSocket(theirs.heap, theirsFull.heap),
    },
    {
      what: 'CPU of a full agent login (env, challenge, password, socket, CONNECT: 4 TLS handshakes); bare: one accept',
      unit: 'ms',
      ours: loginCpuMs / count,
      bare: acceptCpuMs / count,
      target: { of: 'ours', atMost: 10 },
    },
  ]
}

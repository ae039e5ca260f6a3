import type { SimulatedAgent } from '../doubles/agent-simulator.ts'
import { closeAll, makeMany, openViewer, sleep } from './clients.ts'
import { answerBody, cpuMsDuring } from './load.ts'
import type { Bare, Product } from './load.ts'
import type { Row } from './table.ts'

const viewersPerSignIn = 20
const seconds = 15
const frameBytes = answerBody.byteLength + 18

/** One node watched by many at 1 Hz beside a bare broadcast of as many bytes at the same pace. */
export async function measureFanOut(product: Product, bare: Bare, agent: SimulatedAgent, count: number): Promise<Row[]> {
  const cookies = await makeMany(Math.ceil(count / viewersPerSignIn), 1, product.signIn)
  let frames = 0
  const viewers = await makeMany(count, 8, (index) =>
    openViewer(product.cloud, cookies[Math.floor(index / viewersPerSignIn)] ?? '', () => frames++),
  )
  const subscribe = { type: 'subscribe', id: 1, nodeId: agent.nodeId, contexts: ['system.cpu'], cadenceMs: 1_000 }
  for (const viewer of viewers) viewer.send(JSON.stringify(subscribe))
  await sleep(3_000)
  const questionsBefore = product.questions()
  const framesBefore = frames
  const ourCpuMs = await cpuMsDuring(product.server, () => sleep(seconds * 1_000))
  const questions = product.questions() - questionsBefore
  const delivered = frames - framesBefore
  await closeAll(viewers)

  const sockets = await makeMany(count, 8, bare.open)
  let received = 0
  for (const socket of sockets) socket.on('message', () => received++)
  await bare.server.ask({ ask: 'broadcast', bytes: frameBytes, everyMs: 1_000 })
  await sleep(3_000)
  const receivedBefore = received
  const bareCpuMs = await cpuMsDuring(bare.server, () => sleep(seconds * 1_000))
  const broadcast = received - receivedBefore
  await bare.server.ask({ ask: 'stop-broadcast' })
  await closeAll(sockets)

  return [
    {
      what: `CPU of a frame of 16 KiB to each of ${count} viewers of one node at 1 Hz; bare: a broadcast`,
      unit: 'ms',
      ours: ourCpuMs / delivered,
      bare: bareCpuMs / broadcast,
      target: { of: 'ratio', atMost: 1.2 },
    },
    {
      what: `questions a second to the agent behind ${count} viewers`,
      unit: 'a second',
      ours: Math.round((questions / seconds) * 10) / 10,
      target: { of: 'ours', atMost: 1.1 },
    },
  ]
}

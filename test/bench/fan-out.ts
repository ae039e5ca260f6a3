import { closeAll, makeMany, openViewer } from './clients.ts'
import { answerBody, compareCpu } from './load.ts'
import type { Bare, Product } from './load.ts'
import type { Row } from './table.ts'

const viewersPerSignIn = 20
const frameBytes = answerBody.byteLength + 18

/** One node watched by many at 1 Hz beside a bare broadcast of as many bytes at the same pace. */
export async function measureFanOut(product: Product, bare: Bare, count: number): Promise<Row[]> {
  const agent = await product.connect(await product.claim('watched'))
  const cookies = await makeMany(Math.ceil(count / viewersPerSignIn), 1, product.signIn)
  let frames = 0
  let received = 0
  const viewers = await makeMany(count, 8, (index) =>
    openViewer(product.cloud, cookies[Math.floor(index / viewersPerSignIn)] ?? '', () => frames++),
  )
  const subscribe = { type: 'subscribe', id: 1, nodeId: agent.nodeId, contexts: ['system.cpu'], cadenceMs: 1_000 }
  for (const viewer of viewers) viewer.send(JSON.stringify(subscribe))
  const sockets = await makeMany(count, 8, bare.open)
  for (const socket of sockets) socket.on('message', () => received++)
  await bare.server.ask({ ask: 'broadcast', bytes: frameBytes, everyMs: 1_000 })
  const questionsBefore = product.questions()
  const startedMs = performance.now()
  let questionsPerSecond = 0
  const { oursMs, bareMs } = await compareCpu(product, bare, {
    ours: () => frames,
    bare: () => received,
    async stop() {
      questionsPerSecond = (product.questions() - questionsBefore) / ((performance.now() - startedMs) / 1_000)
      await closeAll([...viewers, ...sockets])
    },
  })
  return [
    {
      what: `CPU of a frame of 16 KiB to each of ${count} viewers of one node at 1 Hz; bare: a broadcast`,
      unit: 'ms',
      ours: oursMs,
      bare: bareMs,
      target: { of: 'ratio', atMost: 1.2 },
    },
    {
      what: `questions a second to the agent behind ${count} viewers`,
      unit: 'a second',
      ours: Math.round(questionsPerSecond * 10) / 10,
      target: { of: 'ours', atMost: 1.1 },
    },
  ]
}

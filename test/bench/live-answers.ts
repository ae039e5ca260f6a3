import { once } from 'node:events'
import type { WebSocket } from 'ws'
import { closeAll, makeMany, median, openViewer, sleep } from './clients.ts'
import { answerBody, compareCpu } from './load.ts'
import type { Bare, Product } from './load.ts'
import type { Row } from './table.ts'

const nodes = 200
const asks = 300

/** CPU of a live answer (question to the agent, 16 KiB back, on to one viewer) beside an echo of the same bytes, and the time it adds. */
export async function measureLiveAnswers(product: Product, bare: Bare): Promise<Row[]> {
  const agents = await makeMany(nodes, 8, async (index) => product.connect(await product.claim(`live-${index}`)))
  const cookie = await product.signIn()
  let frames = 0
  let echoes = 0
  const viewers = await makeMany(nodes, 8, () => openViewer(product.cloud, cookie, () => frames++))
  for (const [index, viewer] of viewers.entries()) {
    const nodeId = agents[index]?.nodeId
    viewer.send(JSON.stringify({ type: 'subscribe', id: 1, nodeId, contexts: ['system.cpu', 'disk.io'], cadenceMs: 1_000 }))
  }
  const sockets = await makeMany(nodes, 8, bare.open)
  for (const socket of sockets) socket.on('message', () => echoes++)
  const stops = sockets.map((socket, index) => startEchoing(socket, (index / nodes) * 1_000))
  const { oursMs, bareMs } = await compareCpu(product, bare, {
    ours: () => frames,
    bare: () => echoes,
    async stop() {
      for (const stop of stops) stop()
      await closeAll([...viewers, ...sockets])
    },
  })
  return [
    {
      what: `CPU of a live answer of 16 KiB (${nodes} nodes at 1 Hz, a viewer each); bare: an echo`,
      unit: 'ms',
      ours: oursMs,
      bare: bareMs,
      target: { of: 'ratio', atMost: 1.5 },
    },
    await measureLatency(product, bare, cookie, agents[0]?.nodeId ?? ''),
  ]
}

function startEchoing(socket: WebSocket, phaseMs: number): () => void {
  let every: NodeJS.Timeout | undefined
  const first = setTimeout(() => {
    every = setInterval(() => socket.send(answerBody), 1_000)
  }, phaseMs)
  return () => {
    clearTimeout(first)
    clearInterval(every)
  }
}

/** One question after another, each waiting for its 16 KiB; the middle of the times. */
async function measureLatency(product: Product, bare: Bare, cookie: string, nodeId: string): Promise<Row> {
  let onFrame = () => {}
  const viewer = await openViewer(product.cloud, cookie, () => onFrame())
  viewer.setMaxListeners(asks + 1)
  const ours = await timesOf(async (index) => {
    const answered = new Promise<void>((resolve, reject) => {
      onFrame = resolve
      viewer.once('close', (code) => reject(new Error(`the live socket closed with ${code}`)))
    })
    viewer.send(JSON.stringify({ type: 'ask', id: index + 1, nodeId, question: { kind: 'info' } }))
    await answered
  })
  viewer.removeAllListeners('close')
  viewer.terminate()
  const socket = await bare.open()
  const theirs = await timesOf(async () => {
    const answered = once(socket, 'message')
    socket.send(answerBody)
    await answered
  })
  socket.terminate()
  return {
    what: 'median time of one question and its 16 KiB answer; bare: an echo',
    unit: 'ms',
    ours: median(ours),
    bare: median(theirs),
    target: { of: 'added', atMost: 2 },
  }
}

async function timesOf(run: (index: number) => Promise<void>): Promise<number[]> {
  const times: number[] = []
  for (let index = 0; index < asks; index++) {
    const startedMs = performance.now()
    await run(index)
    times.push(performance.now() - startedMs)
    // Light load: the next question comes a little later, and a page may send fifty messages a second.
    await sleep(25)
  }
  return times.slice(asks / 10)
}

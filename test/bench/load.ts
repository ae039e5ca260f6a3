import { randomBytes } from 'node:crypto'
import type { WebSocket } from 'ws'
import { claimSimulated, connectSimulated } from '../doubles/agents/agent-simulator.ts'
import type { SimulatedAgent, SimulatedClaim, SimulatedCloud } from '../doubles/agents/agent-simulator.ts'
import type { BareHello } from './bare-server.ts'
import { startChild } from './child-server.ts'
import type { ChildServer } from './child-server.ts'
import { openSocket, signIn, sleep } from './clients.ts'
import type { ProductHello } from './product-server.ts'
import type { Row } from './table.ts'

/** A live answer as stock agents gzip it: 16 KiB that cannot be made smaller. */
export const answerBody: Uint8Array = randomBytes(16 * 1024)

/** The product under test and how to load it. */
export interface Product {
  readonly server: ChildServer
  readonly cloud: SimulatedCloud
  readonly tlsFolder: string
  claim(hostname: string): Promise<SimulatedClaim>
  /** Counts its questions in `questions`. */
  connect(claim: SimulatedClaim): Promise<SimulatedAgent>
  questions(): number
  readonly signIn: () => Promise<string>
}

/** The bare server and how to reach it. */
export interface Bare {
  readonly server: ChildServer
  readonly open: () => Promise<WebSocket>
}

/** Starts the product with a fresh data folder. */
export async function startProduct(): Promise<Product> {
  const { server, hello } = await startChild<ProductHello>('./product-server.ts', {})
  const { tlsFolder, ...cloud } = hello
  let questions = 0
  let claims = 0
  let token: Promise<unknown> = Promise.resolve()
  return {
    server,
    cloud,
    tlsFolder,
    async claim(hostname) {
      // A token is good for a hundred claims.
      if (claims++ % 90 === 0) token = server.ask({ ask: 'claim-token' })
      return claimSimulated(cloud, (await token) as string, hostname)
    },
    connect: (claim) =>
      connectSimulated(cloud, claim, {
        onQuestion: () => {
          questions++
          return { body: answerBody, isGzip: true }
        },
      }),
    questions: () => questions,
    signIn: async () => signIn(cloud, (await server.ask({ ask: 'sign-in-link' })) as string),
  }
}

/** Starts the bare server with the product's certificate. */
async function startBare({ tlsFolder, cloud }: Product): Promise<Bare> {
  const { server, hello } = await startChild<BareHello>('./bare-server.ts', { BENCH_TLS_FOLDER: tlsFolder })
  return { server, open: () => openSocket({ url: hello.url, caPem: cloud.caPem }, '/') }
}

/** CPU milliseconds the server uses while `run` runs. */
export async function cpuMsDuring(server: ChildServer, run: () => Promise<void>): Promise<number> {
  const before = await server.cpuUs()
  await run()
  return ((await server.cpuUs()) - before) / 1_000
}

/** New sockets leave garbage and half-optimised code behind; what is measured is the steady state. */
const settleSeconds = 12
const measuredSeconds = 15

/** CPU milliseconds of each of two servers for each message it delivered, everything else it did meanwhile included. */
export interface Compared {
  readonly oursMs: number
  readonly bareMs: number
}

/** A load on both servers: messages each has delivered so far, and how to end it. */
export interface Load {
  ours(): number
  bare(): number
  stop(): Promise<void>
}

/** Measures two servers under load at the same time, so that whatever else the machine does meets both alike. */
export async function compareCpu(product: Product, bare: Bare, load: Load): Promise<Compared> {
  await sleep(settleSeconds * 1_000)
  const cpu = async () => ({ ours: await product.server.cpuUs(), bare: await bare.server.cpuUs() })
  const counted = { ours: load.ours(), bare: load.bare() }
  const started = await cpu()
  await sleep(measuredSeconds * 1_000)
  const ended = await cpu()
  const perMessageMs = (of: 'ours' | 'bare') => (ended[of] - started[of]) / (load[of]() - counted[of]) / 1_000
  const compared = { oursMs: perMessageMs('ours'), bareMs: perMessageMs('bare') }
  await load.stop()
  return compared
}

/** Runs `measure` with a fresh product and a fresh bare server, so that no measurement carries the garbage of another. */
export async function withServers(measure: (product: Product, bare: Bare) => Promise<Row[]>): Promise<Row[]> {
  const product = await startProduct()
  const bare = await startBare(product)
  try {
    return await measure(product, bare)
  } finally {
    await product.server.stop()
    await bare.server.stop()
  }
}

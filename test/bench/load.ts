import { randomBytes } from 'node:crypto'
import type { WebSocket } from 'ws'
import { claimSimulated, connectSimulated } from '../doubles/agent-simulator.ts'
import type { SimulatedAgent, SimulatedClaim, SimulatedCloud } from '../doubles/agent-simulator.ts'
import type { BareHello } from './bare-server.ts'
import { startChild } from './child-server.ts'
import type { ChildServer } from './child-server.ts'
import { openSocket, signIn } from './clients.ts'
import type { ProductHello } from './product-server.ts'

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
export async function startBare({ tlsFolder, cloud }: Product): Promise<Bare> {
  const { server, hello } = await startChild<BareHello>('./bare-server.ts', { BENCH_TLS_FOLDER: tlsFolder })
  return { server, open: () => openSocket({ url: hello.url, caPem: cloud.caPem }, '/') }
}

/** CPU milliseconds the server uses while `run` runs. */
export async function cpuMsDuring(server: ChildServer, run: () => Promise<void>): Promise<number> {
  const before = await server.cpuUs()
  await run()
  return ((await server.cpuUs()) - before) / 1_000
}

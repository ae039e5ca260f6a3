import { fork } from 'node:child_process'
import { once } from 'node:events'
import { Agent, request } from 'node:https'
import { makeMany, signIn, sleep } from './clients.ts'
import type { Product } from './load.ts'
import type { NoiseKind } from './noisy-client.ts'
import type { Row } from './table.ts'

const quietClients = 20
const everyMs = 250
const windowMs = 6_000
const windows = 5

/**
 * What one noisy client does to the others (security E7): the 99th percentile of the time in which twenty quiet clients, each of an
 * address of its own, are answered, beside the same without the noise. All limits are on; quiet and noisy windows take turns.
 */
export async function measureNoisyNeighbour(product: Product): Promise<Row[]> {
  const { cloud, server } = product
  await product.connect(await product.claim('quiet'))
  const cookie = await product.signIn()
  await ask(cloud, { method: 'POST', path: '/api/throughline/v1/members', cookie, body: { email: 'noisy@example.com', role: 'observer' } })
  const noisyLink = (await server.ask({ ask: 'sign-in-link', email: 'noisy@example.com' })) as string
  const noisyCookie = await signIn(cloud, noisyLink)
  const agents = Array.from(
    { length: quietClients },
    (_none, index) => new Agent({ keepAlive: true, maxSockets: 1, localAddress: `127.0.1.${index + 1}` }),
  )
  const quietly = async () => {
    const times: number[] = []
    await makeMany(quietClients, quietClients, async (index) => {
      await sleep((index / quietClients) * everyMs)
      const endMs = performance.now() + windowMs
      while (performance.now() < endMs) {
        const startedMs = performance.now()
        await ask(cloud, { method: 'GET', path: '/api/throughline/v1/nodes', cookie, agent: agents[index] })
        times.push(performance.now() - startedMs)
        await sleep(Math.max(0, everyMs - (performance.now() - startedMs)))
      }
    })
    return times
  }
  await quietly()
  const rows: Row[] = []
  for (const [kind, words] of kinds) {
    const [without, beside]: [number[], number[]] = [[], []]
    for (let n = 0; n < windows; n++) {
      without.push(...(await quietly()))
      const stop = await makeNoise(product, kind, `127.0.2.${rows.length * windows + n + 1}`, noisyCookie)
      beside.push(...(await quietly()))
      stop()
      await sleep(500)
    }
    rows.push({
      what: `p99 of a quiet client's answer while another one ${words}; beside: without it`,
      unit: 'ms',
      ours: p99(beside),
      bare: p99(without),
      target: { of: 'ratio', atMost: 2 },
    })
  }
  for (const agent of agents) agent.destroy()
  return rows
}

const kinds: readonly (readonly [NoiseKind, string])[] = [
  ['requests', 'asks as fast as it can on 100 connections'],
  ['connections', 'connects as fast as it can'],
]

const p99 = (times: readonly number[]): number => [...times].sort((a, b) => a - b)[Math.floor(times.length * 0.99)] ?? Number.NaN

async function makeNoise({ cloud }: Product, kind: NoiseKind, address: string, cookie: string): Promise<() => void> {
  const env = {
    ...process.env,
    NOISE_KIND: kind,
    NOISE_URL: cloud.url,
    NOISE_CA: cloud.caPem ?? '',
    NOISE_ADDRESS: address,
    NOISE_COOKIE: cookie,
  }
  const child = fork(new URL('./noisy-client.ts', import.meta.url), { env, execArgv: ['--import', 'tsx'] })
  await once(child, 'message')
  return () => void child.kill('SIGKILL')
}

interface Asked {
  readonly method: 'GET' | 'POST'
  readonly path: string
  readonly cookie: string
  readonly body?: object
  readonly agent?: Agent | undefined
}

function ask({ url, caPem }: Product['cloud'], { method, path, cookie, body, agent }: Asked): Promise<void> {
  const headers = { cookie, origin: url, 'sec-fetch-site': 'same-origin', 'content-type': 'application/json' }
  return new Promise((resolve, reject) => {
    const options = { method, headers, agent: agent ?? false, ...(caPem === undefined ? {} : { ca: caPem }) }
    const asked = request(`${url}${path}`, options, (answer) => {
      answer.resume()
      answer.once('end', () => {
        if (answer.statusCode !== undefined && answer.statusCode < 300) resolve()
        else reject(new Error(`${path} answered ${answer.statusCode}`))
      })
    })
    asked.on('error', reject)
    asked.end(body === undefined ? undefined : JSON.stringify(body))
  })
}

// `npm run simulate`: a fleet of agents that speak the real protocol, against a cloud of our own or one that runs already.

import { readFileSync } from 'node:fs'
import { sleep } from '../bench/clients.ts'
import { startProduct } from '../bench/load.ts'
import { claimSimulated } from '../doubles/agents/agent-simulator.ts'
import type { Fleet, FleetDeps, FleetState } from './fleet.ts'
import { startFleet } from './fleet.ts'
import { readOptions, usage } from './options.ts'

const everyMs = 3_000
const tell = (line: string) => void process.stdout.write(`${line}\n`)
const startedMs = performance.now()
const elapsed = () => `${((performance.now() - startedMs) / 1_000).toFixed(0)} s`.padStart(6)

const options = readOptions(process.argv.slice(2))
if (typeof options === 'string') {
  process.stderr.write(`${options}\n\n${usage()}\n`)
  process.exit(2)
}
const { agents, children, contexts, seconds } = options

const progress = ({ claimed, linked, settled, lost, failed, published, questions }: FleetState) =>
  tell(
    `${elapsed()}: ${claimed} claimed, ${linked} linked, ${settled} of ${agents} settled, ${lost} lost, ${failed} failed; ` +
      `${published} publishes, ${questions} questions`,
  )

async function target(): Promise<Pick<FleetDeps, 'cloud' | 'claim'> & { readonly stop: () => Promise<void> }> {
  const given = typeof options === 'string' ? undefined : options.cloud
  if (given === undefined) {
    tell('Starting a cloud of our own on the loopback …')
    const product = await startProduct()
    tell(`It is at ${product.cloud.url}.`)
    return { cloud: product.cloud, claim: (hostname) => product.claim(hostname), stop: () => product.server.stop() }
  }
  const caPem = given.caFile === undefined ? undefined : readFileSync(given.caFile, 'utf8')
  const cloud = { url: given.url, caPem }
  return { cloud, claim: (hostname) => claimSimulated(cloud, given.token, hostname), stop: async () => {} }
}

const { stop, ...deps } = await target()
let fleet: Fleet | undefined
const isInterrupted = new Promise<void>((resolve) => {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, resolve)
})
let status = 0
try {
  tell(`Claiming and connecting ${agents} agents with ${children} children each, ${contexts} contexts a host …`)
  const connecting = startFleet(options, { ...deps, tell: progress, everyMs })
  const all = await Promise.race([connecting, isInterrupted])
  if (all !== undefined) {
    fleet = all
    const upS = (performance.now() - startedMs) / 1_000
    for (const failure of fleet.failures) tell(`  failed: ${failure}`)
    const endMs = performance.now() + seconds * 1_000
    const end = { isCome: false }
    void isInterrupted.then(() => (end.isCome = true))
    while (!end.isCome && performance.now() < endMs) {
      await Promise.race([sleep(Math.min(everyMs, endMs - performance.now())), isInterrupted])
      progress(fleet.state())
    }
    const { settled, lost, failed, published, questions } = fleet.state()
    tell(
      `Summary: ${settled} of ${agents} agents with ${settled * (1 + children)} nodes up after ${upS.toFixed(1)} s ` +
        `(an agent in ${(fleet.settledMs / 1_000).toFixed(2)} s at the median), ${lost} lost, ${failed} failed; ` +
        `${published} publishes acknowledged, ${questions} questions answered.`,
    )
    status = failed + lost > 0 ? 1 : 0
  }
} finally {
  await fleet?.close()
  await stop()
}
process.exit(status)

import { randomUUID } from 'node:crypto'
import type { SourceInfo } from '../../agent-link/sources/source.ts'
import type { MachineGuid } from '../../src/domain/ids.ts'
import type { SimulatedAgent, SimulatedChild, SimulatedClaim, SimulatedCloud } from '../doubles/agents/agent-simulator.ts'
import { connectSimulated } from '../doubles/agents/agent-simulator.ts'
import { nodeInfo, someContexts } from '../doubles/agents/metadata-agents.ts'
import { sleep } from './clients.ts'
import { cpuMsDuring } from './load.ts'
import type { Product } from './load.ts'
import type { Row } from './table.ts'

/** How big a parent is. */
export interface ParentSize {
  readonly children: number
  readonly contexts: number
}

/** Facts and collectors of a simulated host. */
export function simulatedInfo(hostname: string): SourceInfo {
  const modules = ['/proc/stat', '/proc/meminfo', '/proc/diskstats', '/proc/net/dev', '/proc/loadavg']
  return { node: nodeInfo(hostname), collectors: modules.map((module) => ({ plugin: 'proc.plugin', module })) }
}

/** Connects an agent with that many children, each with facts, collectors and contexts of its own times. */
export function connectParent(
  cloud: SimulatedCloud,
  claim: SimulatedClaim,
  { children, contexts }: ParentSize,
  wishes: Parameters<typeof connectSimulated>[2] = {},
): Promise<SimulatedAgent> {
  const startS = 1_795_296_434
  const family: SimulatedChild[] = Array.from({ length: children }, (_, place) => ({
    machineGuid: randomUUID() as string as MachineGuid,
    hostname: `${claim.hostname}-child-${place}`,
  }))
  return connectSimulated(cloud, claim, {
    info: simulatedInfo(claim.hostname),
    contexts: someContexts(contexts, startS),
    children: family,
    childContexts: (_child, place) => someContexts(contexts, startS + 61 * place),
    childInfo: ({ hostname }) => simulatedInfo(hostname),
    ...wishes,
  })
}

/** The time, CPU and memory that two parents cost a server that knows neither; the second one finds the definitions there. */
export async function measureBigParent(product: Product, size: ParentSize): Promise<Row[]> {
  const rows: Row[] = []
  const { children, contexts } = size
  for (const which of ['first', 'second']) {
    const claim = await product.claim(`${which}-parent`)
    const before = (await product.server.ask({ ask: 'rss' })) as number
    let peak = before
    const sampling = { isOn: true }
    const sampled = (async () => {
      while (sampling.isOn) {
        peak = Math.max(peak, (await product.server.ask({ ask: 'rss' })) as number)
        await sleep(250)
      }
    })()
    const startedMs = performance.now()
    let parent: SimulatedAgent | undefined
    const cpuMs = await cpuMsDuring(product.server, async () => {
      parent = await connectParent(product.cloud, claim, size)
      await parent.settled()
    })
    const seconds = (performance.now() - startedMs) / 1_000
    sampling.isOn = false
    await sampled
    parent?.close()
    await sleep(500)
    const what = `${which} parent with ${children} children × ${contexts} contexts`
    rows.push(
      { what: `${what}: until everything is stored`, unit: 's', ours: seconds, target: { of: 'ours', atMost: 60 } },
      { what: 'CPU of it', unit: 's', ours: cpuMs / 1_000 },
      { what: 'most memory above before', unit: 'MiB', ours: (peak - before) / 1024 ** 2 },
    )
  }
  return rows
}

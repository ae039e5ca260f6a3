import { randomBytes, randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { createAgent } from '../../../agent-link/agent.ts'
import { newMarker } from '../../../cloud/canary/marker.ts'
import type { NodeId } from '../../domain/ids.ts'
import { ThroughlineError } from '../../errors/throughline-error.ts'
import type { Clock } from '../../support/clock.ts'
import { silentLog } from '../../support/log.ts'
import { markedContext, startMarkedAgent } from './marked-agent.ts'
import type { CloudPlace, Watcher } from './watcher.ts'

/** What went through the cloud. */
export interface Woven {
  readonly nodeId: NodeId
  readonly markers: readonly string[]
  /** Deliveries in which a marker was seen by whoever watched: live, looking back, and of alerts. */
  readonly delivered: { readonly live: number; readonly past: number; readonly alerts: number }
}

/** The name of the node of a run; nodes of this form are what a run that was stopped left. */
export const canaryHostname = /^canary-[0-9a-f]{12}$/

const markersOfAKind = 6
const patienceMs = 60_000
const lookEveryMs = 250

/**
 * Claims an agent whose every value is a marker, and watches it for some seconds: live, into the past, and its alerts, which change
 * each second. Everything of it is gone after it but the node, whose id it answers. Throws CLOUD_UNREACHABLE when nothing comes through.
 */
export async function weaveMarkers(deps: {
  readonly cloud: CloudPlace
  readonly watcher: Watcher
  readonly claimToken: string
  readonly seconds: number
  readonly clock: Clock
  readonly stop: AbortSignal
}): Promise<Woven> {
  const { cloud, watcher, claimToken, seconds, clock, stop } = deps
  const markers = Array.from({ length: markersOfAKind * 2 }, newMarker)
  const [liveMarkers, alertMarkers] = [markers.slice(0, markersOfAKind), markers.slice(markersOfAKind)]
  const hostname = `canary-${randomBytes(6).toString('hex')}`
  const folder = await mkdtemp(join(tmpdir(), 'throughline-canary-'))
  const source = await startMarkedAgent({ hostname, machineGuid: randomUUID(), contextTitle: 'Canary', liveMarkers, alertMarkers })
  const agent = createAgent({
    folder,
    sourceKind: 'netdata',
    netdataUrl: source.url,
    hostname,
    offersFunctions: false,
    clock,
    log: silentLog,
  })
  const until = async <T>(look: () => Promise<T | undefined>): Promise<T> => {
    const endMs = clock.monotonicMs() + patienceMs
    for (;;) {
      const found = await look()
      if (found !== undefined) return found
      if (stop.aborted) throw new ThroughlineError('CANCELLED', 'The run was stopped.')
      if (clock.monotonicMs() > endMs)
        throw new ThroughlineError('CLOUD_UNREACHABLE', 'The marked agent did not come through within a minute; see the log of the cloud.')
      await pause(lookEveryMs)
    }
  }
  try {
    await agent.claim({ url: cloud.url, token: claimToken, roomIds: [], caPem: cloud.caPem, confirmedBy: 'this-host' })
    await agent.start()
    const nodeId = await until(async () => {
      const { nodes } = (await watcher.get('/api/throughline/v1/nodes')) as { nodes: { nodeId: NodeId; hostname: string; state: string }[] }
      return nodes.find((node) => node.hostname === hostname && node.state === 'live')?.nodeId
    })
    await until(async () => {
      const { contexts } = (await watcher.get(`/api/throughline/v1/nodes/${nodeId}/contexts`)) as { contexts: unknown[] }
      return contexts.length > 0 ? true : undefined
    })
    const delivered = { live: 0, past: 0, alerts: 0 }
    const hear = (text: string) => {
      if (alertMarkers.some((marker) => text.includes(marker))) delivered.alerts++
      else if (liveMarkers.filter((marker) => text.includes(marker)).length > 3) delivered.past++
      else if (liveMarkers.some((marker) => text.includes(marker))) delivered.live++
    }
    const close = await watcher.watch(
      [
        { type: 'subscribe', id: 1, nodeId, contexts: [markedContext], cadenceMs: 1000 },
        { type: 'ask', id: 2, nodeId, question: { kind: 'data', contexts: [markedContext], afterS: -60, beforeS: 0, points: 60 } },
        { type: 'ask', id: 3, nodeId, question: { kind: 'alerts' } },
      ],
      hear,
    )
    const endMs = clock.monotonicMs() + seconds * 1000
    await until(async () =>
      clock.monotonicMs() >= endMs && delivered.live + delivered.past >= 2 && delivered.alerts > 0 ? true : undefined,
    )
    close()
    return { nodeId, markers, delivered }
  } finally {
    await agent.stop()
    await source.stop()
    await rm(folder, { recursive: true, force: true })
  }
}

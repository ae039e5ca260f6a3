import { useEffect, useState } from 'react'
import { createFrameScheduler } from '../../charts/frame-scheduler.ts'
import { createFleetSampler, type FleetSampler } from '../../data/fleet/fleet-sampler.ts'
import { pageClock } from '../../link/page-clock.ts'
import { useServices } from '../../ui/services.ts'

/** Live values of many nodes on one page, and who draws them. */
export interface Fleet {
  readonly sampler: FleetSampler
  /** Draws at once, whenever the node gets values, and every few seconds, since values grow old. The answer ends it. */
  onNode(nodeId: string, draw: () => void): () => void
  /** Draws whenever any node gets values, once a frame. */
  onAny(draw: () => void): () => void
}

const ageMs = 5_000

/** A fleet that lives as long as the component. */
export function useFleet(): Fleet {
  const { live } = useServices()
  const [made] = useState(() => {
    const sampler = createFleetSampler({ live, clock: pageClock })
    const scheduler = createFrameScheduler((run) => void window.requestAnimationFrame(run))
    const draws = new Map<string, Set<() => void>>()
    const anyDraws = new Set<() => void>()
    const fleet: Fleet = {
      sampler,
      onNode(nodeId, draw) {
        const own = draws.get(nodeId) ?? new Set()
        draws.set(nodeId, own.add(draw))
        scheduler.request(draw)
        return () => {
          own.delete(draw)
          if (own.size === 0) draws.delete(nodeId)
          scheduler.cancel(draw)
        }
      },
      onAny(draw) {
        anyDraws.add(draw)
        scheduler.request(draw)
        return () => {
          anyDraws.delete(draw)
          scheduler.cancel(draw)
        }
      },
    }
    const start = () => {
      const stopData = sampler.onData((nodeIds) => {
        for (const nodeId of nodeIds) for (const draw of draws.get(nodeId) ?? []) scheduler.request(draw)
        for (const draw of anyDraws) scheduler.request(draw)
      })
      const stopAging = pageClock.every(ageMs, () => {
        for (const own of draws.values()) for (const draw of own) scheduler.request(draw)
        for (const draw of anyDraws) scheduler.request(draw)
      })
      const onVisible = () => sampler.setVisible(!document.hidden)
      onVisible()
      document.addEventListener('visibilitychange', onVisible)
      return () => {
        document.removeEventListener('visibilitychange', onVisible)
        stopAging()
        stopData()
        sampler.close()
      }
    }
    return { fleet, start }
  })
  useEffect(() => made.start(), [made])
  return made.fleet
}

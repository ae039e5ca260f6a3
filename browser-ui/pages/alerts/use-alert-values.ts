import { useEffect, useRef, useState } from 'react'
import type { ListedAlert } from '../../data/alerts/alert-list.ts'
import { alertNowKey, parseAlertsNow, type AlertNow } from '../../data/alerts/alert-values.ts'
import { useServices } from '../../ui/services.ts'

const everyMs = 10_000
const lookMs = 2_500
/** While a person scrolls, nodes come and go; only those that stay are asked. */
const restMs = 250
const inFlightMax = 4
/** Values of more nodes at a time nobody reads. */
const nodesMax = 40

interface Told {
  readonly atMs: number
  readonly now: ReadonlyMap<string, AlertNow>
}

/**
 * What the agents say right now of the alerts that are on screen; asked every ten seconds while they are, a few nodes at a time, and
 * forgotten with the page.
 */
export function useAlertValues(alerts: readonly ListedAlert[]): (alert: ListedAlert) => AlertNow | undefined {
  const { live } = useServices()
  const [values, setValues] = useState<ReadonlyMap<string, Told>>(new Map())
  const askedAtMs = useRef(new Map<string, number>())
  const nodeKey = [...new Set(alerts.filter(({ isStale }) => !isStale).map(({ nodeId }) => nodeId))].slice(0, nodesMax).join(' ')
  useEffect(() => {
    const nodeIds = nodeKey === '' ? [] : nodeKey.split(' ')
    const abort = new AbortController()
    const askOne = async (nodeId: string) => {
      askedAtMs.current.set(nodeId, performance.now())
      try {
        const { text, httpStatus } = await live.ask(nodeId, { kind: 'alerts' }, abort.signal)
        if (httpStatus !== 200) return
        const told = { atMs: performance.now(), now: parseAlertsNow(text) }
        // Old values say nothing of now; those of nodes that may scroll back stay a little.
        setValues((before) => new Map([...before].filter(([, { atMs }]) => told.atMs - atMs < 3 * everyMs)).set(nodeId, told))
      } catch {
        // The list stands without a value; the next round asks again.
        if (abort.signal.aborted) askedAtMs.current.delete(nodeId)
      }
    }
    let isAsking = false
    const round = async () => {
      if (isAsking || document.hidden) return
      isAsking = true
      const dueMs = performance.now() - everyMs
      const queue = nodeIds.filter((nodeId) => (askedAtMs.current.get(nodeId) ?? Number.NEGATIVE_INFINITY) <= dueMs)
      const worker = async () => {
        for (let nodeId = queue.shift(); nodeId !== undefined && !abort.signal.aborted; nodeId = queue.shift()) await askOne(nodeId)
      }
      await Promise.all(Array.from({ length: inFlightMax }, worker))
      isAsking = false
    }
    const first = window.setTimeout(() => void round(), restMs)
    const timer = window.setInterval(() => void round(), lookMs)
    return () => {
      window.clearTimeout(first)
      window.clearInterval(timer)
      abort.abort()
    }
  }, [live, nodeKey])
  return (alert) => values.get(alert.nodeId)?.now.get(alertNowKey(alert))
}

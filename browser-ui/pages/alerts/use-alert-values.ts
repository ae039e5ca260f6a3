import { useEffect, useState } from 'react'
import { alertNowKey, parseAlertsNow, type AlertNow } from '../../data/fleet/alert-values.ts'
import type { ListedAlert } from '../../data/fleet/raised-list.ts'
import { useServices } from '../../ui/services.ts'

const everyMs = 10_000
const inFlightMax = 4
/** Values of more nodes at a time nobody reads. */
const nodesMax = 40

/**
 * What the agents say right now of the alerts that are on screen; asked every ten seconds while they are, a few nodes at a time, and
 * forgotten with the page.
 */
export function useAlertValues(alerts: readonly ListedAlert[]): (alert: ListedAlert) => AlertNow | undefined {
  const { live } = useServices()
  const [values, setValues] = useState<ReadonlyMap<string, ReadonlyMap<string, AlertNow>>>(new Map())
  const nodeKey = [...new Set(alerts.filter(({ isStale }) => !isStale).map(({ nodeId }) => nodeId))].slice(0, nodesMax).join(' ')
  useEffect(() => {
    const nodeIds = nodeKey === '' ? [] : nodeKey.split(' ')
    const abort = new AbortController()
    const askOne = async (nodeId: string) => {
      try {
        const { text, httpStatus } = await live.ask(nodeId, { kind: 'alerts' }, abort.signal)
        if (httpStatus !== 200) return
        const now = parseAlertsNow(text)
        setValues((before) => new Map([...before].filter(([known]) => nodeIds.includes(known))).set(nodeId, now))
      } catch {
        // The list stands without a value; the next round asks again.
      }
    }
    let isAsking = false
    const round = async () => {
      if (isAsking || document.hidden) return
      isAsking = true
      const queue = [...nodeIds]
      const worker = async () => {
        for (let nodeId = queue.shift(); nodeId !== undefined && !abort.signal.aborted; nodeId = queue.shift()) await askOne(nodeId)
      }
      await Promise.all(Array.from({ length: inFlightMax }, worker))
      isAsking = false
    }
    void round()
    const timer = window.setInterval(() => void round(), everyMs)
    return () => {
      window.clearInterval(timer)
      abort.abort()
    }
  }, [live, nodeKey])
  return (alert) => values.get(alert.nodeId)?.get(alertNowKey(alert))
}

import { useQuery } from '@tanstack/react-query'
import { ThroughlineError } from '../../../../src/errors/throughline-error.ts'
import type { AlertAnswer } from '../../../data/alerts/alert-answers.ts'
import type { AlertId } from '../../../data/alerts/alert-address.ts'
import { alertNowKey, parseAlertsNow, type AlertNow } from '../../../data/alerts/alert-values.ts'
import type { NodeDetails } from '../../../link/api.ts'
import { useServices } from '../../../ui/services.ts'
import { agentTrouble } from '../agent-trouble.ts'

const knownEveryMs = 5_000
const liveEveryMs = 5_000
const nodeEveryMs = 5_000

/** What the cloud knows of an alert; null when it knows no such alert. */
export function useKnownAlert({ nodeId, chart, name }: AlertId) {
  const { request } = useServices()
  return useQuery({
    queryKey: ['alerts', 'one', nodeId, chart, name],
    refetchInterval: knownEveryMs,
    queryFn: async (): Promise<AlertAnswer | null> => {
      try {
        return (await request.get(`/alerts/one?${new URLSearchParams({ nodeId, chart, name }).toString()}`)) as AlertAnswer
      } catch (error) {
        if (isNothing(error)) return null
        throw error
      }
    },
  })
}

/** There is none, for this person at least; also an id that is none. */
const isNothing = (error: unknown) =>
  error instanceof ThroughlineError &&
  (error.code === 'NOT_FOUND' || error.code === 'BODY_UNPROCESSABLE' || error.code === 'BODY_MALFORMED')

/** Its node; null when there is none, or not for this person. */
export function useAlertNode(nodeId: string) {
  const { api } = useServices()
  return useQuery({
    queryKey: ['node', nodeId],
    refetchInterval: nodeEveryMs,
    queryFn: async (): Promise<NodeDetails | null> => {
      try {
        return await api.node(nodeId)
      } catch (error) {
        if (isNothing(error)) return null
        throw error
      }
    },
  })
}

/** What the agent says of the alert right now, renewed while the page is looked at and forgotten with it; null when it has no such alert. */
export function useAlertNow(alert: AlertId, isAskable: boolean) {
  const { live } = useServices()
  return useQuery({
    queryKey: ['live-alert', alert.nodeId, alert.chart, alert.name],
    enabled: isAskable,
    gcTime: 0,
    retry: false,
    refetchInterval: liveEveryMs,
    queryFn: async ({ signal }): Promise<AlertNow | null> => {
      const { text, httpStatus } = await live.ask(alert.nodeId, { kind: 'alerts' }, signal)
      if (httpStatus !== 200) throw agentTrouble(httpStatus)
      return parseAlertsNow(text).get(alertNowKey(alert)) ?? null
    },
  })
}

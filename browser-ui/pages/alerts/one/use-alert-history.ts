import { useCallback, useEffect, useRef, useState } from 'react'
import { ThroughlineError } from '../../../../src/errors/throughline-error.ts'
import { liveLimits } from '../../../../src/live/limits.ts'
import type { AlertId } from '../../../data/alerts/alert-address.ts'
import { parseAlertLog, parseTransitions, withOlder, type AlertChange, type HistoryPage } from '../../../data/alerts/alert-history.ts'
import type { LiveClient } from '../../../link/live-client.ts'
import { useServices } from '../../../ui/services.ts'
import { agentTrouble } from '../agent-trouble.ts'

/** Pages that one press may take: an alert of one chart is rare among those of its name. */
const pagesAtOnce = 5
const enough = 20

export interface AlertHistory {
  /** Undefined until the agent has answered once. */
  readonly changes: readonly AlertChange[] | undefined
  readonly isAsking: boolean
  /** Why the agent did not answer, for a person. */
  readonly trouble: string | undefined
  /** Asks for older changes; undefined when there are none to ask for. */
  readonly loadOlder: (() => void) | undefined
}

interface State {
  readonly changes: readonly AlertChange[] | undefined
  readonly next: number | undefined
  readonly trouble: string | undefined
  readonly isAsking: boolean
}

const nothing: State = { changes: undefined, next: undefined, trouble: undefined, isAsking: false }

/**
 * What became of an alert, asked from its agent: once when the page opens, again when `stateKey` says that something changed, and
 * older changes when somebody wants them. Nothing of it outlives the page.
 */
export function useAlertHistory(alert: AlertId, isAskable: boolean, stateKey: string): AlertHistory {
  const { live } = useServices()
  const [state, setState] = useState(nothing)
  const abort = useRef(new AbortController())
  const { nodeId, chart, name } = alert

  const ask = useCallback(
    async (anchor: number | undefined) => {
      abort.current.abort()
      const mine = new AbortController()
      abort.current = mine
      setState((before) => ({ ...before, isAsking: true }))
      try {
        const page = await askHistory(live, { nodeId, chart, name }, anchor, mine.signal)
        if (mine.signal.aborted) return
        setState((before) => ({
          changes: withOlder(before.changes ?? [], page.changes),
          // The newest part, asked again, does not lead back to what is there already.
          next: anchor === undefined && before.changes !== undefined ? before.next : page.nextAnchor,
          trouble: undefined,
          isAsking: false,
        }))
      } catch (error) {
        if (mine.signal.aborted) return
        setState((before) => ({ ...before, trouble: wordsOf(error), isAsking: false }))
      }
    },
    [live, nodeId, chart, name],
  )
  useEffect(() => {
    if (isAskable) void ask(undefined)
  }, [ask, isAskable, stateKey])
  useEffect(() => () => abort.current.abort(), [])
  const { next } = state
  return {
    changes: state.changes,
    isAsking: state.isAsking,
    trouble: state.trouble,
    loadOlder: next === undefined || !isAskable ? undefined : () => void ask(next),
  }
}

async function askHistory(live: LiveClient, alert: AlertId, anchor: number | undefined, signal: AbortSignal): Promise<HistoryPage> {
  let changes: readonly AlertChange[] = []
  let next = anchor
  for (let page = 0; page < pagesAtOnce; page++) {
    const question = { kind: 'alert-transitions', name: alert.name, last: liveLimits.transitions } as const
    const answer = await asked(live, alert, next === undefined ? question : { ...question, anchor: next }, signal)
    // Agents without paged histories, and those that do not know the newer way, keep a log of each chart.
    if (answer === undefined) return askLog(live, alert, signal)
    const found = parseTransitions(answer, alert, liveLimits.transitions)
    changes = withOlder(changes, found.changes)
    next = found.nextAnchor
    if (next === undefined || changes.length >= enough) break
  }
  return { changes, nextAnchor: next }
}

/** Undefined when this agent has no such way. */
async function asked(
  live: LiveClient,
  { nodeId }: AlertId,
  question: Parameters<LiveClient['ask']>[1],
  signal: AbortSignal,
): Promise<string | undefined> {
  try {
    const { text, httpStatus } = await live.ask(nodeId, question, signal)
    if (httpStatus === 200) return text
    if (httpStatus === 404 || httpStatus === 400 || httpStatus === 501) return undefined
    throw agentTrouble(httpStatus)
  } catch (error) {
    if (error instanceof ThroughlineError && error.code === 'AGENT_TOO_OLD') return undefined
    throw error
  }
}

async function askLog(live: LiveClient, alert: AlertId, signal: AbortSignal): Promise<HistoryPage> {
  const { text, httpStatus } = await live.ask(alert.nodeId, { kind: 'alert-log', chart: alert.chart }, signal)
  if (httpStatus === 404 || httpStatus === 501) throw new Error('This agent keeps no history of its alerts. A newer one does.')
  if (httpStatus !== 200) throw agentTrouble(httpStatus)
  return parseAlertLog(text, alert)
}

function wordsOf(error: unknown): string {
  if (!(error instanceof ThroughlineError)) return error instanceof Error ? error.message : 'The agent did not answer.'
  if (error.code === 'AGENT_UNREACHABLE') return 'The node is not connected now. Its agent keeps the history and tells it when it is back.'
  if (error.code === 'LIVE_MESSAGE_INVALID') return 'The name of this alert holds signs that no question can carry.'
  return error.message
}

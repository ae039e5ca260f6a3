import { useCallback, useEffect, useEffectEvent, useRef, useState } from 'react'
import type { FunctionQuestion } from '../../../src/live/questions.ts'
import { readFunctionAnswer, type FunctionAnswer } from '../../data/functions/function-answer.ts'
import { readFunctionInfo, type FunctionInfo } from '../../data/functions/function-info.ts'
import type { FunctionEntry } from '../../data/functions/function-list.ts'
import { createFunctionPoll, type FunctionPoll, type PollOutcome, type PollState } from '../../data/functions/function-poll.ts'
import { problemOfError, type FunctionProblem } from '../../data/functions/function-problem.ts'
import type { LiveClient } from '../../link/live-client.ts'
import { pageClock } from '../../link/page-clock.ts'
import { useServices } from '../../ui/services.ts'
import { usePageVisible } from './use-page-state.ts'

/** Agents take between one second and half a minute. */
const boundedS = (seconds: number) => Math.max(1, Math.min(30, Math.round(seconds)))

/** Asks a function once. Never rejects: what went wrong is part of the answer. */
export async function askFunction(
  live: LiveClient,
  nodeId: string,
  entry: Pick<FunctionEntry, 'name' | 'timeoutS'>,
  args: FunctionQuestion['args'],
  signal: AbortSignal,
): Promise<FunctionAnswer> {
  try {
    return readFunctionAnswer(
      await live.ask(nodeId, { kind: 'function', name: entry.name, args, timeoutS: boundedS(entry.timeoutS) }, signal),
    )
  } catch (error) {
    return { kind: 'problem', problem: problemOfError(error) }
  }
}

export type InfoState =
  | { readonly kind: 'loading' }
  | { readonly kind: 'ready'; readonly info: FunctionInfo }
  | { readonly kind: 'problem'; readonly problem: FunctionProblem }

/** Refusals that the call itself would meet, too; after any other, a function that knows no `info` is just called. */
const isFinal = ({ code }: FunctionProblem) => typeof code === 'string' || code === 403 || code === 404 || code === 412 || code === 451

/** What a function tells about itself, asked for once; `retry` asks again. */
export function useFunctionInfo(nodeId: string, entry: FunctionEntry): readonly [InfoState, retry: () => void] {
  const { live } = useServices()
  const [state, setState] = useState<InfoState>({ kind: 'loading' })
  const [attempt, setAttempt] = useState(0)
  const { name, timeoutS } = entry
  useEffect(() => {
    const leaving = new AbortController()
    void askFunction(live, nodeId, { name, timeoutS }, [{ key: 'info' }], leaving.signal).then((answer) => {
      if (leaving.signal.aborted) return
      if (answer.kind === 'table' || answer.kind === 'info') setState({ kind: 'ready', info: answer.info })
      else if (answer.kind === 'problem' && isFinal(answer.problem)) setState({ kind: 'problem', problem: answer.problem })
      else setState({ kind: 'ready', info: readFunctionInfo({}) })
    })
    return () => leaving.abort()
  }, [live, nodeId, name, timeoutS, attempt])
  const retry = () => {
    setState({ kind: 'loading' })
    setAttempt((count) => count + 1)
  }
  return [state, retry]
}

const resting: PollState = { isAsking: false, answeredAtMs: undefined, isStopped: false }

/** A question that is repeated while the page is visible and not paused. */
export interface Polling {
  readonly state: PollState
  readonly refresh: () => void
  readonly cancel: () => void
}

/**
 * Repeats `ask` while the component is on screen, the page visible and nothing paused. Another `key` gives up what is on its way and
 * begins anew. A node that comes back is asked at once.
 */
export function usePolling(options: {
  readonly key: string
  /** Whether the cloud sees the node live; when it comes back it is asked at once. */
  readonly isNodeLive: boolean
  readonly isPaused: boolean
  readonly everyMs: number
  readonly ask: (signal: AbortSignal) => Promise<PollOutcome>
}): Polling {
  const { key, isNodeLive, isPaused, everyMs } = options
  const isVisible = usePageVisible()
  const [state, setState] = useState(resting)
  // The first answer is asked for even when paused: there is nothing on screen yet.
  const isActive = isVisible && (!isPaused || (state.answeredAtMs === undefined && !state.isStopped))
  const poll = useRef<FunctionPoll>(undefined)
  const pace = useRef(everyMs)
  const ask = useEffectEvent(options.ask)
  const isActiveNow = useEffectEvent(() => isActive)
  useEffect(() => {
    pace.current = everyMs
  }, [everyMs])
  useEffect(() => {
    const mine = createFunctionPoll({ clock: pageClock, ask: (signal) => ask(signal), everyMs: () => pace.current, onChange: setState })
    poll.current = mine
    setState(mine.state)
    return () => mine.close()
  }, [key])
  useEffect(() => poll.current?.setActive(isActive), [isActive, key])
  const wasLive = useRef(isNodeLive)
  useEffect(() => {
    if (isNodeLive && !wasLive.current && isActiveNow()) poll.current?.refresh()
    wasLive.current = isNodeLive
  }, [isNodeLive])
  const refresh = useCallback(() => poll.current?.refresh(), [])
  const cancel = useCallback(() => poll.current?.cancel(), [])
  return { state, refresh, cancel }
}

/** What an answer means for asking again. */
export function outcomeOf(answer: FunctionAnswer): PollOutcome {
  if (answer.kind !== 'problem') return 'good'
  return answer.problem.mayRetry ? 'retry' : 'stop'
}

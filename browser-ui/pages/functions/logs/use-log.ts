import { useEffect, useRef, useState } from 'react'
import type { Choices, FunctionInfo } from '../../../data/functions/function-info.ts'
import type { FunctionEntry } from '../../../data/functions/function-list.ts'
import type { PollOutcome } from '../../../data/functions/function-poll.ts'
import type { FunctionProblem } from '../../../data/functions/function-problem.ts'
import { readLogPage, type LogFacet, type LogHistogram, type LogPage } from '../../../data/functions/log-answer.ts'
import { logArguments, pageSize, type LogPart, type LogSearch } from '../../../data/functions/log-question.ts'
import { addFacets, addHistogram, hasGap, windowOf, withNewer, withOlder, type LogWindow } from '../../../data/functions/log-window.ts'
import { useServices } from '../../../ui/services.ts'
import { askFunction, outcomeOf, usePolling, type Polling } from '../use-function.ts'

/** What is known of a log for one search. */
export interface LogState {
  /** The search it belongs to. */
  readonly key: string
  readonly window: LogWindow
  readonly facets: readonly LogFacet[]
  readonly histogram: LogHistogram | undefined
  readonly histograms: LogPage['histograms']
  readonly matched: number | undefined
  readonly lastModifiedUs: number | undefined
  readonly note: string
}

export interface LogFeed {
  /** Undefined before the first answer to this search. */
  readonly log: LogState | undefined
  /** The answer to the search before, while the next one is on its way: what can be chosen stays in place. */
  readonly before: LogState | undefined
  readonly problem: FunctionProblem | undefined
  readonly polling: Polling
  /** Which end is being asked for. */
  readonly loading: 'older' | 'newer' | undefined
  readonly loadOlder: () => void
  readonly loadNewer: () => void
}

/**
 * A log as it is looked at: the newest entries of a span with all counts first, then either end a page at a time, and while it is
 * tailed what is new, with the agent saying "nothing new" in a few bytes.
 */
export function useLog(options: {
  readonly nodeId: string
  readonly isNodeLive: boolean
  readonly entry: FunctionEntry
  readonly info: FunctionInfo
  readonly choices: Choices
  readonly search: LogSearch
  readonly isTailing: boolean
}): LogFeed {
  const { nodeId, isNodeLive, entry, info, choices, search, isTailing } = options
  const { live } = useServices()
  const key = JSON.stringify(logArguments(info, choices, search, { kind: 'first' }))
  const [held, setHeld] = useState<LogState>()
  const [problem, setProblem] = useState<FunctionProblem>()
  const [loading, setLoading] = useState<'older' | 'newer'>()
  const log = held?.key === key ? held : undefined
  const isAtNewest = log === undefined || !log.window.hasNewer

  const askPart = async (part: LogPart, signal: AbortSignal) => {
    const answer = await askFunction(live, nodeId, entry, logArguments(info, choices, search, part), signal)
    if (!signal.aborted) setProblem(answer.kind === 'problem' ? answer.problem : undefined)
    return answer
  }
  const polling = usePolling({
    key,
    isNodeLive,
    isPaused: !isTailing || !isAtNewest,
    everyMs: (info.updateEveryS ?? 1) * 1_000,
    ask: async (signal): Promise<PollOutcome> => {
      const answer = await askPart(nextPart(log), signal)
      if (signal.aborted) return 'stop'
      if (answer.kind !== 'table') return outcomeOf(answer)
      const page = readLogPage(answer.raw, answer.table)
      if (log === undefined || page.facets !== undefined) setHeld(firstState(key, page))
      // What was left out between cannot be asked for in one piece, so everything is asked for anew.
      else if (hasGap(page, pageSize)) setHeld(undefined)
      else setHeld(afterTail(log, page, Date.now() - Math.abs(search.fromS) * 1_000))
      return 'good'
    },
  })

  const leaving = useRef<AbortController>(undefined)
  useEffect(() => {
    const mine = new AbortController()
    leaving.current = mine
    return () => {
      mine.abort()
      setLoading(undefined)
    }
  }, [key])
  const load = (kind: 'older' | 'newer') => {
    const signal = leaving.current?.signal
    const anchorUs = (kind === 'older' ? log?.window.entries.at(-1) : log?.window.entries[0])?.timeUs
    if (loading !== undefined || signal === undefined || anchorUs === undefined) return
    setLoading(kind)
    void askPart({ kind, anchorUs }, signal).then((answer) => {
      if (signal.aborted) return
      setLoading(undefined)
      if (answer.kind !== 'table' && answer.kind !== 'unchanged') return
      const page = answer.kind === 'table' ? readLogPage(answer.raw, answer.table) : undefined
      setHeld((now) => (now?.key === key ? { ...now, window: joined(now.window, kind, page) } : now))
    })
  }
  return {
    log,
    before: held,
    problem,
    polling,
    loading,
    loadOlder: () => load('older'),
    loadNewer: () => load('newer'),
  }
}

function nextPart(log: LogState | undefined): LogPart {
  const newest = log?.window.entries[0]
  if (newest === undefined || log?.lastModifiedUs === undefined) return { kind: 'first' }
  return { kind: 'tail', anchorUs: newest.timeUs, sinceUs: log.lastModifiedUs }
}

function firstState(key: string, page: LogPage): LogState {
  const { facets = [], histogram, histograms, matched, lastModifiedUs, note } = page
  return { key, window: windowOf(page, pageSize), facets, histogram, histograms, matched, lastModifiedUs, note }
}

function afterTail(log: LogState, page: LogPage, fromMs: number): LogState {
  const { histogram } = log
  return {
    ...log,
    window: { ...withNewer(log.window, page, pageSize), hasNewer: false },
    facets: page.facetsDelta === undefined ? log.facets : addFacets(log.facets, page.facetsDelta),
    histogram:
      histogram === undefined || page.histogramDelta === undefined ? histogram : addHistogram(histogram, page.histogramDelta, fromMs),
    matched: log.matched === undefined ? undefined : log.matched + (page.matchedDelta ?? page.entries.length),
    lastModifiedUs: page.lastModifiedUs ?? log.lastModifiedUs,
  }
}

/** A page at one end; no page means that there is nothing more. */
function joined(window: LogWindow, kind: 'older' | 'newer', page: LogPage | undefined): LogWindow {
  if (page === undefined) return kind === 'older' ? { ...window, hasOlder: false } : { ...window, hasNewer: false }
  return kind === 'older' ? withOlder(window, page, pageSize) : withNewer(window, page, pageSize)
}

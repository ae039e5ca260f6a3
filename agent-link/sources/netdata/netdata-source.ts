import { ThroughlineError } from '../../../src/errors/throughline-error.ts'
import type { MachineGuid } from '../../../src/domain/ids.ts'
import type { Context } from '../../../src/domain/model.ts'
import type { Clock } from '../../../src/support/clock.ts'
import type { Log } from '../../../src/support/log.ts'
import { textAnswer } from '../source.ts'
import type { Source, SourceAnswer, SourceChange, SourceInfo, SourceTransition } from '../source.ts'
import { alertKey, createLogFollower } from './follow-log.ts'
import { createNetdataHttp, netdataUrl } from './http.ts'
import { readAlertLog, readAlerts } from './read-alerts.ts'
import type { ReadAlerts } from './read-alerts.ts'
import { readChartContexts, readContexts, sameContexts } from './read-contexts.ts'
import { readInfo } from './read-info.ts'

export interface NetdataSourceDeps {
  /** The agent's own address; on this host only. */
  readonly url: string
  readonly clock: Clock
  readonly log: Log
}

/** How often the agent is asked for contexts and alerts. Two bodies of some ten kilobytes. */
export const pollEveryMs = 10_000
/** Facts of the host hardly change. */
const infoEveryPolls = 30
/** Changes that are kept to be told; as many as an agent keeps. */
const changesKept = 1_000
/** Definitions kept beyond those in use. */
const configsKept = 1_000

/** A real netdata agent on this host: its metadata is watched, questions go to it and its answers come back byte for byte. */
export function createNetdataSource({ url, clock, log }: NetdataSourceDeps): Source {
  const http = createNetdataHttp(netdataUrl(url))
  const listeners = new Set<(change: SourceChange) => void>()
  let machineGuid: MachineGuid | undefined
  let info: SourceInfo | undefined
  let contexts: readonly Context[] = []
  let alerts: ReadAlerts = { alerts: [], configs: new Map(), lastSequence: 0 }
  let changes: readonly SourceTransition[] = []
  let follower = createLogFollower()
  let lastSequence = 0
  let chartContexts: ReadonlyMap<string, string> = new Map()
  let cancel: (() => void) | undefined
  let stopping = new AbortController()
  let isPolling = false
  let isAway = false
  let polls = 0

  const emit = (change: SourceChange) => {
    for (const listener of listeners) listener(change)
  }

  async function getJson(path: string): Promise<unknown> {
    const answer = await http.get(path, { acceptsGzip: false, signal: stopping.signal })
    if (answer.status === 200) {
      try {
        return JSON.parse(answer.body.toString('utf8'))
      } catch {
        // told below, as for any other status
      }
    }
    throw new ThroughlineError('SOURCE_UNAVAILABLE', `The agent at ${url} is not ready, or is no netdata agent.`)
  }

  async function pollInfo(): Promise<void> {
    const read = readInfo(await getJson('/api/v1/info'))
    const hasChanged = info !== undefined && JSON.stringify(read.info) !== JSON.stringify(info)
    machineGuid ??= read.machineGuid
    info = read.info
    if (hasChanged) emit('info')
  }

  async function pollContexts(): Promise<void> {
    const read = readContexts(await getJson('/api/v1/contexts'), clock.nowMs() / 1000)
    const hasChanged = !sameContexts(contexts, read)
    contexts = read
    if (hasChanged) emit('contexts')
  }

  async function pollAlerts(): Promise<void> {
    const document = await getJson('/api/v1/alarms?all')
    let read = readAlerts(document, (chart) => chartContexts.get(chart) ?? '')
    if (read.alerts.some(({ chart }) => !chartContexts.has(chart))) {
      const found = readChartContexts(await getJson('/api/v1/contexts?options=charts'))
      // A chart that no context lists is remembered as such, or it would be looked for at every poll.
      chartContexts = new Map([...read.alerts.map(({ chart }) => [chart, ''] as const), ...found])
      read = readAlerts(document, (chart) => chartContexts.get(chart) ?? '')
    }
    const news = await pollLog(read)
    changes = [...changes, ...follower.changesIn(news)].slice(-changesKept)
    // Who asks for the definition of an alert that has just gone still gets it.
    const configs = new Map([...[...alerts.configs].slice(-configsKept), ...read.configs])
    alerts = { ...read, configs, alerts: follower.alerts(read.alerts, clock.nowMs() / 1000) }
    emit('alerts')
  }

  /** What the log has beyond what is known of it, up to what the alerts were read at: both are of one moment. */
  async function pollLog(read: ReadAlerts): Promise<readonly SourceTransition[]> {
    if (read.lastSequence < lastSequence) {
      // The agent lost its log and counts from somewhere else.
      follower = createLogFollower()
      changes = []
      lastSequence = 0
    }
    const from = lastSequence
    if (read.lastSequence === from) return []
    const present = new Map([...alerts.alerts, ...read.alerts].map((alert) => [alertKey(alert), alert]))
    const document = await getJson(`/api/v1/alarm_log?after=${from}`)
    lastSequence = read.lastSequence
    return readAlertLog(
      document,
      (chart) => chartContexts.get(chart) ?? '',
      (chart, name) => present.get(alertKey({ chart, name })),
    ).filter(({ sequence }) => sequence > from && sequence <= read.lastSequence)
  }

  /** One look at everything; an agent that is away keeps what was known of it. */
  async function poll(): Promise<void> {
    if (isPolling) return
    isPolling = true
    try {
      if (++polls % infoEveryPolls === 0) await pollInfo()
      await pollContexts()
      await pollAlerts()
      if (isAway) log.info('netdata_back', {})
      isAway = false
    } catch (cause) {
      if (!isAway && !stopping.signal.aborted) log.warn('netdata_away', { reason: cause instanceof Error ? cause.message : '' })
      isAway = true
    } finally {
      isPolling = false
    }
  }

  return {
    kind: 'netdata',
    hasAlerts: true,
    get machineGuid() {
      return machineGuid
    },
    async start() {
      stopping = new AbortController()
      await pollInfo()
      await pollContexts()
      await pollAlerts()
      cancel ??= clock.every(pollEveryMs, () => void poll())
    },
    stop() {
      cancel?.()
      cancel = undefined
      stopping.abort()
      http.close()
      return Promise.resolve()
    },
    info() {
      if (info === undefined) throw new ThroughlineError('SOURCE_UNAVAILABLE', 'The netdata source has not been started.')
      return info
    },
    contexts: () => contexts,
    alerts: () => alerts.alerts,
    alertLog: () => changes,
    alertConfig: (hash) => alerts.configs.get(hash),
    async answer({ command, query, acceptsGzip }, signal): Promise<SourceAnswer> {
      try {
        return await http.get(`/api/v1/${command}${query === '' ? '' : `?${query}`}`, { acceptsGzip, signal })
      } catch {
        return textAnswer(signal.aborted ? 499 : 503, 'The agent on this host does not answer.')
      }
    },
    onChange(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
  }
}

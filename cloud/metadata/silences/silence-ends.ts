import { createHash } from 'node:crypto'
import type { NodeId, SpaceId } from '../../../src/domain/ids.ts'
import type { AlertNews, NewsSink } from '../../../src/domain/news.ts'
import { asThroughlineError } from '../../../src/errors/throughline-error.ts'
import type { Clock } from '../../../src/support/clock.ts'
import type { Log } from '../../../src/support/log.ts'
import type { Alerts } from '../alerts/alerts.ts'
import type { AlertState } from '../alerts/alert-set.ts'
import type { Silencer } from './silencer.ts'
import type { Silence } from './silence-record.ts'
import { createSilenceTimes } from './silence-times.ts'
import type { Silences } from './silences.ts'

/**
 * When a silence ends, what was raised during it and still is has been told to nobody: it is told now, once. Whoever was told already
 * knows it and is not told again; the sink sees to that.
 */
export interface SilenceEnds {
  /** Finds the spaces that have silences, and what ended while no process looked. Throws STORE_UNAVAILABLE. */
  start(): Promise<void>
  /** Looks now; on its own it does so every few seconds. */
  look(): Promise<void>
  close(): Promise<void>
}

export interface SilenceEndsDeps {
  readonly silences: Pick<Silences, 'list' | 'onWritten'>
  readonly silencer: Pick<Silencer, 'matching' | 'momentsOf'>
  readonly alerts: Pick<Alerts, 'raised'>
  readonly sink: NewsSink
  readonly spaceIds: () => Promise<readonly SpaceId[]>
  readonly clock: Clock
  readonly log: Log
}

const everyMs = 5_000
/** Ends that no process saw are made up for this long. */
const lookBackMs = 24 * 3_600_000

/** A silence that holds, and since when. */
interface Holding {
  readonly silence: Silence
  readonly sinceMs: number
}

export function createSilenceEnds({ silences, silencer, alerts, sink, spaceIds, clock, log }: SilenceEndsDeps): SilenceEnds {
  /** Spaces that have silences, and what held there at the last look. */
  const spaces = new Map<SpaceId, Map<string, Holding>>()
  /** What ended at the last look: told at the next, when nobody takes it for silenced any more. */
  const over = new Map<SpaceId, readonly Holding[]>()
  /** Spaces that no look of this process has come through yet. */
  const unseen = new Set<SpaceId>()
  let looking: Promise<void> | undefined
  let isClosed = false
  const stopHearing = silences.onWritten((spaceId) => {
    if (!spaces.has(spaceId)) spaces.set(spaceId, new Map())
  })

  /** What a silence kept quiet and is still so, as news; under the same ids whoever finds it. */
  const tell = async (spaceId: SpaceId, { silence, sinceMs }: Holding) => {
    const raised = [...(await alerts.raised(spaceId))].flatMap(([nodeId, states]) =>
      states.filter(({ whenS }) => whenS * 1_000 >= sinceMs - 1_000).map((state) => ({ ...state, nodeId })),
    )
    const kept = raised.length === 0 ? [] : await silencer.matching(spaceId, silence, raised)
    await Promise.all(kept.map((alert) => sink.take(newsOf(spaceId, silence, alert, clock.nowMs()))))
  }

  const lookSpace = async (spaceId: SpaceId) => {
    const isFirst = unseen.has(spaceId)
    for (const each of over.get(spaceId) ?? []) await tell(spaceId, each)
    over.delete(spaceId)
    const before = spaces.get(spaceId) ?? new Map<string, Holding>()
    const all = await silences.list(spaceId)
    const nowMs = clock.nowMs()
    const holds = new Map<string, Holding>()
    const ended: Holding[] = []
    const moments = await silencer.momentsOf(all, nowMs)
    for (const [at, silence] of all.entries()) {
      const known = before.get(silence.silenceId)
      const { state, activeSinceMs = null } = moments[at] ?? {}
      if (state === 'ACTIVE') {
        holds.set(silence.silenceId, { silence, sinceMs: Math.min(known?.sinceMs ?? Infinity, activeSinceMs ?? nowMs) })
        // It says something else now: what only the former said is not quiet any more.
        if (known !== undefined && known.silence.changedAtMs !== silence.changedAtMs) ended.push(known)
      } else if (known !== undefined) ended.push(known)
      else if (isFirst) ended.push(...missed(silence, nowMs))
    }
    for (const [silenceId, known] of before) if (!all.some((silence) => silence.silenceId === silenceId)) ended.push(known)
    if (ended.length > 0) over.set(spaceId, ended)
    if (all.length === 0 && ended.length === 0) spaces.delete(spaceId)
    else spaces.set(spaceId, holds)
    unseen.delete(spaceId)
  }

  const lookAll = async (ids: readonly SpaceId[]) => {
    for (const spaceId of ids) {
      if (isClosed) return
      try {
        await lookSpace(spaceId)
      } catch (thrown) {
        // What ended is still in memory, so the next look finds it again.
        log.warn('silence_ends_failed', { code: asThroughlineError(thrown).code })
      }
    }
  }
  const look = () => (looking ??= lookAll([...new Set([...spaces.keys(), ...unseen])]).finally(() => (looking = undefined)))
  const stopLooking = clock.every(everyMs, () => void look())

  return {
    async start() {
      for (const spaceId of await spaceIds()) unseen.add(spaceId)
      await look()
    },
    look,
    async close() {
      isClosed = true
      stopHearing()
      stopLooking()
      await looking
    },
  }
}

/** The last time a silence held, if that ended lately. */
function missed(silence: Silence, nowMs: number): readonly Holding[] {
  if (silence.isDisabled) return []
  try {
    const window = createSilenceTimes(silence).last(nowMs)
    return window?.toMs === null || window === undefined || window.toMs <= nowMs - lookBackMs ? [] : [{ silence, sinceMs: window.fromMs }]
  } catch {
    return []
  }
}

function newsOf(spaceId: SpaceId, { silenceId }: Silence, alert: AlertState & { readonly nodeId: NodeId }, nowMs: number): AlertNews {
  const { nodeId, chart, name, context, status, whenS, configHash, transitionId } = alert
  const text = JSON.stringify(['after-silence', spaceId, silenceId, nodeId, chart, name, status, whenS])
  return {
    kind: 'alert',
    newsId: createHash('sha256').update(text).digest('hex').slice(0, 32),
    spaceId,
    nodeId,
    chart,
    name,
    context,
    status,
    // Nothing changed now: whoever knows the status already has nothing to be told.
    oldStatus: 'unknown',
    whenS,
    toldAtMs: nowMs,
    configHash,
    transitionId,
  }
}

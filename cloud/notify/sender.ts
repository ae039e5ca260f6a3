import type { SpaceId } from '../../src/domain/ids.ts'
import type { LogFields } from '../../src/domain/storable.ts'
import { asThroughlineError, ThroughlineError } from '../../src/errors/throughline-error.ts'
import type { Clock } from '../../src/support/clock.ts'
import type { Log } from '../../src/support/log.ts'
import type { MetadataStore } from '../store/port.ts'
import { writeMessage, type ContentsDeps } from './contents.ts'
import { groupsDueMs, takeDue } from './due.ts'
import { notifyLimits } from './limits.ts'
import { notifyKeys } from './message-id.ts'
import { keptOf, messageItem, messageOf, type KeptMessage } from './message-record.ts'
import type { Message, Outcome, Target, Targets } from './ports.ts'
import { createSlots } from './slots.ts'
import { changesOf, hasPending, type Tray } from './tray.ts'
import type { Trays } from './trays.ts'

export interface SenderDeps extends ContentsDeps {
  readonly store: MetadataStore
  readonly targets: Targets
  readonly trays: Trays
  /** Something about the messages of a space changed. */
  readonly onChanged: (spaceId: SpaceId) => void
  readonly clock: Clock
  readonly log: Log
  readonly random: () => number
}

/** Sends what lies in trays, one message of a target after the other. */
export interface Sender {
  /** Something may be due for this target. */
  poke(spaceId: SpaceId, targetId: string): void
  /** Resolves when nothing is under way; what waits for its time goes on waiting. */
  idle(): Promise<void>
  /** Starts nothing more; what is on its way is waited for a moment. */
  close(): Promise<void>
}

interface Lane {
  readonly spaceId: SpaceId
  readonly targetId: string
  isRunning: boolean
  isPoked: boolean
  /** The last attempt took long: it waits among its like, so that it holds up nobody else. */
  isSlow: boolean
  cancel: () => void
}

const closeWaitMs = 2_000
/** Timers look again at least this often: the time of day may be set. */
const timerMostMs = 60_000

/**
 * One queue a target: its messages leave in the order they were sealed, the next when the one before was delivered or given up. First
 * the groups that are due are sealed in the tray, then the message is kept as an item of its own, then it is sent, then its item says
 * so, then the tray forgets it. A process that dies anywhere in between is taken over at that step by the next start: a message that was
 * sent and not yet marked is sent again under the same id.
 */
export function createSender(deps: SenderDeps): Sender {
  const { store, targets, trays, onChanged, clock, log, random } = deps
  const lanes = new Map<string, Lane>()
  const quick = createSlots(notifyLimits.attemptsAtOnce)
  const slow = createSlots(notifyLimits.slowAttemptsAtOnce)
  const running = new Set<Promise<void>>()
  let isClosed = false

  /** Replaces what is kept of a message, if it still is what was read. Answers whether it was. */
  const keep = async (spaceId: SpaceId, kept: KeptMessage, message: Message, revision: number | 'absent') => {
    const isOver = kept.state !== 'waiting'
    const untilMs = isOver ? clock.nowMs() + notifyLimits.keptMs : undefined
    const isWritten = (await store.write(messageItem(spaceId, kept, message, untilMs), revision)) !== undefined
    if (isWritten) onChanged(spaceId)
    return isWritten
  }

  /** The message is over: the tray forgets it, and remembers a dead letter. */
  const settle = (lane: Lane, messageId: string, state: KeptMessage['state']) =>
    trays.change(lane.spaceId, lane.targetId, (tray) => {
      const isKnown = tray.sealing?.messageId === messageId || tray.again.includes(messageId)
      if (tray.sealing?.messageId === messageId) tray.sealing = undefined
      tray.again = tray.again.filter((id) => id !== messageId)
      const wasFailed = tray.failed.delete(messageId)
      if (state === 'failed') tray.failed.set(messageId, clock.nowMs() + notifyLimits.keptMs)
      return isKnown || wasFailed || state === 'failed'
    })

  const attempt = async (lane: Lane, message: Message): Promise<Outcome> => {
    const leave = await (lane.isSlow ? slow : quick).enter()
    const startedMs = clock.monotonicMs()
    // Who hangs gives the place back early, so that a hundred hanging receivers delay the others by seconds only (N3).
    const cancelLeave = lane.isSlow ? () => {} : clock.after(notifyLimits.slowMs, leave)
    let cancelLimit = () => {}
    const limit = new Promise<Outcome>((resolve) => {
      cancelLimit = clock.after(notifyLimits.attemptMs, () => resolve({ is: 'retry', problem: 'There was no answer in time.' }))
    })
    try {
      return await Promise.race([targets.send(lane.spaceId, lane.targetId, message), limit])
    } finally {
      lane.isSlow = clock.monotonicMs() - startedMs >= notifyLimits.slowMs
      cancelLimit()
      cancelLeave()
      leave()
    }
  }

  const pauseMs = (attempts: number, retryAfterMs: number | undefined) => {
    const pause = notifyLimits.pausesMs[attempts - 1] ?? notifyLimits.pausesMs.at(-1) ?? 0
    return Math.max(pause * (1 - random() / 4), Math.min(retryAfterMs ?? 0, notifyLimits.retryAfterMostMs))
  }

  const after = (kept: KeptMessage, outcome: Outcome, isOnlyTry: boolean): KeptMessage => {
    const nowMs = clock.nowMs()
    const attempts = kept.attempts + 1
    if (outcome.is === 'delivered') return { ...kept, state: 'sent', attempts, problem: null, nextAttemptAtMs: null, sentAtMs: nowMs }
    const { problem } = outcome
    // Another process was faster, or somebody dropped it meanwhile.
    if (kept.state === 'sent' || kept.state === 'dropped' || (kept.state === 'failed' && !isOnlyTry)) return kept
    if (outcome.is === 'refused' || attempts >= notifyLimits.attempts || isOnlyTry)
      return { ...kept, state: 'failed', attempts, problem, nextAttemptAtMs: null }
    return { ...kept, attempts, problem, nextAttemptAtMs: nowMs + pauseMs(attempts, outcome.retryAfterMs) }
  }

  /** Writes down what became of an attempt, whatever somebody did to the message meanwhile; undefined when it is not kept any more. */
  const keepOutcome = async (lane: Lane, message: Message, outcome: Outcome, isOnlyTry: boolean): Promise<KeptMessage | undefined> => {
    for (;;) {
      const item = await store.read(notifyKeys.kept(lane.spaceId, message.messageId))
      if (item === undefined) return undefined
      const next = after(keptOf(item), outcome, isOnlyTry)
      if (await keep(lane.spaceId, next, message, item.revision)) return next
    }
  }

  /**
   * Brings one kept message a step on; answers when to look again. One that somebody wants tried again was given up before, so it is
   * tried once and holds up nobody.
   */
  const deliver = async (lane: Lane, messageId: string, isOnlyTry: boolean): Promise<number> => {
    const { spaceId } = lane
    const item = await store.read(notifyKeys.kept(spaceId, messageId))
    const kept = item && keptOf(item)
    const isToBeTried = kept?.state === 'waiting' || (isOnlyTry && kept?.state === 'failed')
    if (item === undefined || kept === undefined || !isToBeTried) {
      await settle(lane, messageId, kept?.state ?? 'dropped')
      return clock.nowMs()
    }
    if (!isOnlyTry && kept.nextAttemptAtMs !== null && kept.nextAttemptAtMs > clock.nowMs()) {
      await forgetGroups(lane, messageId)
      return kept.nextAttemptAtMs
    }
    const message = messageOf(item)
    const outcome = await attempt(lane, message)
    const next = await keepOutcome(lane, message, outcome, isOnlyTry)
    const fields: LogFields = { space: spaceId, target: lane.targetId, messageId, attempt: next?.attempts }
    if (outcome.is === 'delivered') log.debug('message_sent', fields)
    else log.warn(next?.state === 'failed' ? 'message_failed' : 'message_not_sent', fields)
    if (next?.state !== 'waiting') await settle(lane, messageId, next?.state ?? 'dropped')
    return clock.nowMs()
  }

  /** A message that waits for hours is not carried along by every change that comes meanwhile. */
  const forgetGroups = (lane: Lane, messageId: string) =>
    trays.change(lane.spaceId, lane.targetId, (tray) => {
      if (tray.sealing?.messageId !== messageId || tray.sealing.groups.length === 0) return false
      tray.sealing = { ...tray.sealing, groups: [] }
      return true
    })

  /** Keeps a sealed message as an item of its own, unless that was done already. */
  const keepSealed = async (lane: Lane, target: Target, sealing: NonNullable<Tray['sealing']>) => {
    const { spaceId } = lane
    if (sealing.groups.length === 0 || (await store.read(notifyKeys.kept(spaceId, sealing.messageId))) !== undefined) return
    const message = await writeMessage(deps, spaceId, target, sealing)
    if (message === undefined) throw new ThroughlineError('NOT_FOUND', 'There is no such space.')
    const kept: KeptMessage = {
      messageId: sealing.messageId,
      targetId: target.targetId,
      targetName: target.name,
      slug: target.slug,
      personId: target.personId ?? null,
      kind: message.kind,
      state: 'waiting',
      changes: sealing.groups.reduce((sum, group) => sum + changesOf(group), 0),
      attempts: 0,
      problem: null,
      createdAtMs: message.createdAtMs,
      nextAttemptAtMs: clock.nowMs(),
      sentAtMs: null,
    }
    await keep(spaceId, kept, message, 'absent')
  }

  const seal = async (lane: Lane) => {
    await trays.change(lane.spaceId, lane.targetId, (tray) => {
      const dueMs = groupsDueMs(tray)
      if (tray.sealing !== undefined || dueMs === undefined || dueMs > clock.nowMs()) return false
      const due = takeDue(tray, clock.nowMs())
      const messageId = due?.groups[0]?.messageId
      if (due === undefined || messageId === undefined) return false
      tray.sealing = { messageId, ...due }
      tray.seals.push(clock.nowMs())
      return true
    })
  }

  /** Nothing more is told to a target that is gone or switched off, and what it was told is over. */
  const dropAll = async (lane: Lane, tray: Tray, why: string) => {
    const { spaceId, targetId } = lane
    for (const messageId of [tray.sealing?.messageId, ...tray.again]) {
      const item = messageId === undefined ? undefined : await store.read(notifyKeys.kept(spaceId, messageId))
      if (item === undefined || keptOf(item).state !== 'waiting') continue
      const kept: KeptMessage = { ...keptOf(item), state: 'dropped', problem: why, nextAttemptAtMs: null }
      await keep(spaceId, kept, messageOf(item), item.revision)
    }
    await trays.remove(spaceId, targetId)
    log.info('messages_dropped', { space: spaceId, target: targetId })
    onChanged(spaceId)
  }

  /** One step of a target's queue; answers when to look again, undefined when nothing waits. */
  const step = async (lane: Lane): Promise<number | undefined> => {
    const { spaceId, targetId } = lane
    const tray = await trays.read(spaceId, targetId)
    if (tray === undefined || !hasPending(tray)) return undefined
    const groupsDue = groupsDueMs(tray)
    if (tray.sealing === undefined && tray.again.length === 0 && groupsDue !== undefined && groupsDue > clock.nowMs()) return groupsDue
    const target = (await targets.list(spaceId)).find((each) => each.targetId === targetId)
    if (target === undefined || !target.isEnabled) {
      await dropAll(lane, tray, target === undefined ? 'The channel was deleted.' : 'The channel was switched off.')
      return undefined
    }
    if (tray.sealing !== undefined) {
      await keepSealed(lane, target, tray.sealing)
      return deliver(lane, tray.sealing.messageId, false)
    }
    const [again] = tray.again
    if (again !== undefined) return deliver(lane, again, true)
    await seal(lane)
    return clock.nowMs()
  }

  const run = async (lane: Lane) => {
    for (;;) {
      lane.isPoked = false
      let nextMs: number | undefined
      try {
        nextMs = await step(lane)
      } catch (thrown) {
        log.warn('message_queue_stopped', { space: lane.spaceId, target: lane.targetId, code: asThroughlineError(thrown).code })
        lane.isPoked = false
        return clock.nowMs() + notifyLimits.storePauseMs
      }
      const isOver = !lane.isPoked && (nextMs === undefined || nextMs > clock.nowMs())
      if (isClosed || isOver) return nextMs
    }
  }

  const start = (lane: Lane) => {
    if (isClosed) return
    lane.cancel()
    if (lane.isRunning) {
      lane.isPoked = true
      return
    }
    lane.isRunning = true
    const work = run(lane).then((nextMs) => {
      running.delete(work)
      lane.isRunning = false
      if (isClosed) return
      // Poked in the moment between its last look and now.
      if (lane.isPoked) start(lane)
      else if (nextMs === undefined) lanes.delete(nameOf(lane.spaceId, lane.targetId))
      else lane.cancel = clock.after(Math.min(timerMostMs, Math.max(0, nextMs - clock.nowMs())), () => start(lane))
    })
    running.add(work)
  }

  const nameOf = (spaceId: SpaceId, targetId: string) => `${spaceId} ${targetId}`

  return {
    poke(spaceId, targetId) {
      const name = nameOf(spaceId, targetId)
      const lane = lanes.get(name) ?? { spaceId, targetId, isRunning: false, isPoked: false, isSlow: false, cancel: () => {} }
      lanes.set(name, lane)
      start(lane)
    },
    async idle() {
      while (running.size > 0) await Promise.all(running)
    },
    async close() {
      isClosed = true
      for (const lane of lanes.values()) lane.cancel()
      let cancel = () => {}
      const enough = new Promise<void>((resolve) => (cancel = clock.after(closeWaitMs, resolve)))
      await Promise.race([Promise.all(running), enough])
      cancel()
    },
  }
}

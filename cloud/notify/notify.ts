import type { Unheard } from '../../src/domain/feed.ts'
import type { NodeId, SpaceId } from '../../src/domain/ids.ts'
import type { ToldTransition } from '../../src/domain/model.ts'
import type { News, NewsSink } from '../../src/domain/news.ts'
import { asThroughlineError } from '../../src/errors/throughline-error.ts'
import type { Clock } from '../../src/support/clock.ts'
import type { Log } from '../../src/support/log.ts'
import type { MetadataStore } from '../store/port.ts'
import { createGoneNodes } from './gone-nodes.ts'
import { createGoneTarget } from './gone-target.ts'
import { createHeldEnds } from './held-ends.ts'
import { createIntake } from './intake.ts'
import { notifyLimits } from './limits.ts'
import { createMessageLog, type MessageLog } from './message-log.ts'
import type { NotifyAlerts, NotifyPlaces } from './places.ts'
import type { Silencer, Targets } from './ports.ts'
import { createRepeats } from './repeats.ts'
import { createSender } from './sender.ts'
import { createSpaceNotes } from './space-notes.ts'
import { hasPending } from './tray.ts'
import { createTrays } from './trays.ts'

/** Tells targets what happened. */
export interface Notify extends NewsSink {
  readonly messages: MessageLog
  /** Takes news as a sink does, and answers why nobody is told of a raised alert. */
  tell(news: News): Promise<Unheard | undefined>
  /** A node with these alerts is about to be removed: incidents that were opened for it are closed. Throws STORE_UNAVAILABLE. */
  nodeGone(spaceId: SpaceId, nodeId: NodeId, alerts: readonly ToldTransition[]): Promise<void>
  /** A target is about to be deleted: incidents it has open are closed, if its service answers within seconds. Throws STORE_UNAVAILABLE. */
  targetGone(spaceId: SpaceId, targetId: string): Promise<void>
  /** Finds what an earlier process left and goes on with it; repeats and sweeps from then on. Throws STORE_UNAVAILABLE. */
  start(): Promise<void>
  /** Looks now what has to be told again, and which ends a silence held that is over; on its own it does so each minute. */
  lookRepeats(): Promise<void>
  /** Takes away what deleted targets and spaces left; on its own it does so each hour. */
  sweep(): Promise<void>
  /** Resolves when nothing is being sent. What waits for its time goes on waiting. */
  idle(): Promise<void>
  /** Sends nothing more; what is under way is waited for a moment, and repeated by the next start when it takes longer. */
  close(): Promise<void>
}

export interface NotifyDeps {
  readonly store: MetadataStore
  readonly targets: Targets
  readonly silencer: Silencer
  readonly places: NotifyPlaces
  readonly alerts: NotifyAlerts
  /** An origin without a path; links in messages begin with it. */
  readonly publicUrl: string
  /** Something about the messages of a space changed. */
  readonly onChanged?: (spaceId: SpaceId) => void
  readonly clock: Clock
  readonly log: Log
  readonly random?: () => number
}

export function createNotify(deps: NotifyDeps): Notify {
  const { store, targets, silencer, places, alerts, publicUrl, onChanged = () => {}, clock, log, random = Math.random } = deps
  const trays = createTrays({ store, clock, log })
  const notes = createSpaceNotes(store)
  const sender = createSender({ store, targets, trays, places, alerts, publicUrl, onChanged, clock, log, random })
  const onPending = (spaceId: SpaceId, targetId: string) => {
    sender.poke(spaceId, targetId)
    onChanged(spaceId)
  }
  const heldEnds = createHeldEnds({ targets, silencer, places, trays, onPending, clock })
  const intake = createIntake({
    targets,
    silencer,
    places,
    trays,
    notes,
    onPending,
    onHeld: (spaceId, targetId) => heldEnds.note(spaceId, targetId),
    clock,
  })
  const repeats = createRepeats({ targets, silencer, places, alerts, trays, onPending, clock })
  const stops: (() => void)[] = []

  /** For each space with messages; one that cannot be looked at does not keep the others from it. */
  const forEachSpace = async (event: string, look: (spaceId: SpaceId) => Promise<void>) => {
    for (const spaceId of await notes.list()) {
      try {
        await look(spaceId)
      } catch (thrown) {
        log.warn(event, { space: spaceId, code: asThroughlineError(thrown).code })
      }
    }
  }

  const lookRepeats = () =>
    forEachSpace('message_repeats_failed', async (spaceId) => {
      await heldEnds.look(spaceId)
      await repeats(spaceId)
    })

  const sweep = () =>
    forEachSpace('message_sweep_failed', async (spaceId) => {
      if ((await places.spaceName(spaceId)) === undefined) return notes.forget(spaceId)
      const known = new Set((await targets.list(spaceId)).map(({ targetId }) => targetId))
      for (const { targetId, tray } of await trays.list(spaceId)) {
        if (tray.held.size > 0) heldEnds.note(spaceId, targetId)
        if (known.has(targetId)) continue
        if (hasPending(tray)) sender.poke(spaceId, targetId)
        else await trays.remove(spaceId, targetId)
      }
    })

  const resume = () =>
    forEachSpace('messages_not_resumed', async (spaceId) => {
      for (const { targetId, tray } of await trays.list(spaceId)) {
        if (tray.held.size > 0) heldEnds.note(spaceId, targetId)
        if (hasPending(tray)) sender.poke(spaceId, targetId)
      }
    })

  let looking: Promise<void> | undefined
  const alone = (work: () => Promise<void>, event: string) => () => {
    looking ??= work()
      .catch((thrown: unknown) => log.warn(event, { code: asThroughlineError(thrown).code }))
      .finally(() => (looking = undefined))
  }

  return {
    take: async (news) => void (await intake.take(news)),
    tell: (news) => intake.take(news),
    nodeGone: createGoneNodes({ targets, trays, onPending, clock }),
    targetGone: createGoneTarget({ targets, trays, alerts, places, onPending, idle: () => sender.idle(), clock }),
    messages: createMessageLog({ store, trays, targets, places, onPending, onChanged, clock }),
    async start() {
      await resume()
      stops.push(
        clock.every(notifyLimits.repeatLookMs, alone(lookRepeats, 'message_repeats_failed')),
        clock.every(notifyLimits.sweepMs, alone(sweep, 'message_sweep_failed')),
      )
    },
    lookRepeats,
    sweep,
    async idle() {
      await looking
      await sender.idle()
    },
    async close() {
      for (const stop of stops.splice(0)) stop()
      await sender.close()
    },
  }
}

import { createHash } from 'node:crypto'
import type { NodeId, SpaceId } from '../../src/domain/ids.ts'
import type { AlertTransition } from '../../src/domain/model.ts'
import type { Clock } from '../../src/support/clock.ts'
import { lookConcerns } from './concern.ts'
import { gatherAlert, hasAlert } from './gather.ts'
import { optionOfStatus } from './notice-option.ts'
import type { NotifyAlerts, NotifyPlaces } from './places.ts'
import type { Silencer, Target, Targets } from './ports.ts'
import { alertHash, type Told, type Tray } from './tray.ts'
import type { Trays } from './trays.ts'

export interface RepeatsDeps {
  readonly targets: Pick<Targets, 'list'>
  readonly silencer: Silencer
  readonly places: NotifyPlaces
  readonly alerts: Pick<NotifyAlerts, 'raised'>
  readonly trays: Trays
  readonly onPending: (spaceId: SpaceId, targetId: string) => void
  readonly clock: Clock
}

interface Raised {
  readonly nodeId: NodeId
  readonly alert: AlertTransition
  readonly hash: string
}

/**
 * Tells again what is still raised, to targets that want it: what they were told of, after their interval since they were told last. The time
 * of the repetition is written together with it, so that a restart neither repeats it nor forgets it. What is raised on a node that
 * is not live is unknown and not repeated; what is silenced waits for the end of the silence.
 */
export function createRepeats({ targets, silencer, places, alerts, trays, onPending, clock }: RepeatsDeps) {
  const repeatFor = async (spaceId: SpaceId, target: Target, raisedOf: () => Promise<readonly Raised[]>) => {
    const nowMs = clock.nowMs()
    const isDue = (told: Told) => !told.hasLeft && told.atMs + target.repeatMin * 60_000 <= nowMs
    const tray = await trays.read(spaceId, target.targetId)
    if (tray === undefined || ![...tray.told.values()].some(isDue)) return
    const isStill = (told: Told | undefined, alert: AlertTransition) => told !== undefined && told.status === alert.status && isDue(told)
    const candidates = (await raisedOf()).filter(
      ({ nodeId, alert, hash }) => isStill(tray.told.get(hash), alert) && places.isLive(nodeId) && isWanted(target, alert),
    )
    if (candidates.length === 0) return
    const concerns = await lookConcerns(
      places,
      spaceId,
      [target],
      candidates.map(({ nodeId }) => nodeId),
    )
    const due: Raised[] = []
    for (const each of candidates) {
      const option = optionOfStatus(each.alert.status)
      if (option === undefined || !concerns(target, each.nodeId)) continue
      const subject = { nodeId: each.nodeId, alert: each.alert, option, target }
      if ((await silencer.silencing(spaceId, subject, nowMs)) === undefined) due.push(each)
    }
    if (due.length === 0) return
    await trays.change(spaceId, target.targetId, (now) => {
      const still = due.filter(({ alert, hash }) => isStill(now.told.get(hash), alert) && !isGathered(now, hash))
      for (const each of still) repeat(now, each, nowMs)
      return still.length > 0
    })
    onPending(spaceId, target.targetId)
  }

  /** Looks at the targets of a space. */
  return async (spaceId: SpaceId): Promise<void> => {
    const repeating = (await targets.list(spaceId)).filter(({ isEnabled, repeatMin }) => isEnabled && repeatMin > 0)
    let raised: Promise<readonly Raised[]> | undefined
    const raisedOf = () => (raised ??= alerts.raised(spaceId).then(listed))
    for (const target of repeating) await repeatFor(spaceId, target, raisedOf)
  }
}

function listed(raised: ReadonlyMap<NodeId, readonly AlertTransition[]>): readonly Raised[] {
  return [...raised].flatMap(([nodeId, alerts]) => alerts.map((alert) => ({ nodeId, alert, hash: alertHash(nodeId, alert) })))
}

function isWanted({ options }: Target, { status }: AlertTransition): boolean {
  const option = optionOfStatus(status)
  return option !== undefined && options.includes(option)
}

function isGathered({ groups }: Tray, hash: string): boolean {
  return groups.some((group) => hasAlert(group, hash))
}

function repeat(tray: Tray, { nodeId, alert, hash }: Raised, nowMs: number): void {
  const option = optionOfStatus(alert.status)
  const told = tray.told.get(hash)
  if (option === undefined || told === undefined) return
  const { chart, name, context, status, oldStatus, whenS, transitionId, configHash } = alert
  const newsId = createHash('sha256')
    .update(JSON.stringify(['repeat', nodeId, chart, name, whenS, told.atMs]))
    .digest('hex')
    .slice(0, 32)
  const what = { newsId, nodeId, chart, name, context, status, oldStatus, whenS, transitionId, configHash }
  const isNamed = gatherAlert(tray, { kind: 'alert', hash, ...what, isRepeat: true, base: told }, option, nowMs)
  tray.told.set(hash, { ...told, atMs: nowMs, isUnnamed: told.isUnnamed && !isNamed })
}

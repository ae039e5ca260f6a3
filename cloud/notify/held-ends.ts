import type { NodeId, SpaceId } from '../../src/domain/ids.ts'
import type { Clock } from '../../src/support/clock.ts'
import { keepsIncidents } from './channels/incidents.ts'
import { lookConcerns } from './concern.ts'
import { gatherAlert, gatherEnd, gatherReach, gatherReturn } from './gather.ts'
import { optionOfReach, optionOfStatus } from './notice-option.ts'
import type { NotifyPlaces } from './places.ts'
import type { Silencer, Target, Targets } from './ports.ts'
import type { AlertChange, ReachChange, Tray } from './tray.ts'
import type { Trays } from './trays.ts'

export interface HeldEndsDeps {
  readonly targets: Pick<Targets, 'list'>
  readonly silencer: Silencer
  readonly places: NotifyPlaces
  readonly trays: Trays
  readonly onPending: (spaceId: SpaceId, targetId: string) => void
  readonly clock: Clock
}

/** Tells the ends that fell into a silence when it is over. */
export interface HeldEnds {
  /** This tray holds ends. */
  note(spaceId: SpaceId, targetId: string): void
  /** Looks at what this target holds, if it holds anything. Throws STORE_UNAVAILABLE. */
  look(spaceId: SpaceId): Promise<void>
}

/**
 * What is held lies in the tray, so that a restart finds it again; which trays hold something is known from whoever took it there or read it.
 * An end leaves the tray's memory in the write that gathers it.
 */
export function createHeldEnds({ targets, silencer, places, trays, onPending, clock }: HeldEndsDeps): HeldEnds {
  const holding = new Map<SpaceId, Set<string>>()

  const isStillSilenced = async (spaceId: SpaceId, target: Target, change: AlertChange | ReachChange) => {
    const option = change.kind === 'alert' ? optionOfStatus(change.status) : optionOfReach(change.state)
    const nodeId = nodeOf(change)
    if (option === undefined || nodeId === undefined) return false
    const subject = { nodeId, alert: change.kind === 'alert' ? change : undefined, option, target }
    return (await silencer.silencing(spaceId, subject, clock.nowMs())) !== undefined
  }

  const lookTarget = async (spaceId: SpaceId, target: Target) => {
    const held = [...((await trays.read(spaceId, target.targetId))?.held ?? [])]
    const concerns = await lookConcerns(
      places,
      spaceId,
      [target],
      held.flatMap(([, change]) => nodeOf(change) ?? []),
    )
    const over: (readonly [string, AlertChange | ReachChange])[] = []
    for (const [hash, change] of held) if (!(await isStillSilenced(spaceId, target, change))) over.push([hash, change])
    let isPending = false
    let isEmpty = false
    await trays.change(spaceId, target.targetId, (tray) => {
      const still = over.filter(([hash, { newsId }]) => tray.held.get(hash)?.newsId === newsId)
      for (const [hash, change] of still) {
        tray.held.delete(hash)
        tray.told.delete(hash)
        const nodeId = nodeOf(change)
        const isTheirs = nodeId !== undefined && (target.personId === undefined || concerns(target, nodeId))
        if (isTheirs) tell(tray, target, change, clock.nowMs())
      }
      isPending = tray.groups.length > 0
      isEmpty = tray.held.size === 0
      return still.length > 0
    })
    if (isEmpty) holding.get(spaceId)?.delete(target.targetId)
    if (isPending) onPending(spaceId, target.targetId)
  }

  return {
    note(spaceId, targetId) {
      const known = holding.get(spaceId)
      if (known === undefined) holding.set(spaceId, new Set([targetId]))
      else known.add(targetId)
    },
    async look(spaceId) {
      const held = holding.get(spaceId)
      if (held === undefined || held.size === 0) return
      const listed = await targets.list(spaceId)
      for (const targetId of held) {
        const target = listed.find((each) => each.targetId === targetId)
        // Its tray goes with it.
        if (target === undefined) held.delete(targetId)
        else if (target.isEnabled) await lookTarget(spaceId, target)
      }
      if (held.size === 0) holding.delete(spaceId)
    },
  }
}

function nodeOf(change: AlertChange | ReachChange): NodeId | undefined {
  return change.kind === 'alert' ? change.nodeId : change.nodeIds[0]
}

function tell(tray: Tray, target: Target, change: AlertChange | ReachChange, nowMs: number): void {
  const option = change.kind === 'alert' ? optionOfStatus(change.status) : optionOfReach(change.state)
  if (option === undefined || !target.options.includes(option)) return
  const closes = keepsIncidents(target.slug)
  if (change.kind === 'alert') {
    if (closes) gatherEnd(tray, change, nowMs)
    else gatherAlert(tray, change, option, nowMs)
  } else if (closes) gatherReturn(tray, change, nowMs)
  else gatherReach(tray, change, option, nowMs)
}

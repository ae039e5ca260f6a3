import { createHash } from 'node:crypto'
import type { NodeId, SpaceId } from '../../src/domain/ids.ts'
import type { ToldTransition } from '../../src/domain/model.ts'
import type { Clock } from '../../src/support/clock.ts'
import { keepsIncidents } from './channels/incidents.ts'
import { gatherEnd, gatherReturn } from './gather.ts'
import type { Target, Targets } from './ports.ts'
import { alertHash, reachHash, type Told, type Tray } from './tray.ts'
import type { Trays } from './trays.ts'

export interface GoneNodesDeps {
  readonly targets: Pick<Targets, 'list'>
  readonly trays: Trays
  readonly onPending: (spaceId: SpaceId, targetId: string) => void
  readonly clock: Clock
}

/**
 * What targets know of a node that somebody takes out of the space is over. Nobody is told, because somebody wanted it; but incidents that
 * were opened for it are closed, because nobody else ever would. Repeating it changes nothing. Throws STORE_UNAVAILABLE.
 */
export function createGoneNodes({ targets, trays, onPending, clock }: GoneNodesDeps) {
  return async (spaceId: SpaceId, nodeId: NodeId, alerts: readonly ToldTransition[]): Promise<void> => {
    for (const target of await targets.list(spaceId)) {
      let isPending = false
      await trays.change(spaceId, target.targetId, (tray) => {
        const ended = alerts.filter((alert) => endAlert(tray, target, nodeId, alert, clock.nowMs())).length
        const hasChanged = endReach(tray, target, nodeId, clock.nowMs()) || ended > 0
        isPending = hasChanged && tray.groups.length > 0
        return hasChanged
      })
      if (isPending) onPending(spaceId, target.targetId)
    }
  }
}

/** Forgets that a target was told of an alert, and closes its incident; answers whether the target was told of it. */
export function endAlert(tray: Tray, target: Target, nodeId: NodeId, alert: ToldTransition, nowMs: number): boolean {
  const hash = alertHash(nodeId, alert)
  const told = forget(tray, hash)
  if (told === undefined) return false
  const { chart, name, context, status, configHash, transitionId } = alert
  const newsId = newsIdOf(nodeId, chart, name, String(told.atMs))
  const what = { newsId, nodeId, chart, name, context, oldStatus: status, whenS: Math.floor(nowMs / 1_000), configHash, transitionId }
  if (closes(target, told, 'CLEAR'))
    gatherEnd(tray, { kind: 'alert', hash, ...what, status: 'removed', isRepeat: false, base: told }, nowMs)
  return true
}

/** The same of a node that is away. */
export function endReach(tray: Tray, target: Target, nodeId: NodeId, nowMs: number): boolean {
  const told = forget(tray, reachHash(nodeId))
  if (told === undefined) return false
  const newsId = newsIdOf(nodeId, String(told.atMs))
  if (closes(target, told, 'REACHABLE'))
    gatherReturn(tray, { kind: 'reach', newsId, nodeIds: [nodeId], parentNodeId: undefined, state: 'reachable', sinceMs: nowMs }, nowMs)
  return true
}

function closes({ slug, isEnabled, options }: Target, { isUnnamed }: Told, option: 'CLEAR' | 'REACHABLE'): boolean {
  return keepsIncidents(slug) && isEnabled && options.includes(option) && !isUnnamed
}

function forget(tray: Tray, hash: string): Told | undefined {
  const told = tray.told.get(hash)
  tray.held.delete(hash)
  tray.told.delete(hash)
  return told
}

const newsIdOf = (...parts: readonly string[]) =>
  createHash('sha256')
    .update(JSON.stringify(['gone', ...parts]))
    .digest('hex')
    .slice(0, 32)

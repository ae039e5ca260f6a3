import type { SpaceId } from '../../src/domain/ids.ts'
import type { Clock } from '../../src/support/clock.ts'
import { keepsIncidents } from './channels/incidents.ts'
import { endsKey } from './gather.ts'
import { endAlert, endReach } from './gone-nodes.ts'
import { notifyLimits } from './limits.ts'
import type { NotifyAlerts, NotifyPlaces } from './places.ts'
import type { Targets } from './ports.ts'
import type { Trays } from './trays.ts'

export interface GoneTargetDeps {
  readonly targets: Pick<Targets, 'list'>
  readonly trays: Trays
  readonly alerts: Pick<NotifyAlerts, 'raised'>
  readonly places: Pick<NotifyPlaces, 'nodes'>
  readonly onPending: (spaceId: SpaceId, targetId: string) => void
  /** Resolves when nothing is being sent. */
  readonly idle: () => Promise<void>
  readonly clock: Clock
}

/** Whoever deletes a channel waits no longer than this for its service. */
const patienceMs = 10_000

/**
 * A target is about to be deleted. A service that keeps incidents is told first that those we opened are over, because nobody else ever
 * would; what it does not take at once is left open. Other targets are told nothing. Throws STORE_UNAVAILABLE.
 */
export function createGoneTarget({ targets, trays, alerts, places, onPending, idle, clock }: GoneTargetDeps) {
  return async (spaceId: SpaceId, targetId: string): Promise<void> => {
    const target = (await targets.list(spaceId)).find((each) => each.targetId === targetId)
    if (target === undefined || !target.isEnabled || !keepsIncidents(target.slug)) return
    const [raised, nodes] = await Promise.all([alerts.raised(spaceId), places.nodes(spaceId)])
    let isPending = false
    await trays.change(spaceId, targetId, (tray) => {
      const nowMs = clock.nowMs()
      let hasChanged = false
      for (const { nodeId } of nodes) {
        for (const alert of raised.get(nodeId) ?? []) if (endAlert(tray, target, nodeId, alert, nowMs)) hasChanged = true
        if (endReach(tray, target, nodeId, nowMs)) hasChanged = true
      }
      for (const group of tray.groups) {
        if (group.key !== endsKey) continue
        // Nothing more is waited for: ends leave now.
        group.lastAtMs = nowMs - notifyLimits.gatherMs
        isPending = hasChanged = true
      }
      return hasChanged
    })
    if (!isPending) return
    onPending(spaceId, targetId)
    let cancel = () => {}
    const enough = new Promise<void>((resolve) => (cancel = clock.after(patienceMs, resolve)))
    await Promise.race([idle(), enough])
    cancel()
  }
}

import type { AlertStatus } from '../../../src/domain/model.ts'
import type { SourceAlert, SourceTransition } from '../source.ts'

/** What is gone for no longer than this was restarted or reloaded, not removed. Seconds. */
export const goneForS = 120

/** Alerts as they are shown: in a status since a time. */
type Shown = { readonly status: AlertStatus; readonly whenS: number }

export const alertKey = ({ chart, name }: Pick<SourceAlert, 'chart' | 'name'>) => JSON.stringify([chart, name])

/**
 * Follows an agent's log through its restarts and reloads. There an agent removes every alert and makes it anew: one that comes back
 * in the status it had has not changed, one that comes back in another has changed once. What stays away is removed after a while.
 * The same log gives the same answers, also when it is read from its start again.
 */
export function createLogFollower() {
  const shown = new Map<string, Shown>()
  const removedAtS = new Map<string, number>()
  const missingSinceS = new Map<string, number>()
  let present = new Map<string, SourceAlert>()

  return {
    /** The entries that are changes; removals are told by {@link alerts} leaving them out. */
    changesIn(entries: readonly SourceTransition[]): readonly SourceTransition[] {
      return entries.flatMap((entry) => {
        const key = alertKey(entry.alert)
        const { status, whenS } = entry.alert
        if (status === 'removed') {
          removedAtS.set(key, whenS)
          return []
        }
        const goneAtS = removedAtS.get(key)
        const before = goneAtS !== undefined && whenS - goneAtS > goneForS ? undefined : shown.get(key)
        removedAtS.delete(key)
        const isNew = entry.oldStatus === 'unknown'
        if (isNew && before?.status === status) return []
        shown.set(key, { status, whenS })
        return [isNew && before ? { ...entry, oldStatus: before.status } : entry]
      })
    },
    /** The alerts an agent lists, with the times they are shown with, and those that are waited for. */
    alerts(listed: readonly SourceAlert[], nowS: number): readonly SourceAlert[] {
      const now = new Map(
        listed.map((alert) => {
          const key = alertKey(alert)
          const known = shown.get(key)
          return [key, known?.status === alert.status ? { ...alert, whenS: known.whenS } : alert] as const
        }),
      )
      for (const key of now.keys()) missingSinceS.delete(key)
      for (const [key, alert] of present) {
        if (now.has(key)) continue
        const sinceS = missingSinceS.get(key) ?? nowS
        missingSinceS.set(key, sinceS)
        if (nowS - sinceS <= goneForS) now.set(key, alert)
        else {
          missingSinceS.delete(key)
          shown.delete(key)
        }
      }
      present = now
      return [...now.values()]
    },
  }
}

import { endsKey, hasAlert, messagesLeft } from './gather.ts'
import { notifyLimits } from './limits.ts'
import { newMessageId } from './message-id.ts'
import type { Group, Tray } from './tray.ts'

/** When the next open group of a tray leaves; undefined when none is open. */
export function groupsDueMs(tray: Tray): number | undefined {
  if (tray.groups.length === 0) return undefined
  const dueMs = Math.min(...tray.groups.map(groupDueMs))
  return messagesLeft(tray, dueMs) > 0 ? dueMs : Math.max(dueMs, floodDueMs(tray, dueMs))
}

/**
 * Takes out of a tray what leaves now as one message. More rules at once than a minute has messages left, or a minute that has none left,
 * are a flood: everything of one kind is one message then. Ends that close incidents leave apart, as many at a time as a message names.
 */
export function takeDue(tray: Tray, nowMs: number): { readonly groups: readonly Group[]; readonly isFlood: boolean } | undefined {
  const [first] = [...tray.groups].sort((a, b) => groupDueMs(a) - groupDueMs(b))
  if (first === undefined) return undefined
  const due = tray.groups.filter((group) => groupDueMs(group) <= nowMs)
  const isFlood = due.length > messagesLeft(tray, nowMs)
  const ofKind = tray.groups.filter(({ kind }) => kind === first.kind)
  const endsAt = ofKind.findIndex(({ key }) => key === endsKey)
  const ends = ofKind[endsAt]
  // What opens an incident leaves before what closes it, and the other way around, also in a flood.
  const merged = endsAt === -1 ? ofKind : ofKind.slice(0, endsAt)
  if (isFlood && merged.length === 0 && ends !== undefined) return takeEnds(tray, ends, nowMs)
  const earliest = earliestOf(tray, first)
  if (!isFlood && earliest.key === endsKey) return takeEnds(tray, earliest, nowMs)
  const groups = isFlood ? latestOnly(merged) : [earliest]
  const taken = new Set((isFlood ? merged : groups).map(({ messageId }) => messageId))
  tray.groups = tray.groups.filter(({ messageId }) => !taken.has(messageId))
  return { groups, isFlood: groups.length > 1 || first.key === 'mixed' }
}

/** Takes as many ends as one message names; the others stay where they were. */
function takeEnds(tray: Tray, group: Group, nowMs: number): { readonly groups: readonly Group[]; readonly isFlood: false } {
  const [alerts, laterAlerts] = cut(group.alerts, notifyLimits.namedInFlood)
  let nodes = 0
  const fitting = group.reach.findIndex(({ nodeIds }) => (nodes += nodeIds.length) > notifyLimits.namedNodes)
  const [reach, laterReach] = cut(group.reach, fitting === -1 ? group.reach.length : Math.max(1, fitting))
  const later = { ...group, messageId: newMessageId(nowMs), alerts: laterAlerts, reach: laterReach, unnamed: new Map(), counted: 0 }
  tray.groups = tray.groups.flatMap((other) => (other !== group ? [other] : laterAlerts.length + laterReach.length > 0 ? [later] : []))
  return { groups: [{ ...group, alerts, reach }], isFlood: false }
}

const cut = <T>(all: readonly T[], at: number): [T[], T[]] => [all.slice(0, at), all.slice(at)]

/** A group leaves a moment after its last change, and not long after its first. */
function groupDueMs({ openedAtMs, lastAtMs }: Group): number {
  return Math.min(lastAtMs + notifyLimits.gatherMs, openedAtMs + notifyLimits.gatherMostMs)
}

/** When the next message of a flood may leave: some time after the last, or when the minute has room again. */
function floodDueMs({ seals }: Tray, nowMs: number): number {
  const last = seals.at(-1) ?? nowMs
  const oldest = seals.at(-notifyLimits.floodMessages) ?? last
  return Math.min(last + notifyLimits.floodGatherMs, oldest + notifyLimits.floodWithinMs)
}

/** What has to leave before this group, because an alert in it has a change there, too; the group itself when there is nothing. */
function earliestOf({ groups }: Tray, group: Group): Group {
  return groups.find((other) => other === group || other.alerts.some(({ hash }) => hasAlert(group, hash))) ?? group
}

/** In one message an alert stands once, as it is now. */
function latestOnly(groups: readonly Group[]): readonly Group[] {
  return groups.map((group, at) => {
    const later = groups.slice(at + 1)
    const alerts = group.alerts.filter(({ hash }) => !later.some((other) => hasAlert(other, hash)))
    return alerts.length === group.alerts.length ? group : { ...group, alerts }
  })
}

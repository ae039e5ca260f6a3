import { notifyLimits } from './limits.ts'
import { newMessageId } from './message-id.ts'
import type { NoticeOption } from './ports.ts'
import type { AlertChange, Group, ReachChange, Told, Tray } from './tray.ts'

/** The group of what had no room apart. */
const mixedKey = 'mixed'
/** The group of ends that close incidents: every one by name, whatever its rule. */
export const endsKey = 'ends'

/**
 * Whether a change of an alert may wait behind another that was not told yet, so that both are told. Where an alert flaps, very much
 * waits, or the target had more messages than it should, only how things ended is told.
 */
export function mayQueue(tray: Tray, hash: string, nowMs: number): boolean {
  if (tray.groups.some(({ unnamed, counted }) => unnamed.size + counted > 0)) return false
  const waiting = tray.groups.reduce((sum, { alerts }) => sum + alerts.filter((each) => each.hash === hash).length, 0)
  const inAll = tray.groups.reduce((sum, { alerts, unnamed }) => sum + alerts.length + unnamed.size, 0)
  return (
    waiting < notifyLimits.queuedOfAlert &&
    inAll < notifyLimits.queuedOfTarget &&
    tray.groups.length < notifyLimits.groupsPerTarget &&
    messagesLeft(tray, nowMs) > 0
  )
}

/** How many messages the minute has left for this target. */
export function messagesLeft({ seals }: Tray, nowMs: number): number {
  return notifyLimits.floodMessages - seals.filter((atMs) => nowMs - atMs < notifyLimits.floodWithinMs).length
}

/** Whether a group has a change of this alert. */
export function hasAlert({ alerts, unnamed }: Group, hash: string): boolean {
  return unnamed.has(hash) || alerts.some((each) => each.hash === hash)
}

/**
 * Adds a change to the open group of its rule and severity, or to a new one behind a change of the same alert that waits; names it while
 * there is room, and counts it otherwise. Answers whether it is named.
 */
export function gatherAlert(tray: Tray, change: AlertChange, option: NoticeOption, nowMs: number): boolean {
  const behind = tray.groups.findLastIndex((group) => hasAlert(group, change.hash))
  const group = openGroup(tray, JSON.stringify([change.name, option, change.isRepeat]), option, 'alert', nowMs, behind)
  const size = change.chart.length + change.name.length + change.context.length
  const hasRoom = group.alerts.length === 0 || gatheredCharacters(tray) + size <= notifyLimits.gatheredCharacters
  group.lastAtMs = nowMs
  if (group.alerts.length < notifyLimits.named && hasRoom) {
    group.alerts.push(change)
    return true
  }
  if (tray.groups.reduce((sum, { unnamed }) => sum + unnamed.size, 0) < notifyLimits.gatheredUnnamed)
    group.unnamed.set(change.hash, change.base)
  else group.counted++
  return false
}

/** Adds the end of an incident: named, so that the incident is closed, as long as there is any room. */
export function gatherEnd(tray: Tray, change: AlertChange, nowMs: number): void {
  const behind = tray.groups.findLastIndex((group) => hasAlert(group, change.hash))
  const group = openGroup(tray, endsKey, 'CLEAR', 'alert', nowMs, behind)
  const ends = tray.groups.filter(({ key }) => key === endsKey)
  const waiting = ends.reduce((sum, { alerts }) => sum + alerts.length, 0)
  const characters = ends.reduce((sum, { alerts }) => sum + charactersOf(alerts), charactersOf([change]))
  if (waiting < notifyLimits.endsOfIncidents && characters <= notifyLimits.endCharacters) group.alerts.push(change)
  else group.counted++
  group.lastAtMs = nowMs
}

/** The same of nodes that came back. */
export function gatherReturn(tray: Tray, change: ReachChange, nowMs: number): void {
  const group = openGroup(tray, endsKey, 'REACHABLE', 'reach', nowMs)
  const waiting = group.reach.reduce((sum, { nodeIds }) => sum + nodeIds.length, 0)
  const kept = change.nodeIds.slice(0, Math.max(0, notifyLimits.endsOfIncidents - waiting))
  for (let at = 0; at < kept.length; at += notifyLimits.namedNodes)
    group.reach.push({ ...change, nodeIds: kept.slice(at, at + notifyLimits.namedNodes) })
  group.counted += change.nodeIds.length - kept.length
  group.lastAtMs = nowMs
}

/** Keeps an end until the silence it fell into is over; of too many the oldest are let go. */
export function holdEnd(tray: Tray, hash: string, change: AlertChange | ReachChange): void {
  tray.held.delete(hash)
  tray.held.set(hash, change)
  let characters = charactersOf([...tray.held.values()])
  for (const [oldest, dropped] of tray.held) {
    if (tray.held.size <= notifyLimits.heldEnds && characters <= notifyLimits.endCharacters) break
    characters -= charactersOf([dropped])
    tray.held.delete(oldest)
    tray.told.delete(oldest)
  }
}

/** The same for nodes. */
export function gatherReach(tray: Tray, change: ReachChange, option: NoticeOption, nowMs: number): void {
  const group = openGroup(tray, option, option, 'reach', nowMs)
  const room = notifyLimits.gatheredNodes - tray.groups.reduce((sum, { reach }) => sum + reach.reduce((n, r) => n + r.nodeIds.length, 0), 0)
  const kept = change.nodeIds.slice(0, Math.max(group.reach.length === 0 ? 1 : 0, room))
  const last = group.reach.at(-1)
  // What was held of one piece of news comes node by node.
  if (last !== undefined && last.newsId === change.newsId)
    group.reach[group.reach.length - 1] = { ...last, nodeIds: [...last.nodeIds, ...kept] }
  else if (kept.length > 0) group.reach.push({ ...change, nodeIds: kept })
  group.counted += change.nodeIds.length - kept.length
  group.lastAtMs = nowMs
}

/** The last untold change of an alert, taken back: what the target knows without it, and what the alert was before. */
export function takeBackAlert(
  tray: Tray,
  hash: string,
): { readonly base: Told | undefined; readonly change: AlertChange | undefined } | undefined {
  for (const group of tray.groups.toReversed()) {
    const change = group.alerts.findLast((each) => each.hash === hash)
    if (change !== undefined) {
      group.alerts = group.alerts.filter((each) => each !== change)
      dropEmpty(tray)
      return { base: change.base, change }
    }
    if (group.unnamed.has(hash)) {
      const base = group.unnamed.get(hash)
      group.unnamed.delete(hash)
      dropEmpty(tray)
      return { base, change: undefined }
    }
  }
  return undefined
}

/** Takes nodes out of untold changes with this state; answers those that were in one. */
export function takeBackNodes(tray: Tray, nodeIds: ReadonlySet<string>, state: ReachChange['state']): ReadonlySet<string> {
  const found = new Set<string>()
  for (const group of tray.groups) {
    group.reach = group.reach.flatMap((change) => {
      if (change.state !== state) return [change]
      const left = change.nodeIds.filter((nodeId) => {
        if (nodeIds.has(nodeId)) found.add(nodeId)
        return !nodeIds.has(nodeId)
      })
      return left.length === 0 ? [] : [{ ...change, nodeIds: left }]
    })
  }
  dropEmpty(tray)
  return found
}

/** The group of these changes that leaves after the one at `behind`. */
function openGroup(tray: Tray, key: string, option: NoticeOption, kind: Group['kind'], nowMs: number, behind = -1): Group {
  const known = tray.groups.find((group, at) => at > behind && group.key === key && group.kind === kind)
  if (known !== undefined) return known
  const isFull = kind === 'alert' && key !== endsKey && tray.groups.length >= notifyLimits.groupsPerTarget
  const mixed = isFull ? tray.groups.find((group) => group.key === mixedKey) : undefined
  if (mixed !== undefined) return mixed
  const group: Group = {
    messageId: newMessageId(nowMs),
    key: isFull ? mixedKey : key,
    option,
    kind,
    openedAtMs: nowMs,
    lastAtMs: nowMs,
    alerts: [],
    reach: [],
    unnamed: new Map(),
    counted: 0,
  }
  tray.groups.push(group)
  return group
}

function dropEmpty(tray: Tray): void {
  tray.groups = tray.groups.filter(({ alerts, reach, unnamed, counted }) => alerts.length + reach.length + unnamed.size + counted > 0)
}

function gatheredCharacters(tray: Tray): number {
  return tray.groups.reduce((sum, { key, alerts }) => sum + (key === endsKey ? 0 : charactersOf(alerts)), 0)
}

function charactersOf(changes: readonly (AlertChange | ReachChange)[]): number {
  let sum = 0
  for (const change of changes) if (change.kind === 'alert') sum += change.chart.length + change.name.length + change.context.length
  return sum
}

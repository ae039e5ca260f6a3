import type { NodeId } from '../../src/domain/ids.ts'
import type { AlertNews, News, ReachNews } from '../../src/domain/news.ts'
import { gatherAlert, gatherEnd, gatherReach, gatherReturn, holdEnd, mayQueue, takeBackAlert, takeBackNodes } from './gather.ts'
import { notifyLimits } from './limits.ts'
import { optionOfReach, optionOfStatus } from './notice-option.ts'
import type { NoticeOption } from './ports.ts'
import { alertHash, dayOf, newsHash, reachHash, type AlertChange, type ReachChange, type Told, type Tray } from './tray.ts'

/** What a target wants, and which of the news are silenced for it. */
export interface Wanted {
  readonly options: readonly NoticeOption[]
  readonly isSilenced: (news: News, nodeId: NodeId) => boolean
  /** It opens an incident for what is raised, which nobody closes but we. */
  readonly keepsIncidents: boolean
  /** Whether this target hears of a node; of one it does not it is told only the end of what it was told before. */
  readonly hears: (nodeId: NodeId) => boolean
}

/**
 * Brings one piece of news into a tray; answers whether anything changed. News that were taken before change nothing.
 *
 * What a target was told of decides: a raise is told to who wants it; the end only to who was told of the raise. Changes of one alert that
 * wait are told one after the other; where too much waits ({@link mayQueue}) the last of them is taken back for the next, and when the
 * target then knows already how things are, nothing is told. A status that says nothing (`undefined`, `unknown`) is passed over.
 *
 * The end of what was told before a silence closes its incident at once, since that calls nobody; elsewhere it is held until the silence is
 * over, unless the alert is raised again meanwhile.
 */
export function takeNews(tray: Tray, news: News, wanted: Wanted, nowMs: number): boolean {
  const id = newsHash(news.newsId)
  if (tray.ids.has(id)) return false
  const hasChanged = news.kind === 'alert' ? takeAlert(tray, news, wanted, nowMs) : takeReach(tray, news, wanted, nowMs)
  if (hasChanged) tray.ids.set(id, nowMs)
  return hasChanged
}

function takeAlert(tray: Tray, news: AlertNews, wanted: Wanted, nowMs: number): boolean {
  const option = optionOfStatus(news.status)
  if (option === undefined) return false
  const hash = alertHash(news.nodeId, news)
  if (!wanted.hears(news.nodeId) && !tray.told.has(hash)) return false
  const isToBeTold = wants(tray, wanted, news, option, nowMs)
  const back = mayQueue(tray, hash, nowMs) ? undefined : takeBackAlert(tray, hash)
  const told = tray.told.get(hash)
  // It was over for a while that the target was not told of: what it knows is old.
  const hadLeft = back === undefined && optionOfStatus(news.oldStatus) !== undefined && news.oldStatus !== news.status
  const known =
    back !== undefined
      ? back.base
      : told !== undefined && hadLeft
        ? { ...told, hasLeft: told.hasLeft || told.status === news.status }
        : told
  const remember = (next: Told | undefined) => {
    if (next === undefined) tray.told.delete(hash)
    else tray.told.set(hash, next)
  }
  const hasForgotten = back === undefined && told === undefined && tray.isToldCut
  // What was held is not how things are any more.
  const hadHeld = tray.held.delete(hash)
  const changeOf = (): AlertChange => {
    const { newsId, nodeId, chart, name, context, status, whenS, transitionId, configHash } = news
    // After a silence it is not said what it was before: for this target it is what it was told.
    const knownStatus = optionOfStatus(news.oldStatus) === undefined && known?.status !== 'unreachable' ? known?.status : undefined
    const oldStatus = back?.change?.oldStatus ?? knownStatus ?? news.oldStatus
    const what = { newsId, nodeId, chart, name, context, status, oldStatus, whenS, transitionId, configHash }
    return { kind: 'alert', hash, ...what, isRepeat: false, base: known }
  }

  if (option === 'CLEAR') {
    // Where not everything that was told could be remembered, the alert's own word decides.
    const oldOption = optionOfStatus(news.oldStatus)
    const wasTold =
      known !== undefined || (hasForgotten && oldOption !== undefined && oldOption !== 'CLEAR' && wanted.options.includes(oldOption))
    remember(undefined)
    if (wasTold && wanted.keepsIncidents && (isToBeTold.isTold || isToBeTold.isCounted)) {
      if (known?.isUnnamed !== true) gatherEnd(tray, changeOf(), nowMs)
    } else if (wasTold && isToBeTold.isTold) gatherAlert(tray, changeOf(), option, nowMs)
    else if (wasTold && isToBeTold.isCounted) {
      remember(known && { ...known, hasLeft: true })
      holdEnd(tray, hash, changeOf())
    }
    return isToBeTold.isCounted || back !== undefined || wasTold || hadHeld
  }
  const status = option === 'CRITICAL' ? 'critical' : 'warning'
  if (!isToBeTold.isTold) {
    if (known !== undefined && known.status !== status) remember({ ...known, hasLeft: true })
    else remember(known)
    return isToBeTold.isCounted || hadHeld || back !== undefined || (known !== undefined && known.status !== status && !known.hasLeft)
  }
  // It came back before it was told that it had left, or from a status that says nothing: what the target knows still holds.
  if (known !== undefined && known.status === status && !known.hasLeft) {
    remember(known)
    return back !== undefined || hadHeld
  }
  const isNamed = gatherAlert(tray, changeOf(), option, nowMs)
  remember({ status, atMs: nowMs, hasLeft: false, isUnnamed: !isNamed && known?.isUnnamed !== false })
  return true
}

function takeReach(tray: Tray, news: ReachNews, wanted: Wanted, nowMs: number): boolean {
  const option = optionOfReach(news.state)
  const isWanted = wanted.options.includes(option)
  const isEnd = (nodeId: NodeId) => news.state === 'reachable' && tray.told.has(reachHash(nodeId))
  const nodeIds = news.nodeIds.filter((nodeId) => wanted.hears(nodeId) || isEnd(nodeId))
  const wasTold = (nodeId: NodeId) => tray.told.has(reachHash(nodeId))
  const isQuiet = (nodeId: NodeId) =>
    wanted.isSilenced(news, nodeId) && !(wanted.keepsIncidents && news.state === 'reachable' && wasTold(nodeId))
  const silenced = new Set(isWanted ? nodeIds.filter(isQuiet) : [])
  const quiet = isWanted ? silenced : new Set(nodeIds)
  countSilenced(tray, silenced.size, nowMs)
  const back = takeBackNodes(tray, new Set(nodeIds), news.state === 'reachable' ? 'unreachable' : 'reachable')
  // Who never hears that nodes go may still want to hear that they come.
  const hearsOfBoth = wanted.options.includes('UNREACHABLE')
  const tell = nodeIds.filter((nodeId) => {
    if (back.has(nodeId) || quiet.has(nodeId)) return false
    return news.state === 'unreachable' || wasTold(nodeId) || !hearsOfBoth || tray.isToldCut
  })
  const hadTold = nodeIds.some(wasTold)
  if (tell.length > 0) {
    const { newsId, parentNodeId, state, sinceMs } = news
    const change: ReachChange = { kind: 'reach', newsId, nodeIds: tell, parentNodeId, state, sinceMs }
    if (news.state === 'unreachable' || !wanted.keepsIncidents) gatherReach(tray, change, option, nowMs)
    else {
      // Those that a message named, at least; the others have no incident.
      const named = tell.filter((nodeId) => tray.told.get(reachHash(nodeId))?.isUnnamed !== true)
      if (named.length > 0) gatherReturn(tray, { ...change, nodeIds: named }, nowMs)
    }
  }
  const named = new Set(tell.slice(0, notifyLimits.namedNodes))
  for (const nodeId of nodeIds) {
    const hash = reachHash(nodeId)
    tray.held.delete(hash)
    if (news.state === 'reachable') {
      const { newsId, parentNodeId, state, sinceMs } = news
      if (silenced.has(nodeId) && wasTold(nodeId) && !back.has(nodeId))
        holdEnd(tray, hash, { kind: 'reach', newsId, nodeIds: [nodeId], parentNodeId, state, sinceMs })
      else tray.told.delete(hash)
    } else if (back.has(nodeId) || !quiet.has(nodeId)) {
      const isUnnamed = !named.has(nodeId) && tray.told.get(hash)?.isUnnamed !== false
      tray.told.set(hash, { status: 'unreachable', atMs: nowMs, hasLeft: false, isUnnamed })
    }
  }
  return silenced.size > 0 || back.size > 0 || tell.length > 0 || (news.state === 'reachable' && hadTold)
}

/** Whether it is told, and counts it when it is silenced. */
function wants(
  tray: Tray,
  { options, isSilenced }: Wanted,
  news: AlertNews,
  option: NoticeOption,
  nowMs: number,
): { readonly isTold: boolean; readonly isCounted: boolean } {
  if (!options.includes(option)) return { isTold: false, isCounted: false }
  if (!isSilenced(news, news.nodeId)) return { isTold: true, isCounted: false }
  countSilenced(tray, 1, nowMs)
  return { isTold: false, isCounted: true }
}

function countSilenced(tray: Tray, count: number, nowMs: number): void {
  if (count === 0) return
  const day = dayOf(nowMs)
  tray.silenced = { day, count: (tray.silenced.day === day ? tray.silenced.count : 0) + count }
}

import './feed.css'
import { useCallback, useEffect, useMemo, useState } from 'react'
import { useLocation } from 'wouter'
import { feedQuery, isNarrowed, readFeedFilter, type FeedKind, type FeedPage as FeedPart } from '../../../data/alerts/feed-events.ts'
import { useHoldOpen } from '../../../ui/overlays/hold-open.ts'
import { useNow, useTimeFormat, useTitle } from '../../../ui/hooks.ts'
import { icons } from '../../../ui/look/icons.tsx'
import { usePageSearch } from '../../../ui/palette/page-search.ts'
import { Failure, Notice, Skeleton } from '../../../ui/look/parts.tsx'
import { useRoomNodes } from '../../../ui/spaces/room-nodes.ts'
import { useRoom } from '../../../ui/spaces/room.ts'
import { FeedFilters } from './feed-filters.tsx'
import { FeedList } from './feed-list.tsx'
import { useFeed } from './use-feed.ts'

/** Further down than this somebody reads, and nothing may move. */
const readingPx = 160
const names = ['kind', 'action', 'node', 'alert', 'status', 'q', 'from', 'to']

/** What happened in the room: nodes and agents, alerts, and what people did; live, and back as far as it is kept. */
export function FeedPage() {
  useTitle('Feed')
  useHoldOpen()
  const room = useRoom()
  const format = useTimeFormat()
  const nowMs = useNow(60_000)
  const [search, change] = usePageSearch()
  const [path, navigate] = useLocation()
  const { nodes } = useRoomNodes()
  const text = names.flatMap((name) => search.getAll(name).map((value) => `${name}=${encodeURIComponent(value)}`)).join('&')
  const filter = useMemo(() => readFeedFilter(new URLSearchParams(text)), [text])
  const { roomId } = room
  const queryOf = useCallback(
    (before: FeedPart['next'], limit: number) => feedQuery(filter, (field) => format.parseField(field), { roomId, before, limit }),
    [filter, format, roomId],
  )
  const settled = useSettled(queryOf)
  const feed = useFeed(settled, () => window.scrollY > readingPx)
  const knownNodes = useMemo(() => new Set((nodes ?? []).map(({ nodeId }) => nodeId)), [nodes])

  // Whoever comes back to the top sees what came meanwhile.
  const { showWaiting, waiting } = feed
  useEffect(() => {
    if (waiting === 0) return undefined
    const onScroll = () => {
      if (window.scrollY <= readingPx) showWaiting()
    }
    window.addEventListener('scroll', onScroll, { passive: true })
    return () => window.removeEventListener('scroll', onScroll)
  }, [waiting, showWaiting])

  const setKinds = (kinds: readonly FeedKind[]) => {
    const params = new URLSearchParams(window.location.search)
    params.delete('kind')
    for (const kind of kinds) params.append('kind', kind)
    const query = params.toString()
    navigate(`${path}${query === '' ? '' : `?${query}`}`, { replace: true })
  }
  return (
    <div className="feed-page">
      <div className="page-head">
        <div>
          <h1>Feed</h1>
          <p className="page-sub">What happened {roomId === undefined ? 'in this space' : `in ${room.name}`}. No value is kept here.</p>
        </div>
      </div>
      <FeedFilters
        filter={filter}
        nodes={nodes ?? []}
        onKinds={setKinds}
        onChange={change}
        onClear={() => change(Object.fromEntries(names.map((name) => [name, undefined])))}
      />
      {feed.error !== undefined && feed.events !== undefined ? (
        <p className="banner is-warning" role="status">
          {icons.warning} <strong>The feed is not renewing.</strong> {feed.error.message}
        </p>
      ) : null}
      <div className="feed-new" role="status">
        {waiting > 0 ? (
          <button
            type="button"
            className="button is-small is-primary"
            onClick={() => {
              showWaiting()
              window.scrollTo({ top: 0 })
            }}
          >
            {waiting} new
          </button>
        ) : null}
      </div>
      {feed.events === undefined ? (
        feed.error === undefined ? (
          <Skeleton lines={10} label="Loading the feed" />
        ) : (
          <Failure title="The feed cannot be read" error={feed.error} onRetry={feed.retry} />
        )
      ) : feed.events.length === 0 ? (
        <Notice
          icon={icons.record}
          title={isNarrowed(filter) ? 'Nothing matches' : 'Nothing has happened yet'}
          action={
            // The cloud looks through so many events at a time.
            feed.loadOlder === undefined ? undefined : (
              <button type="button" className="button" disabled={feed.isAsking} onClick={feed.loadOlder}>
                {feed.isAsking ? 'Looking…' : 'Look further back'}
              </button>
            )
          }
        >
          <p>
            {isNarrowed(filter)
              ? 'Take a filter away, or choose a longer span.'
              : 'Nodes that come and go and alerts that change stand here as they happen.'}
          </p>
        </Notice>
      ) : (
        <>
          <FeedList events={feed.events} nowMs={nowMs} knownNodes={knownNodes} />
          <div className="feed-more">
            {feed.loadOlder === undefined ? (
              <p>This is the oldest event{isNarrowed(filter) ? ' that matches' : ' that is kept'}.</p>
            ) : (
              <button type="button" className="button" disabled={feed.isAsking} onClick={feed.loadOlder}>
                {feed.isAsking ? 'Loading…' : 'Older events'}
              </button>
            )}
          </div>
        </>
      )}
    </div>
  )
}

const typingMs = 250

/** A function that follows another one with a pause, so that typing asks once and not for each letter. */
function useSettled<T extends (...args: never[]) => unknown>(next: T): T {
  const [settled, setSettled] = useState(() => next)
  useEffect(() => {
    if (settled === next) return undefined
    const timer = window.setTimeout(() => setSettled(() => next), typingMs)
    return () => window.clearTimeout(timer)
  }, [next, settled])
  return settled
}

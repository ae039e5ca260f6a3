import { useId } from 'react'
import { Link } from 'wouter'
import { alertPagePath } from '../../../data/alerts/alert-address.ts'
import { auditText, burstText, feedMark, topologyText } from '../../../data/alerts/feed-words.ts'
import type { FeedRow } from '../../../data/alerts/feed-events.ts'
import { useTimeFormat } from '../../../ui/hooks.ts'
import { icons } from '../../../ui/look/icons.tsx'
import { SeverityMark, statusWord } from '../../../ui/look/severity-mark.tsx'

const burstShown = 200
/** What an alert was before it was looked at tells nobody anything. */
const isKnown = (status: string) => status === 'clear' || status === 'warning' || status === 'critical'

interface EntryProps {
  /** Nodes that there still are, and that this person sees: only they have a page. */
  readonly knownNodes: ReadonlySet<string>
}

/** One event: when, its mark, what happened to whom. */
export function EventEntry({ event, knownNodes }: EntryProps & { readonly event: FeedRow }) {
  return (
    <div className="feed-entry" data-event={event.action} data-kind={event.kind}>
      <Time atMs={event.atMs} />
      <Mark event={event} />
      <p className="feed-text">
        <EventText event={event} knownNodes={knownNodes} />
      </p>
    </div>
  )
}

/** Many events of one sort as one line, and all of them below it when somebody wants. */
export function BurstEntry({
  events,
  isOpen,
  onToggle,
  knownNodes,
}: EntryProps & { readonly events: readonly FeedRow[]; readonly isOpen: boolean; readonly onToggle: () => void }) {
  const id = useId()
  const format = useTimeFormat()
  const [newest] = events
  const oldest = events.at(-1)
  if (newest === undefined || oldest === undefined) return null
  return (
    <div className="feed-entry is-burst" data-event={newest.action} data-kind={newest.kind}>
      <Time atMs={newest.atMs} />
      <Mark event={newest} />
      <div className="feed-text">
        <p>
          {burstText(events)}{' '}
          <span className="feed-detail">
            {newest.atMs - oldest.atMs < 1_000 ? '' : `${format.clock(oldest.atMs / 1_000)} – ${format.clock(newest.atMs / 1_000)}`}
          </span>
        </p>
        <button type="button" className="link-button" aria-expanded={isOpen} aria-controls={id} onClick={onToggle}>
          {isOpen ? 'Hide' : 'Show'} {events.length} events
        </button>
        {isOpen ? (
          <ul id={id} className="feed-members">
            {events.slice(0, burstShown).map((event) => (
              <li key={event.eventId}>
                <Time atMs={event.atMs} />
                <span>
                  <EventText event={event} knownNodes={knownNodes} />
                </span>
              </li>
            ))}
            {events.length > burstShown ? <li>and {events.length - burstShown} more</li> : null}
          </ul>
        ) : null}
      </div>
    </div>
  )
}

function Time({ atMs }: { readonly atMs: number }) {
  const format = useTimeFormat()
  return (
    <time className="feed-time" dateTime={new Date(atMs).toISOString()}>
      {format.clock(atMs / 1_000)}
    </time>
  )
}

function Mark({ event }: { readonly event: FeedRow }) {
  const mark = feedMark(event)
  if (event.alert !== null) return <SeverityMark status={event.alert.status} />
  return (
    <span className="feed-mark" data-state={mark}>
      {mark === undefined ? icons.person : <span className="state-dot" aria-hidden="true" />}
    </span>
  )
}

function EventText({ event, knownNodes }: EntryProps & { readonly event: FeedRow }) {
  const { alert, nodeId, hostname } = event
  const name = hostname ?? 'A node that is gone'
  const node =
    nodeId !== null && knownNodes.has(nodeId) ? (
      <Link href={`/nodes/${nodeId}`} className="feed-name">
        {name}
      </Link>
    ) : (
      <span className="feed-name">{name}</span>
    )
  if (alert !== null) {
    const text = alert.name.replaceAll('_', ' ')
    return (
      <>
        {nodeId !== null && knownNodes.has(nodeId) ? (
          <Link href={alertPagePath({ nodeId, chart: alert.chart, name: alert.name })} className="feed-name">
            {text}
          </Link>
        ) : (
          <span className="feed-name">{text}</span>
        )}{' '}
        on {node}:{' '}
        <span className="feed-change">
          {isKnown(alert.oldStatus) ? `${statusWord(alert.oldStatus)} → ` : ''}
          {statusWord(alert.status)}
        </span>{' '}
        <span className="feed-detail">
          {alert.chart}
          {event.unheard === 'silenced' ? ' · silenced' : ''}
        </span>
      </>
    )
  }
  if (event.kind === 'topology') {
    return (
      <>
        {node} {topologyText(event.action)}
      </>
    )
  }
  const { who, what, about } = auditText(event)
  return (
    <>
      <span className="feed-name">{who}</span> {what.charAt(0).toLowerCase() + what.slice(1)}{' '}
      {about === '' ? null : <span className="feed-detail">{about}</span>}
      {nodeId === null || about === hostname ? null : <> on {node}</>}
    </>
  )
}

import { useEffect, useRef, useSyncExternalStore } from 'react'
import type { Deck } from '../../charts/deck.ts'
import type { FeedStatus } from '../../data/feed/node-feed.ts'
import { timeZone } from '../../ui/time-zone.ts'
import { icons } from '../../ui/icons.tsx'

const windows = [
  { seconds: 60, label: '1 min' },
  { seconds: 300, label: '5 min' },
  { seconds: 900, label: '15 min' },
  { seconds: 3600, label: '60 min' },
] as const

const ownKeys = 'a, button, input, select, textarea, summary, [role="menuitem"], [role="menuitemradio"], [role="tab"]'

/** Which span of time the charts show, and whether they move. Space plays and pauses. */
export function TimeControls({ deck, status }: { readonly deck: Deck; readonly status: FeedStatus }) {
  const { feed } = deck
  const clock = useRef<HTMLSpanElement>(null)
  const { timeline } = feed
  const view = useSyncExternalStore(timeline.onChange, () => timeline.view)
  const isPaused = view.mode === 'locked' || view.mode === 'past'
  const toggle = () => (isPaused ? timeline.resume() : timeline.lock())

  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      const isTaken = event.target instanceof Element && event.target.closest(ownKeys) !== null
      if (event.key !== ' ' || isTaken || event.repeat || event.ctrlKey || event.metaKey || event.altKey) return
      event.preventDefault()
      if (timeline.view.mode === 'locked' || timeline.view.mode === 'past') timeline.resume()
      else timeline.lock()
    }
    window.addEventListener('keydown', onKeyDown)
    return () => window.removeEventListener('keydown', onKeyDown)
  }, [timeline])

  useEffect(
    () =>
      feed.onData(() => {
        const toS = timeline.span()[1]
        const text = toS === 0 ? '' : timeZone.format.clock(toS)
        if (clock.current && clock.current.textContent !== text) clock.current.textContent = text
      }),
    [feed, timeline],
  )

  const isFlowing = !isPaused && status.link === 'open' && status.trouble === undefined && (status.nodeState ?? 'live') === 'live'
  const word = isPaused ? 'Paused' : isFlowing ? 'Live' : 'Waiting'
  return (
    <div className="controls" role="toolbar" aria-label="Time">
      <button type="button" className="play-button" aria-pressed={isPaused} onClick={toggle} title="Space">
        {isPaused ? icons.play : icons.pause}
        {isPaused ? 'Play' : 'Pause'}
      </button>
      <div className="segmented" role="radiogroup" aria-label="Span of time">
        {windows.map(({ seconds, label }) => (
          <button
            key={seconds}
            type="button"
            role="radio"
            aria-checked={view.windowS === seconds}
            data-window={seconds}
            onClick={() => timeline.setWindow(seconds)}
          >
            {label}
          </button>
        ))}
      </div>
      <p className="flow" data-flow={isPaused ? 'paused' : isFlowing ? 'live' : 'waiting'}>
        <span className="flow-dot" aria-hidden="true" />
        <span>{word}</span>
        <span ref={clock} className="flow-time number" />
      </p>
    </div>
  )
}

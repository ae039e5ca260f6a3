import './time-bar.css'
import { lazy, Suspense, useCallback, useEffect, useMemo, useRef, useState, useSyncExternalStore } from 'react'
import { presets, type Timeline } from '../../data/time/timeline.ts'
import { pageClock } from '../../link/page-clock.ts'
import { useActions, type PageAction } from '../../ui/palette/actions.ts'
import { icons } from '../../ui/look/icons.tsx'
import { Skeleton } from '../../ui/look/parts.tsx'
import { PopoverOnDemand, reachingForPopover } from '../../ui/overlays/popover-on-demand.tsx'
import { timeZone } from '../../ui/account/time-zone.ts'
import { stateWord } from './time-words.ts'

interface TimeBarProps {
  readonly timeline: Timeline
  /** Values come: the live window moves. */
  readonly isFlowing: boolean
  /** The time zone that the node of this page told, if the page is about one. */
  readonly nodeZone?: string | undefined
}

const stepShare = 0.5

/** Loaded when it is opened: the first charts do not wait for it. */
const TimePanel = lazy(async () => ({ default: (await import('./time-panel.tsx')).TimePanel }))

/**
 * Which span of time the charts show, and whether it moves: for every page with charts, one sticky row. What does not fit a phone
 * stands in its panel.
 */
export function TimeBar({ timeline, isFlowing, nodeZone }: TimeBarProps) {
  const view = useSyncExternalStore(timeline.onChange, () => timeline.view)
  const [isOpen, setIsOpen] = useState(false)
  const stateButton = useRef<HTMLButtonElement>(null)
  const close = useCallback(() => setIsOpen(false), [])
  const isStopped = view.mode === 'locked' || view.mode === 'past'
  const toggle = () => togglePlay(timeline)
  useTimeActions(timeline)
  useEffect(() => {
    timeZone.setNodeZone(nodeZone)
    return () => timeZone.setNodeZone(undefined)
  }, [nodeZone])

  return (
    <div className="time-bar" role="toolbar" aria-label="Time" data-mode={view.mode}>
      <button type="button" className="play-button" onClick={toggle} title="Space">
        {isStopped ? icons.play : icons.pause}
        <span className="play-word">{isStopped ? 'Play' : 'Pause'}</span>
      </button>
      <div className="segmented time-presets" role="group" aria-label="Length of the window">
        {presets.map(({ windowS, label }) => (
          <button
            key={windowS}
            type="button"
            aria-pressed={view.windowS === windowS}
            data-window={windowS}
            onClick={() => timeline.setWindow(windowS)}
          >
            {label}
          </button>
        ))}
      </div>
      <div className="time-steps">
        <button type="button" className="icon-button" aria-label="Step back" title="Step back (,)" onClick={() => timeline.pan(-stepShare)}>
          {icons.back}
        </button>
        <button
          type="button"
          className="icon-button is-forward"
          aria-label="Step forward"
          title="Step forward (.)"
          disabled={view.mode === 'live'}
          onClick={() => timeline.pan(stepShare)}
        >
          {icons.back}
        </button>
        <button type="button" className="icon-button time-zoom" aria-label="Zoom out" title="Zoom out (-)" onClick={() => timeline.zoom(2)}>
          {zoomOut}
        </button>
        {isStopped ? (
          <button type="button" className="button is-small time-now" title="N" onClick={() => timeline.resume()}>
            Now
          </button>
        ) : null}
      </div>
      <button
        ref={stateButton}
        type="button"
        className="time-state"
        data-flow={view.mode === 'live' && !isFlowing ? 'waiting' : view.mode}
        data-state={isOpen ? 'open' : 'closed'}
        aria-haspopup="dialog"
        {...reachingForPopover}
        aria-expanded={isOpen}
        onClick={() => setIsOpen(!isOpen)}
      >
        <span className="flow-dot" aria-hidden="true" />
        <span className="time-word" role="status">
          {stateWord(view, isFlowing)}
        </span>
        {view.isForced ? <span className="time-forced">Keeps playing</span> : null}
        <SpanText timeline={timeline} />
        {icons.chevron}
        <span className="visually-hidden">Choose a time span and a time zone</span>
      </button>
      {isOpen && stateButton.current !== null ? (
        <PopoverOnDemand
          anchor={stateButton.current}
          className="popover time-popover"
          label="Time span and zone"
          align="end"
          container={null}
          onClose={close}
        >
          <Suspense fallback={<Skeleton lines={5} label="Loading" />}>
            <TimePanel timeline={timeline} onDone={close} />
          </Suspense>
        </PopoverOnDemand>
      ) : null}
    </div>
  )
}

const zoomOut = (
  <svg className="icon" viewBox="0 0 20 20" aria-hidden="true" focusable="false">
    <path d="M9 15A6 6 0 1 0 9 3a6 6 0 0 0 0 12zM13.5 13.5 17 17M6.5 9h5" />
  </svg>
)

/** The first and last time on screen, written by hand: it changes every second. */
function SpanText({ timeline }: { readonly timeline: Timeline }) {
  const text = useRef<HTMLSpanElement>(null)
  useEffect(() => {
    const write = () => {
      const [fromS, toS] = timeline.span()
      const nowS = pageClock.nowMs() / 1000
      const next = toS === 0 ? '' : timeZone.format.span(fromS, toS, nowS)
      if (text.current && text.current.textContent !== next) text.current.textContent = next
    }
    write()
    const ends = [pageClock.every(1000, write), timeline.onChange(write), timeZone.subscribe(write)]
    return () => ends.forEach((end) => end())
  }, [timeline])
  return <span ref={text} className="time-span number" />
}

function togglePlay(timeline: Timeline): void {
  if (timeline.view.mode === 'locked' || timeline.view.mode === 'past') timeline.resume()
  else timeline.lock()
}

/** The same for the command palette and single keys. */
function useTimeActions(timeline: Timeline): void {
  const list = useMemo<readonly PageAction[]>(
    () => [
      { id: 'time.play', title: 'Play or pause', group: 'Time', key: ' ', keywords: 'stop lock resume', run: () => togglePlay(timeline) },
      { id: 'time.now', title: 'Now', group: 'Time', key: 'n', keywords: 'live resume', run: () => timeline.resume() },
      { id: 'time.back', title: 'Step back', group: 'Time', key: ',', keywords: 'past earlier pan', run: () => timeline.pan(-stepShare) },
      { id: 'time.forward', title: 'Step forward', group: 'Time', key: '.', keywords: 'later pan', run: () => timeline.pan(stepShare) },
      { id: 'time.out', title: 'Zoom out', group: 'Time', key: '-', keywords: 'longer', run: () => timeline.zoom(2) },
      { id: 'time.in', title: 'Zoom in', group: 'Time', key: '+', keywords: 'shorter', run: () => timeline.zoom(0.5) },
      {
        id: 'time.force',
        title: 'Keep playing',
        group: 'Time',
        keywords: 'wall screen force always',
        run: () => timeline.setForced(!timeline.view.isForced),
      },
      ...presets.map(({ windowS, label }) => ({
        id: `time.last.${windowS}`,
        title: `Show ${label}`,
        group: 'Time' as const,
        keywords: 'window last span',
        run: () => timeline.setWindow(windowS),
      })),
    ],
    [timeline],
  )
  useActions(list)
}

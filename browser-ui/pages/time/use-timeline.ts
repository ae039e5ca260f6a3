import { useEffect, useState } from 'react'
import { followTimeAddress, readTimeAddress, writeTimeAddress } from '../../data/time/time-address.ts'
import { createTimeline, type TimeView, type Timeline } from '../../data/time/timeline.ts'
import { pageClock } from '../../link/page-clock.ts'

/** What a page shows that nobody has told anything else. */
const usualWindowS = 300
/** Browsers allow a page so many changes of its address; a drag must not use them up. */
const writeAfterMs = 300

/** The view of the page before: walking from page to page keeps the span that is looked at. */
let remembered: TimeView | undefined

function openTimeline(own: readonly [number, number] | undefined): Timeline {
  const timeline = createTimeline({ clock: pageClock, first: { windowS: usualWindowS } })
  const address = readTimeAddress(window.location.search)
  if (address !== undefined) followTimeAddress(timeline, address)
  else if (own !== undefined) timeline.show(...own)
  else if (remembered !== undefined) {
    const { endS, windowS, isForced } = remembered
    if (endS !== undefined) timeline.show(endS - windowS, endS)
    else {
      timeline.setWindow(windowS)
      if (isForced) timeline.setForced(true)
    }
  }
  return timeline
}

/**
 * The one timeline of a page: begins as its address says, else where the page before was, and keeps the address up to date
 * (without new entries in the history), so that a copied link shows the same span. A page about a moment begins with a span of its
 * `own`, and leaves the one of other pages alone.
 */
export function useTimeline(own?: readonly [number, number]): Timeline {
  const [timeline] = useState(() => openTimeline(own))
  const isOwn = own !== undefined
  useEffect(() => {
    let stopWrite: (() => void) | undefined
    const write = () => {
      const { pathname, search, hash } = window.location
      const next = writeTimeAddress(search, timeline.view, usualWindowS)
      if (next !== search) window.history.replaceState(window.history.state, '', `${pathname}${next}${hash}`)
    }
    const note = () => {
      if (timeline.view.mode !== 'held' && !isOwn) remembered = timeline.view
      stopWrite?.()
      stopWrite = pageClock.after(writeAfterMs, write)
    }
    note()
    const stop = timeline.onChange(note)
    return () => {
      stop()
      stopWrite?.()
    }
  }, [timeline, isOwn])
  return timeline
}

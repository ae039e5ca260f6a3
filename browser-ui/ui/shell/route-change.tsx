import { useEffect, useLayoutEffect, useRef, useState } from 'react'
import { useLocation } from 'wouter'
import { splitSpace } from '../../data/shell/places.ts'
import { createScrollMemory } from '../../data/shell/scroll-memory.ts'
import { pageTitle } from './window-title.ts'

const memory = createScrollMemory()
/** Content that loads late is waited for this long. */
const restoreMs = 2_000

/** A name of the present history entry that going back finds again. */
const entryKey = (path: string): string => {
  const { navigation } = window as { navigation?: { currentEntry?: { key: string } | null } }
  return navigation?.currentEntry?.key ?? path
}

if (typeof window !== 'undefined') {
  window.history.scrollRestoration = 'manual'
  window.addEventListener('popstate', () => memory.wentTo(window.location.pathname))
  window.addEventListener('scroll', () => memory.scrolled(window.scrollY), { passive: true })
}

/** Scrolls there as soon as the page is long enough, unless the person scrolls first. Answers how to stop trying. */
function restoreScroll(y: number): () => void {
  const stops: (() => void)[] = []
  const stop = () => {
    for (const each of stops.splice(0)) each()
    memory.settle()
  }
  const attempt = () => {
    window.scrollTo({ top: y, behavior: 'instant' })
    if (Math.abs(window.scrollY - y) < 2) stop()
  }
  const observer = new ResizeObserver(attempt)
  const timer = window.setTimeout(stop, restoreMs)
  stops.push(
    () => observer.disconnect(),
    () => window.clearTimeout(timer),
  )
  for (const name of ['wheel', 'touchstart', 'keydown', 'pointerdown'] as const) {
    window.addEventListener(name, stop, { passive: true })
    stops.push(() => window.removeEventListener(name, stop))
  }
  observer.observe(document.body)
  attempt()
  return stop
}

/**
 * What a full load of a page would do, done when the page changes its address by itself: the focus moves to the content, its
 * title is said aloud, and the scroll starts at the top, or where it was when one goes back.
 */
export function RouteChange() {
  const [path] = useLocation()
  const [said, setSaid] = useState('')
  const shown = useRef(path)
  const hasMoved = useRef(false)
  // The address a page was opened with may name no space: completing it is no change of page.
  const isSame = (before: string) => before === path || (!hasMoved.current && splitSpace(path).inside === before)

  useLayoutEffect(() => {
    const y = memory.enter(entryKey(path), window.location.pathname)
    if (isSame(shown.current)) {
      memory.settle()
      return undefined
    }
    return restoreScroll(y)
  }, [path])

  useEffect(() => {
    const isCompleted = isSame(shown.current)
    shown.current = path
    if (isCompleted) return undefined
    hasMoved.current = true
    document.querySelector<HTMLElement>('#content')?.focus({ preventScroll: true })
    const before = pageTitle.current()
    // The title comes with the page, which may load after its address is known.
    const say = () => setSaid(pageTitle.current())
    const stop = pageTitle.subscribe(say)
    const timer = window.setTimeout(() => pageTitle.current() === before && say(), 300)
    return () => {
      stop()
      window.clearTimeout(timer)
    }
  }, [path])

  return (
    <p className="visually-hidden" role="status" aria-live="polite" data-announcer>
      {said}
    </p>
  )
}

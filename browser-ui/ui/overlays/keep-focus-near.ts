import { useEffect, type RefObject } from 'react'

interface Place {
  readonly element: Element
  /** Which of the controls of its row it was. */
  readonly position: number
  readonly rows: readonly Element[]
  readonly heading: HTMLElement | null
}

const controls = (row: Element): HTMLElement[] => [
  ...row.querySelectorAll<HTMLElement>('button:not(:disabled), a[href], input:not(:disabled), select:not(:disabled)'),
]

/** Where somebody is: the row, then those after it, then those before it, nearest first; and the heading of the whole. */
function placeOf(element: Element, root: Element): Place {
  const row = element.closest('li, tr')
  const all = row === null ? [] : [...(row.parentElement?.children ?? [])]
  const at = row === null ? 0 : all.indexOf(row)
  return {
    element,
    position: row === null ? 0 : controls(row).findIndex((control) => control === element),
    rows: [...all.slice(at), ...all.slice(0, at).toReversed()],
    heading: root.querySelector('h1'),
  }
}

function moveNear({ rows, position, heading }: Place): void {
  for (const row of rows) {
    const near = row.isConnected ? controls(row) : []
    const next = near[Math.min(position, near.length - 1)]
    if (next === undefined) continue
    next.focus()
    return
  }
  // Another page brings the focus to its own content.
  if (heading?.isConnected !== true) return
  heading.tabIndex = -1
  heading.focus()
}

/**
 * Whoever removes a row with the keyboard stays where the row was: a focus that would fall back to the document goes to the next row,
 * to the one before where there is none, or to the heading.
 */
export function useKeepFocusNear(area: RefObject<HTMLElement | null>): void {
  useEffect(() => {
    const root = area.current
    if (root === null) return undefined
    let place: Place | undefined
    const remember = ({ target }: FocusEvent) => {
      // A dialog gives the focus back to what opened it, and that is where somebody is.
      if (target instanceof Element && target.closest('dialog') === null) place = placeOf(target, root)
    }
    const observer = new MutationObserver(() => {
      const hasFallen = document.activeElement === null || document.activeElement === document.body
      if (place === undefined || place.element.isConnected || !hasFallen) return
      const left = place
      place = undefined
      moveNear(left)
    })
    root.addEventListener('focusin', remember)
    observer.observe(root, { childList: true, subtree: true })
    return () => {
      root.removeEventListener('focusin', remember)
      observer.disconnect()
    }
  }, [area])
}

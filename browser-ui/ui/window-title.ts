import { windowTitle, type Trouble } from '../data/shell/trouble.ts'

const none: Trouble = { warning: 0, critical: 0, isLost: false }
let page = ''
let trouble: Trouble = none
const listeners = new Set<() => void>()

const write = () => {
  const title = windowTitle(page, trouble)
  if (document.title !== title) document.title = title
}

/** The window's title, of two parts: what page it is, and what trouble there is. */
export const pageTitle = {
  /** What the page calls itself, without trouble and product name. */
  current: () => page,
  setPage(next: string): void {
    page = next
    write()
    for (const listener of listeners) listener()
  },
  setTrouble(next: Trouble): void {
    trouble = next
    write()
  },
  subscribe: (listener: () => void): (() => void) => {
    listeners.add(listener)
    return () => void listeners.delete(listener)
  },
}

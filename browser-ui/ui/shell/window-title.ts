import { windowTitle, type Trouble } from '../../data/shell/trouble.ts'

const none: Trouble = { warning: 0, critical: 0, isLost: false }
let page = ''
let space = ''
let trouble: Trouble = none
const listeners = new Set<() => void>()

const write = () => {
  const title = windowTitle(page, trouble, space)
  if (document.title !== title) document.title = title
}

/** The window's title, of three parts: what page it is, in which space, and what trouble there is. */
export const pageTitle = {
  /** What the page calls itself, without trouble and product name. */
  current: () => page,
  setPage(next: string): void {
    page = next
    write()
    for (const listener of listeners) listener()
  },
  /** The name of the space, for those who have several; empty for nobody to read. */
  setSpace(next: string): void {
    space = next
    write()
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

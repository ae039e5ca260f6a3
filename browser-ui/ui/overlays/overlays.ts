/** What can lie over every page: the command palette, the list of keys, and the name of a new space. */
export type Overlay = 'palette' | 'keys' | 'new-space'

let current: Overlay | undefined
const listeners = new Set<() => void>()
const set = (next: Overlay | undefined) => {
  if (current === next) return
  current = next
  for (const listener of listeners) listener()
}

/** Which overlay is open, at most one; buttons and keys anywhere may open one. */
export const overlays = {
  current: () => current,
  open: (overlay: Overlay) => set(overlay),
  close: () => set(undefined),
  toggle: (overlay: Overlay) => set(current === overlay ? undefined : overlay),
  subscribe: (listener: () => void): (() => void) => {
    listeners.add(listener)
    return () => void listeners.delete(listener)
  },
}

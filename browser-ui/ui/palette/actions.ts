import { useEffect } from 'react'

/** Something a person can do here and now: an entry of the command palette, and a key if it has one. */
export interface PageAction {
  readonly id: string
  readonly title: string
  readonly group: 'Go to' | 'This page' | 'Time' | 'Appearance'
  /** More words it is found by. */
  readonly keywords?: string
  /** A single key, as `KeyboardEvent.key`; works where no field has the focus. */
  readonly key?: string
  run(): void
}

let registered: readonly (readonly PageAction[])[] = []
let flat: readonly PageAction[] = []
const listeners = new Set<() => void>()
const changed = (next: typeof registered) => {
  registered = next
  flat = next.flat()
  for (const listener of listeners) listener()
}

/** Every action of the components that are on screen. */
export const actions = {
  list: () => flat,
  subscribe: (listener: () => void): (() => void) => {
    listeners.add(listener)
    return () => void listeners.delete(listener)
  },
  add(list: readonly PageAction[]): () => void {
    changed([...registered, list])
    return () => changed(registered.filter((entry) => entry !== list))
  },
}

/** Offers actions while the component is on screen; give a list that stays the same between renders (`useMemo`). */
export function useActions(list: readonly PageAction[]): void {
  useEffect(() => actions.add(list), [list])
}

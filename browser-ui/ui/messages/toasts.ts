/** A short message in the corner; with an action it can be undone. */
export interface Toast {
  readonly id: number
  readonly tone: 'info' | 'good' | 'error'
  readonly text: string
  readonly action?: { readonly label: string; run(): void }
  /** Stays until somebody closes it. */
  readonly stays?: boolean
}

const listeners = new Set<() => void>()
let shown: readonly Toast[] = []
let lastId = 0
const set = (next: readonly Toast[]) => {
  shown = next
  for (const listener of listeners) listener()
}

/** Messages on screen now. Whoever shows them takes them away after a while; an action that was not used then never runs. */
export const toasts = {
  list: () => shown,
  subscribe: (listener: () => void): (() => void) => {
    listeners.add(listener)
    return () => void listeners.delete(listener)
  },
  show(toast: Omit<Toast, 'id'>): number {
    lastId += 1
    set([...shown, { ...toast, id: lastId }])
    return lastId
  },
  dismiss(id: number): void {
    set(shown.filter((toast) => toast.id !== id))
  },
}

const listeners = new Set<() => void>()
let waiting: ((isProven: boolean) => void)[] = []

const settle = (isProven: boolean) => {
  const [asked, none] = [waiting, []]
  waiting = none
  for (const listener of listeners) listener()
  for (const answer of asked) answer(isProven)
}

/** The question whether it is really you. Whoever needs the answer waits for it; the dialog around the page gives it. */
export const proof = {
  /** Somebody waits. */
  isAsked: () => waiting.length > 0,
  subscribe: (listener: () => void): (() => void) => {
    listeners.add(listener)
    return () => void listeners.delete(listener)
  },
  /** Asks the person; all who ask at a time share one answer. False when they would rather not. */
  ask(): Promise<boolean> {
    return new Promise((resolve) => {
      waiting = [...waiting, resolve]
      for (const listener of listeners) listener()
    })
  },
  given: () => settle(true),
  refused: () => settle(false),
}

import { useEffect, useState, type ComponentType } from 'react'
import { progress } from '../look/progress.ts'
import { toasts } from '../messages/toasts.ts'

/**
 * A component whose code is loaded when it is first wanted; undefined until then. `load` must be the same function at every render.
 * When it cannot be loaded, a message says so and `onFailed` is called.
 */
export function useOnDemand<Props>(
  load: () => Promise<ComponentType<Props>>,
  isWanted: boolean,
  onFailed: () => void,
): ComponentType<Props> | undefined {
  const [loaded, setLoaded] = useState<{ readonly component: ComponentType<Props> }>()
  useEffect(() => {
    if (!isWanted || loaded !== undefined) return undefined
    let isOver = false
    const done = progress.begin()
    load()
      .then(
        (component) => {
          if (!isOver) setLoaded({ component })
        },
        () => {
          if (isOver) return
          toasts.show({ tone: 'error', text: 'This part of the page could not be loaded. Try again when the cloud answers.' })
          onFailed()
        },
      )
      .finally(done)
    return () => {
      isOver = true
      done()
    }
  }, [load, isWanted, loaded, onFailed])
  return loaded?.component
}

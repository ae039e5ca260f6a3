type Listener = (isNear: boolean) => void

/** Elements that are told when they come near the screen, or leave; one observer for all of one distance. */
export function createNearObserver(marginPx: number): (element: Element, listener: Listener) => () => void {
  const listeners = new Map<Element, Listener>()
  let observer: IntersectionObserver | undefined
  return (element, listener) => {
    observer ??= new IntersectionObserver(
      (entries) => {
        for (const { target, isIntersecting } of entries) listeners.get(target)?.(isIntersecting)
      },
      { rootMargin: `${marginPx}px 0px` },
    )
    listeners.set(element, listener)
    observer.observe(element)
    return () => {
      listeners.delete(element)
      observer?.unobserve(element)
    }
  }
}

import { useEffect, useRef, useSyncExternalStore } from 'react'
import { useOnDemand } from '../overlays/on-demand.ts'
import { overlays } from '../overlays/overlays.ts'

// Loaded when it is first used.
const load = async () => (await import('./palette.tsx')).Palette

/** The command palette, where somebody opened it; what is typed while it is loaded is in its field. */
export function PaletteOnDemand() {
  const isOpen = useSyncExternalStore(overlays.subscribe, overlays.current) === 'palette'
  const Palette = useOnDemand(load, isOpen, overlays.close)
  const typed = useRef('')
  const isAwaited = isOpen && Palette === undefined
  useEffect(() => {
    if (!isOpen) typed.current = ''
    if (!isAwaited) return undefined
    const keep = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey) return
      if (event.key === 'Escape') overlays.close()
      else if (event.key === 'Backspace') typed.current = typed.current.slice(0, -1)
      else if (event.key.length === 1) typed.current += event.key
      else return
      // Neither the page's own keys nor the field that has the focus are meant.
      event.preventDefault()
      event.stopPropagation()
    }
    window.addEventListener('keydown', keep, true)
    return () => window.removeEventListener('keydown', keep, true)
  }, [isOpen, isAwaited])
  return isOpen && Palette !== undefined ? <Palette first={typed.current} onClose={overlays.close} /> : null
}

import { useSyncExternalStore } from 'react'
import { useOnDemand } from './on-demand.ts'
import { overlays } from './overlays.ts'

// Loaded when it is first used.
const load = async () => (await import('./palette.tsx')).Palette

/** The command palette, where somebody opened it. */
export function PaletteOnDemand() {
  const isOpen = useSyncExternalStore(overlays.subscribe, overlays.current) === 'palette'
  const Palette = useOnDemand(load, isOpen, overlays.close)
  return isOpen && Palette !== undefined ? <Palette onClose={overlays.close} /> : null
}

import { useSyncExternalStore } from 'react'
import { useGlobalKeys } from './keys.tsx'
import { overlays } from './overlays.ts'
import { useOnDemand } from './on-demand.ts'
import { ProgressLine } from './progress-line.tsx'
import { RouteChange } from './route-change.tsx'
import { ToastArea } from './toast-area.tsx'

// Loaded when it is first used.
const loadPalette = async () => (await import('./palette.tsx')).Palette
const loadKeysDialog = async () => (await import('./keys-dialog.tsx')).KeysDialog

/** What lies around every page: keys, palette, messages, progress, and what a change of address needs. */
export function Around({ isSignedIn }: { readonly isSignedIn: boolean }) {
  useGlobalKeys()
  const overlay = useSyncExternalStore(overlays.subscribe, overlays.current)
  const isPalette = overlay === 'palette' && isSignedIn
  const isKeys = overlay === 'keys'
  const Palette = useOnDemand(loadPalette, isPalette, overlays.close)
  const KeysDialog = useOnDemand(loadKeysDialog, isKeys, overlays.close)
  return (
    <>
      <ProgressLine />
      <RouteChange />
      {isPalette && Palette !== undefined ? <Palette onClose={overlays.close} /> : null}
      {isKeys && KeysDialog !== undefined ? <KeysDialog onClose={overlays.close} /> : null}
      <ToastArea />
    </>
  )
}

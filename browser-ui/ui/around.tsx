import { useSyncExternalStore } from 'react'
import { useGlobalKeys } from './keys.tsx'
import { overlays } from './overlays.ts'
import { useOnDemand } from './on-demand.ts'
import { ProgressLine } from './progress-line.tsx'
import { RouteChange } from './route-change.tsx'
import { ToastArea } from './toast-area.tsx'

// Loaded when it is first used.
const loadKeysDialog = async () => (await import('./keys-dialog.tsx')).KeysDialog

/** What lies around every page: keys, messages, progress, and what a change of address needs. */
export function Around() {
  useGlobalKeys()
  const overlay = useSyncExternalStore(overlays.subscribe, overlays.current)
  const isKeys = overlay === 'keys'
  const KeysDialog = useOnDemand(loadKeysDialog, isKeys, overlays.close)
  return (
    <>
      <ProgressLine />
      <RouteChange />
      {isKeys && KeysDialog !== undefined ? <KeysDialog onClose={overlays.close} /> : null}
      <ToastArea />
    </>
  )
}

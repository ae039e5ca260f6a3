import { lazy, Suspense, useSyncExternalStore } from 'react'
import { useGlobalKeys } from './keys.tsx'
import { overlays } from './overlays.ts'
import { ProgressLine, Waiting } from './progress-line.tsx'
import { RouteChange } from './route-change.tsx'
import { ToastArea } from './toast-area.tsx'

// Loaded when it is first used.
const Palette = lazy(async () => ({ default: (await import('./palette.tsx')).Palette }))
const KeysDialog = lazy(async () => ({ default: (await import('./keys-dialog.tsx')).KeysDialog }))

/** What lies around every page: keys, palette, messages, progress, and what a change of address needs. */
export function Around({ isSignedIn }: { readonly isSignedIn: boolean }) {
  useGlobalKeys()
  const overlay = useSyncExternalStore(overlays.subscribe, overlays.current)
  return (
    <>
      <ProgressLine />
      <RouteChange />
      <Suspense fallback={<Waiting />}>
        {overlay === 'palette' && isSignedIn ? <Palette onClose={overlays.close} /> : null}
        {overlay === 'keys' ? <KeysDialog onClose={overlays.close} /> : null}
      </Suspense>
      <ToastArea />
    </>
  )
}

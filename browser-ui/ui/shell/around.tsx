import { useSyncExternalStore } from 'react'
import { useAccountLook } from '../account/account-look.ts'
import { useGlobalKeys } from '../palette/keys.tsx'
import { overlays } from '../overlays/overlays.ts'
import { useOnDemand } from '../overlays/on-demand.ts'
import { proof } from '../account/proof.ts'
import { ProgressLine } from '../look/progress-line.tsx'
import { RouteChange } from './route-change.tsx'
import { ToastArea } from '../messages/toast-area.tsx'

// Loaded when it is first used.
const loadKeysDialog = async () => (await import('../palette/keys-dialog.tsx')).KeysDialog
const loadNewSpace = async () => (await import('../spaces/new-space-dialog.tsx')).NewSpaceDialog
const loadProofDialog = async () => (await import('../account/proof-dialog.tsx')).ProofDialog

/** What lies around every page: keys, messages, progress, and what a change of address needs. */
export function Around() {
  useGlobalKeys()
  useAccountLook()
  const overlay = useSyncExternalStore(overlays.subscribe, overlays.current)
  const isProofAsked = useSyncExternalStore(proof.subscribe, proof.isAsked)
  const isKeys = overlay === 'keys'
  const isNewSpace = overlay === 'new-space'
  const NewSpaceDialog = useOnDemand(loadNewSpace, isNewSpace, overlays.close)
  const KeysDialog = useOnDemand(loadKeysDialog, isKeys, overlays.close)
  const ProofDialog = useOnDemand(loadProofDialog, isProofAsked, proof.refused)
  return (
    <>
      <ProgressLine />
      <RouteChange />
      {isKeys && KeysDialog !== undefined ? <KeysDialog onClose={overlays.close} /> : null}
      {isNewSpace && NewSpaceDialog !== undefined ? <NewSpaceDialog onClose={overlays.close} /> : null}
      {isProofAsked && ProofDialog !== undefined ? <ProofDialog /> : null}
      <ToastArea />
    </>
  )
}

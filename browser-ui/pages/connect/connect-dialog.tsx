import { Dialog } from '../../ui/overlays/dialog.tsx'
import { ConnectPanel } from './connect-panel.tsx'

/** "Connect a node" over the list. */
export function ConnectDialog({ onClose }: { readonly onClose: () => void }) {
  return (
    <Dialog title="Connect a node" onClose={onClose}>
      <ConnectPanel />
    </Dialog>
  )
}

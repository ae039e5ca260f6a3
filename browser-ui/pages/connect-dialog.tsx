import { useEffect, useRef } from 'react'
import { icons } from '../ui/icons.tsx'
import { ConnectPanel } from './connect-panel.tsx'

/** "Connect a node" over the list. A native dialog: the browser keeps the focus inside and gives it back. */
export function ConnectDialog({ onClose }: { readonly onClose: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null)
  useEffect(() => {
    const element = dialog.current
    element?.showModal()
    return () => element?.close()
  }, [])
  return (
    <dialog
      ref={dialog}
      className="dialog"
      aria-labelledby="connect-title"
      onCancel={onClose}
      onClick={(event) => event.target === dialog.current && onClose()}
    >
      <div className="dialog-body">
        <div className="dialog-head">
          <h2 id="connect-title">Connect a node</h2>
          <button type="button" className="icon-button" aria-label="Close" onClick={onClose}>
            {icons.close}
          </button>
        </div>
        <ConnectPanel />
      </div>
    </dialog>
  )
}

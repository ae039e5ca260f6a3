import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useLocation } from 'wouter'
import type { NodeDetails } from '../../link/api.ts'
import { Dialog } from '../../ui/overlays/dialog.tsx'
import { icons } from '../../ui/look/icons.tsx'
import { useServices } from '../../ui/services.ts'
import { useSpace } from '../../ui/spaces/space.ts'
import { mayRemoveNodes } from '../nodes/node-list.ts'

/** The way out of the space, for those who may show it. */
export function RemoveNode({ node }: { readonly node: NodeDetails }) {
  const { role } = useSpace()
  const [isOpen, setIsOpen] = useState(false)
  if (!mayRemoveNodes(role)) return null
  return (
    <>
      <button type="button" className="button is-quiet is-small" onClick={() => setIsOpen(true)}>
        {icons.close} Remove
      </button>
      {isOpen ? <RemoveDialog node={node} onClose={() => setIsOpen(false)} /> : null}
    </>
  )
}

/** Asks for the hostname, since nothing brings a removed node back. */
export function RemoveDialog({ node, onClose }: { readonly node: Pick<NodeDetails, 'nodeId' | 'hostname'>; readonly onClose: () => void }) {
  const { api } = useServices()
  const client = useQueryClient()
  const [, navigate] = useLocation()
  const [typed, setTyped] = useState('')
  const removal = useMutation({
    mutationFn: () => api.removeNode(node.nodeId),
    onSuccess: async () => {
      client.removeQueries({ queryKey: ['node', node.nodeId] })
      navigate('/nodes')
      await client.invalidateQueries({ queryKey: ['nodes'] })
    },
  })
  const isConfirmed = typed.trim() === node.hostname
  return (
    <Dialog title={`Remove ${node.hostname}`} onClose={onClose}>
      <form
        className="form remove-node"
        onSubmit={(event) => {
          event.preventDefault()
          if (isConfirmed && !removal.isPending) removal.mutate()
        }}
      >
        <p>
          Its contexts, its alerts and its claim are erased here, and its agent is told not to come back.{' '}
          <strong>This cannot be undone:</strong> claimed again, the host is a new node. Nothing changes on the host itself.
        </p>
        <p>A parent that still streams this host can bring it back as a new node after a day.</p>
        <label htmlFor="remove-hostname">
          Type <strong>{node.hostname}</strong> to confirm
        </label>
        <input
          id="remove-hostname"
          type="text"
          autoComplete="off"
          spellCheck={false}
          value={typed}
          onChange={(event) => setTyped(event.target.value)}
        />
        {removal.isError ? (
          <p className="form-error" role="alert">
            {icons.warning} <span>{removal.error.message}</span>
          </p>
        ) : null}
        <div className="remove-actions">
          <button type="button" className="button is-quiet" onClick={onClose}>
            Keep it
          </button>
          <button type="submit" className="button is-danger" disabled={!isConfirmed || removal.isPending}>
            {removal.isPending ? 'Removing…' : 'Remove this node'}
          </button>
        </div>
      </form>
    </Dialog>
  )
}

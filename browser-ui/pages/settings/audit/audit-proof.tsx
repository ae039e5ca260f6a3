import { useMutation } from '@tanstack/react-query'
import type { AuditProof } from '../../../data/audit/audit-answers.ts'
import { Dialog } from '../../../ui/overlays/dialog.tsx'
import { icons } from '../../../ui/look/icons.tsx'
import { useServices } from '../../../ui/services.ts'
import { Problem } from '../../../ui/look/problem.tsx'

/** Lets the cloud prove that no entry was changed or taken away, and says what it found. */
export function AuditProofButton() {
  const { request } = useServices()
  const proof = useMutation({ mutationFn: async () => (await request.get('/audit/verify')) as AuditProof })
  return (
    <>
      <button type="button" className="button is-small" disabled={proof.isPending} onClick={() => proof.mutate()}>
        {icons.check} {proof.isPending ? 'Checking…' : 'Verify'}
      </button>
      {proof.data === undefined && !proof.isError ? null : (
        <Dialog title="Proof of the audit" onClose={() => proof.reset()}>
          <Problem error={proof.error} />
          {proof.data === undefined ? null : <ProofWords proof={proof.data} />}
        </Dialog>
      )}
    </>
  )
}

function ProofWords({ proof }: { readonly proof: AuditProof }) {
  if (proof.isWhole) {
    return (
      <p role="status">
        <strong>The audit is whole.</strong> All {proof.length.toLocaleString('en-GB')} entries are as they were written, and none is
        missing.
      </p>
    )
  }
  return (
    <p role="status">
      <strong>The audit was changed.</strong> Entry {proof.brokenAt ?? 'unknown'} is the first that is not as it was written.{' '}
      {proof.reason ?? ''} Tell the operator of this cloud.
    </p>
  )
}

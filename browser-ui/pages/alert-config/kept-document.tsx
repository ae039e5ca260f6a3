import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useLocation } from 'wouter'
import { byWords, type DefinitionDetails, type DocumentDetails, type DocumentRow } from '../../data/alert-config/config-answers.ts'
import { useTimeFormat } from '../../ui/hooks.ts'
import { Failure, Skeleton } from '../../ui/look/parts.tsx'
import { useServices } from '../../ui/services.ts'
import { toasts } from '../../ui/messages/toasts.ts'
import { ConfirmDialog } from '../../ui/overlays/confirm-dialog.tsx'
import { alertConfigApi, documentQuery } from './alert-config-api.ts'
import { ApplyPanel } from './apply-panel.tsx'
import { NodeStates } from './node-states.tsx'
import { RuleText } from './rule-text.tsx'
import { RunResults } from './run-results.tsx'
import { useRuns } from './use-run.ts'
import { HealthText } from './variant-card.tsx'
import { VersionDiff } from './version-diff.tsx'
import { writeDocument } from '../../data/alert-config/text-documents.ts'

interface KeptDocumentProps {
  readonly row: DocumentRow
  readonly running: DefinitionDetails | undefined
  readonly mayChange: boolean
}

/** What is kept of a definition here: its rules, where it is applied and how it stands there, and its versions. */
export function KeptDocument({ row, running, mayChange }: KeptDocumentProps) {
  const { request } = useServices()
  const kept = useQuery(documentQuery(request, row.documentId))
  if (kept.data === undefined) {
    return kept.isError ? (
      <Failure title="What is kept cannot be read" error={kept.error} onRetry={() => void kept.refetch()} />
    ) : (
      <Skeleton lines={6} label="Loading what is kept" />
    )
  }
  return <Kept kept={kept.data} running={running} mayChange={mayChange} />
}

function Kept({ kept, running, mayChange }: { readonly kept: DocumentDetails } & Omit<KeptDocumentProps, 'row'>) {
  const runs = useRuns(kept.documentId)
  const format = useTimeFormat()
  const [hasText, setHasText] = useState(false)
  const { document } = kept
  const text = writeDocument('health', document)
  return (
    <>
      <section className="definition-part" aria-labelledby="kept">
        <h2 id="kept">
          Kept here <small>version {kept.version}</small>
        </h2>
        <div className="card variant-body">
          <p className="settings-note">
            Saved by {byWords(kept.changedBy)}, {format.moment(kept.changedAtMs / 1000, Date.now() / 1000)}
          </p>
          {document.rules.map((rule, index) => (
            <RuleText key={index} rule={rule} number={document.rules.length > 1 ? index + 1 : undefined} />
          ))}
          <div className="variant-deeds">
            <button type="button" className="button is-small" aria-expanded={hasText} onClick={() => setHasText(!hasText)}>
              {hasText ? 'Hide the health.d text' : 'Show the health.d text'}
            </button>
            {mayChange ? <DeleteButton kept={kept} /> : null}
          </div>
          {hasText ? <HealthText name={document.name} text={text} /> : null}
        </div>
      </section>
      <section className="definition-part" aria-labelledby="states">
        <h2 id="states">On the nodes</h2>
        <RunResults runs={runs} />
        <NodeStates kept={kept} runs={runs} mayChange={mayChange} />
        {mayChange ? <ApplyPanel kept={kept} running={running} runs={runs} /> : null}
      </section>
      <section className="definition-part" aria-labelledby="versions">
        <h2 id="versions">Versions</h2>
        <VersionDiff kept={kept} />
      </section>
    </>
  )
}

function DeleteButton({ kept: { documentId, document, nodes } }: { readonly kept: DocumentDetails }) {
  const { request } = useServices()
  const client = useQueryClient()
  const [, navigate] = useLocation()
  const [isAsking, setIsAsking] = useState(false)
  const removal = useMutation({
    mutationFn: () => alertConfigApi.remove(request, documentId),
    onSuccess: async () => {
      toasts.show({ tone: 'good', text: `“${document.name}” is not kept here any more.` })
      await client.invalidateQueries({ queryKey: ['alert-documents'] })
      navigate('/alerts/definitions')
    },
  })
  const isSomewhere = nodes.some(({ state }) => state !== 'restored' && state !== 'gone')
  return (
    <>
      <button
        type="button"
        className="button is-small"
        disabled={isSomewhere}
        title={isSomewhere ? 'Restore the original on its nodes first.' : undefined}
        onClick={() => setIsAsking(true)}
      >
        Delete what is kept
      </button>
      {isAsking ? (
        <ConfirmDialog
          title={`Delete ${document.name}`}
          button="Delete what is kept"
          deed={{ isPending: removal.isPending, error: removal.error, mutate: () => removal.mutate() }}
          onClose={() => {
            removal.reset()
            setIsAsking(false)
          }}
        >
          <p>All its versions go from here, and with them the originals that could be restored. What agents run stays as it is.</p>
        </ConfirmDialog>
      ) : null}
    </>
  )
}

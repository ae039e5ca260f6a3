import { useState } from 'react'
import { Link } from 'wouter'
import { configStateWords, type DocumentDetails, type DocumentNode } from '../../data/alert-config/config-answers.ts'
import { agoWords } from '../../data/time/ago-words.ts'
import { useNow } from '../../ui/hooks.ts'
import { icons } from '../../ui/look/icons.tsx'
import { ConfirmDialog } from '../../ui/overlays/confirm-dialog.tsx'
import type { Runs } from './use-run.ts'

const shownMax = 50

interface NodeStatesProps {
  readonly kept: DocumentDetails
  readonly runs: Runs
  readonly mayChange: boolean
}

/** How the kept document stands on each node it was applied to. */
export function NodeStates({ kept, runs, mayChange }: NodeStatesProps) {
  const nowMs = useNow(10_000)
  const [isAll, setIsAll] = useState(false)
  const [restoring, setRestoring] = useState<readonly DocumentNode[]>()
  if (kept.nodes.length === 0) {
    return <p className="settings-none">It was not applied to any node yet. {mayChange ? 'Choose nodes below.' : ''}</p>
  }
  const order = ['drifted', 'failed', 'waiting', 'applied', 'restored', 'gone'] as const
  const sorted = kept.nodes.toSorted((a, b) => order.indexOf(a.state) - order.indexOf(b.state) || a.hostname.localeCompare(b.hostname))
  const shown = isAll ? sorted : sorted.slice(0, shownMax)
  const checkable = sorted.filter(({ state }) => state !== 'gone')
  const restorable = sorted.filter(({ state, hasOriginal }) => state !== 'gone' && state !== 'restored' && hasOriginal)
  const drifted = sorted.filter(({ state }) => state === 'drifted')
  const ids = (nodes: readonly DocumentNode[]) => nodes.map(({ nodeId }) => nodeId)
  return (
    <>
      {drifted.length > 0 ? (
        <p className="banner is-warning" role="status">
          {icons.warning}
          <span>
            <strong>{drifted.length === 1 ? `${drifted[0]?.hostname ?? 'A node'} drifted.` : `${drifted.length} nodes drifted.`}</strong>{' '}
            Somebody changed the definition there, so it is not what is kept here. Apply it again, or restore the original.
          </span>
        </p>
      ) : null}
      <ul className="card run-list node-states" aria-label="How it stands on its nodes">
        {shown.map((node) => {
          const { title, mark } = configStateWords[node.state]
          const isOlder = node.wanted !== null && node.wanted < kept.version
          return (
            <li key={node.nodeId} data-node={node.hostname} data-state={node.state}>
              <span className="run-mark" aria-hidden="true">
                {mark}
              </span>
              {node.hostname === '' ? (
                <span className="run-node">A node that was removed</span>
              ) : (
                <Link href={`/nodes/${node.nodeId}`} className="run-node">
                  {node.hostname}
                </Link>
              )}
              <span className="run-words">
                {title}
                {node.wanted === null ? '' : ` · version ${node.wanted}`}
                {isOlder ? ` (now ${kept.version})` : ''} · {agoWords(nowMs - node.atMs)}
                {node.problem === null ? null : <span className="run-problem"> {node.problem}</span>}
              </span>
              {mayChange && node.state !== 'gone' ? (
                <span className="run-deeds">
                  {node.state === 'restored' || !node.hasOriginal ? null : (
                    <button type="button" className="button is-small" disabled={runs.isBusy} onClick={() => setRestoring([node])}>
                      Restore<span className="visually-hidden"> the original on {node.hostname}</span>
                    </button>
                  )}
                  <button
                    type="button"
                    className="button is-small"
                    disabled={runs.isBusy}
                    onClick={() => runs.start('apply', [node.nodeId])}
                  >
                    Apply<span className="visually-hidden"> on {node.hostname}</span>
                  </button>
                </span>
              ) : null}
            </li>
          )
        })}
      </ul>
      {shown.length < sorted.length ? (
        <button type="button" className="button" onClick={() => setIsAll(true)}>
          Show all {sorted.length}
        </button>
      ) : null}
      {mayChange ? (
        <div className="variant-deeds">
          <button
            type="button"
            className="button is-small"
            disabled={runs.isBusy || checkable.length === 0}
            onClick={() => runs.start('check', ids(checkable))}
          >
            Check all nodes
          </button>
          <button
            type="button"
            className="button is-small"
            disabled={runs.isBusy || restorable.length === 0}
            onClick={() => setRestoring(restorable)}
          >
            Restore the original everywhere
          </button>
        </div>
      ) : null}
      {restoring === undefined ? null : (
        <ConfirmDialog
          title="Restore the original"
          button="Restore the original"
          deed={{
            isPending: false,
            error: null,
            mutate() {
              runs.start('restore', ids(restoring))
              setRestoring(undefined)
            },
          }}
          onClose={() => setRestoring(undefined)}
        >
          <p>
            {restoring.length === 1 ? (
              <>
                On <strong>{restoring[0]?.hostname}</strong>
              </>
            ) : (
              `On ${restoring.length} nodes`
            )}{' '}
            the agent gets back what it ran before the first change from here; a definition that was made here is removed there. The
            versions stay kept.
          </p>
        </ConfirmDialog>
      )}
    </>
  )
}

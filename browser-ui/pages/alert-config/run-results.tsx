import type { RunAction, RunResult } from '../../data/alert-config/config-answers.ts'
import { icons } from '../../ui/look/icons.tsx'
import { Problem } from '../../ui/look/problem.tsx'
import type { Runs } from './use-run.ts'

const doing: Readonly<Record<RunAction, string>> = { apply: 'Applying', restore: 'Restoring', check: 'Checking' }
const done: Readonly<Record<RunAction, string>> = { apply: 'Applied', restore: 'Restored', check: 'Checked' }
const stateWords = { waiting: ['…', 'waiting'], running: ['↻', 'asking the agent'], done: ['✓', 'done'], failed: ['✕', 'failed'] } as const

/** How a run goes: a bar, a line a node, and a way to try again where it failed. */
export function RunResults({ runs }: { readonly runs: Runs }) {
  const { run, action, isBusy, error } = runs
  if (action === undefined && error === null) return null
  const results = run?.results ?? []
  const settled = results.filter(({ state }) => state === 'done' || state === 'failed').length
  const failed = results.filter(({ state }) => state === 'failed')
  return (
    <div className="card run" data-run={action} data-done={run?.isDone === true || undefined}>
      <div className="run-head">
        <p role="status">
          {action === undefined
            ? 'It could not be started.'
            : isBusy
              ? `${doing[action]}: ${settled} of ${results.length} nodes`
              : `${done[action]} on ${results.length - failed.length} of ${results.length} nodes${failed.length > 0 ? `, failed on ${failed.length}` : ''}`}
        </p>
        {failed.length > 0 && !isBusy && action !== undefined ? (
          <button
            type="button"
            className="button is-small"
            onClick={() =>
              runs.start(
                action,
                failed.map(({ nodeId }) => nodeId),
              )
            }
          >
            Try the {failed.length === 1 ? 'failed one' : `${failed.length} failed ones`} again
          </button>
        ) : null}
        {isBusy ? null : (
          <button type="button" className="icon-button" aria-label="Close these results" onClick={runs.dismiss}>
            {icons.close}
          </button>
        )}
      </div>
      {isBusy ? <progress className="run-bar" max={Math.max(1, results.length)} value={settled} aria-label="Progress" /> : null}
      <Problem error={error} />
      <ul className="run-list">
        {results.map((result) => (
          <ResultLine key={result.nodeId} result={result} />
        ))}
      </ul>
    </div>
  )
}

function ResultLine({ result: { hostname, state, status, problem } }: { readonly result: RunResult }) {
  const [mark, words] = stateWords[state]
  return (
    <li data-node={hostname} data-state={state}>
      <span className="run-mark" aria-hidden="true">
        {mark}
      </span>
      <span className="run-node">{hostname}</span>
      <span className="run-words">{problem ?? statusWords(status) ?? words}</span>
    </li>
  )
}

/** What an agent's answer means (agent-api §11.3). */
function statusWords(status: number | null): string | undefined {
  if (status === 298) return 'taken, and switched off there'
  if (status === 299) return 'taken; the agent has to be restarted for it'
  return status === null || status >= 300 ? undefined : 'done'
}

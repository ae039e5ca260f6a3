import type { FunctionEntry } from '../../data/functions/function-list.ts'
import type { FunctionProblem } from '../../data/functions/function-problem.ts'
import { whoMayCall } from '../../data/functions/function-rights.ts'
import { icons } from '../../ui/look/icons.tsx'
import { Notice } from '../../ui/look/parts.tsx'
import { functionIcons } from './function-icons.tsx'

const isRefusal = ({ code }: FunctionProblem) => code === 'FORBIDDEN' || code === 403

/** Words of the agent, as a quote and as text. */
function AgentWords({ problem }: { readonly problem: FunctionProblem }) {
  if (problem.agentWords === '') return null
  return (
    <p className="fn-quote">
      The agent says: <q>{problem.agentWords}</q>
    </p>
  )
}

/** Why there is nothing to show, in place of it. */
export function ProblemNotice({
  problem,
  entry,
  onRetry,
}: {
  readonly problem: FunctionProblem
  readonly entry: FunctionEntry
  readonly onRetry: () => void
}) {
  return (
    <Notice
      icon={isRefusal(problem) ? functionIcons.lock : icons.warning}
      title={problem.title}
      action={
        <button type="button" className="button" onClick={onRetry}>
          Try again
        </button>
      }
    >
      <p>{problem.text}</p>
      {isRefusal(problem) ? <p>{whoMayCall(entry)}</p> : null}
      <AgentWords problem={problem} />
    </Notice>
  )
}

/** Why what is on screen does not renew. */
export function ProblemBanner({ problem, onRetry }: { readonly problem: FunctionProblem; readonly onRetry: () => void }) {
  return (
    <div className={`banner ${problem.mayRetry ? 'is-warning' : 'is-error'}`} role="status">
      {icons.warning}
      <div className="fn-banner-text">
        <strong>{problem.title}</strong> {problem.text} What is on screen is from before.
        <AgentWords problem={problem} />
      </div>
      <button type="button" className="button is-small" onClick={onRetry}>
        Try again
      </button>
    </div>
  )
}

import { ThroughlineError, type ErrorCode } from '../../../src/errors/throughline-error.ts'
import { agentStatusMeaning } from '../../../src/live/agent-status.ts'
import { isObject } from '../json.ts'
import { textOr } from './reading.ts'

/** Why there is no answer, in words for a person. */
export interface FunctionProblem {
  /** The cloud's code, or the agent's status. */
  readonly code: ErrorCode | number
  readonly title: string
  readonly text: string
  /** What the agent said itself, plain text; or ''. */
  readonly agentWords: string
  /** Whether asking again later may help without a change. */
  readonly mayRetry: boolean
}

const byCode: Readonly<Partial<Record<ErrorCode, readonly [title: string, text: string, mayRetry: boolean]>>> = {
  FORBIDDEN: ['Your role does not allow this.', 'The cloud did not ask the agent.', false],
  NOT_FOUND: ['This node is not in your space any more.', 'It may have been removed.', false],
  AGENT_UNREACHABLE: ['The node cannot be reached.', 'It is asked again as soon as it is back.', true],
  AGENT_TIMEOUT: ['The agent did not answer in time.', 'It is asked again in a while.', true],
  AGENT_PROTOCOL: ['The agent gave an answer this page cannot read.', 'A newer page or agent may agree better.', false],
  AGENT_TOO_OLD: ['The agent is too old for this.', 'Update the agent of this node.', false],
  AGENT_ANSWER_TOO_LARGE: ['The answer is too large.', 'Ask for less: choose fewer things or a shorter time.', false],
  URL_TOO_LONG: ['This question is too long.', 'Choose fewer values.', false],
  LIVE_MESSAGE_INVALID: ['The cloud did not accept this question.', 'A word of it cannot be sent to an agent.', false],
  RATE_LIMITED: ['The cloud asks this page to slow down.', 'It goes on in a moment.', true],
  CANCELLED: ['Stopped.', 'The agent was told to stop working on it.', false],
}

/** What went wrong when an ask was rejected: by the cloud, on the way, or by this page. */
export function problemOfError(error: unknown): FunctionProblem {
  const code: ErrorCode = error instanceof ThroughlineError ? error.code : 'INTERNAL'
  const known = byCode[code]
  if (known === undefined) {
    const text = error instanceof ThroughlineError ? error.message : 'Something went wrong on the way.'
    return { code, title: 'There is no answer.', text, agentWords: '', mayRetry: true }
  }
  const [title, text, mayRetry] = known
  return { code, title, text, agentWords: '', mayRetry }
}

/** What a refusal of the agent means; undefined when its status is a success. The body is only quoted, never trusted. */
export function problemOfStatus(status: number, body: unknown): FunctionProblem | undefined {
  const meaning = agentStatusMeaning(status)
  if (meaning === undefined) return undefined
  const agentWords = isObject(body) ? textOr(body['errorMessage'] ?? body['error'] ?? body['message'], '', 300) : ''
  return { code: status, title: meaning.title, text: meaning.text, agentWords, mayRetry: meaning.retry }
}

import type { AgentQuestion } from '../../src/aclk/query/request.ts'
import type { NodeId } from '../../src/domain/ids.ts'
import { ThroughlineError } from '../../src/errors/throughline-error.ts'
import { liveLimits } from '../../src/live/limits.ts'
import type { Clock } from '../../src/support/clock.ts'
import type { AgentAnswer, Bus } from '../bus/port.ts'

/**
 * Asks over the bus and never waits for ever: settles at once when `abort` is aborted (CANCELLED), and at the deadline
 * (AGENT_TIMEOUT) by aborting it. Refuses an answer above the limit with AGENT_ANSWER_TOO_LARGE.
 */
export async function askAgent(
  { bus, clock }: { readonly bus: Bus; readonly clock: Clock },
  nodeId: NodeId,
  question: AgentQuestion,
  abort: AbortController,
  deadlineMs: number,
): Promise<AgentAnswer> {
  if (deadlineMs <= 0) throw new ThroughlineError('AGENT_TIMEOUT', 'The agent did not answer in time.')
  const answer = await new Promise<AgentAnswer>((resolve, reject) => {
    const stopDeadline = clock.after(deadlineMs, () => {
      reject(new ThroughlineError('AGENT_TIMEOUT', 'The agent did not answer in time.'))
      abort.abort()
    })
    const onAbort = () => reject(new ThroughlineError('CANCELLED', 'Nobody waits for this answer any more.'))
    const finish = () => {
      stopDeadline()
      abort.signal.removeEventListener('abort', onAbort)
    }
    abort.signal.addEventListener('abort', onAbort)
    void bus.ask(nodeId, question, abort.signal).then(resolve, reject).finally(finish)
  })
  if (answer.body.byteLength > liveLimits.answerBytes) {
    throw new ThroughlineError('AGENT_ANSWER_TOO_LARGE', 'The answer is larger than 16 MiB; ask for less.')
  }
  return answer
}

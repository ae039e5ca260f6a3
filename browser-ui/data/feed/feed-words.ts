import type { NodeState } from '../../../src/domain/model.ts'
import { agentStatusMeaning } from '../../../src/live/agent-status.ts'
import type { FeedStatus } from './node-feed.ts'

/** What the node page says above its charts when values do not flow. */
export interface Banner {
  readonly tone: 'info' | 'warning' | 'error'
  readonly title: string
  readonly text: string
}

const lastPoints = 'What was drawn stays on screen; the charts go on by themselves.'

const byTrouble: Readonly<Record<string, Omit<Banner, 'tone'>>> = {
  AGENT_UNREACHABLE: { title: 'The node cannot be reached.', text: lastPoints },
  AGENT_TIMEOUT: { title: 'The agent answers slowly.', text: 'It is asked less often until it keeps up.' },
  AGENT_PROTOCOL: { title: 'The agent gave an answer this page cannot read.', text: 'It is asked again every second.' },
  AGENT_TOO_OLD: { title: 'The agent is too old for this.', text: 'Update the agent of this node.' },
  AGENT_ANSWER_TOO_LARGE: { title: 'The agent’s answer is too large.', text: 'Show fewer charts at a time.' },
  NOT_FOUND: { title: 'This node is not in your space any more.', text: 'It may have been removed.' },
  FORBIDDEN: { title: 'You may not see live values of this node.', text: 'Ask an admin of the space.' },
  RATE_LIMITED: { title: 'The cloud asks this page to slow down.', text: 'It goes on in a moment.' },
  SLOW_CONSUMER: { title: 'This browser reads slower than the node speaks.', text: 'Some seconds were left out.' },
}

const byState: Readonly<Partial<Record<NodeState, Banner>>> = {
  offline: { tone: 'warning', title: 'This node is offline.', text: lastPoints },
  stale: { tone: 'warning', title: 'This node sends nothing new.', text: 'Its past can be looked at; live values return by themselves.' },
  unseen: {
    tone: 'info',
    title: 'This node has not connected yet.',
    text: 'It was claimed; its charts appear as soon as its agent links up.',
  },
}

/** The one most important reason why values do not flow, or undefined while they do. `isLost`: the socket was open before. */
export function bannerFor(status: Pick<FeedStatus, 'link' | 'nodeState' | 'trouble'>, isLost: boolean): Banner | undefined {
  if (status.link === 'waiting' || (isLost && status.link === 'connecting')) {
    return { tone: 'warning', title: 'The connection to the cloud is lost.', text: `Connecting again… ${lastPoints}` }
  }
  const state = status.nodeState === undefined ? undefined : byState[status.nodeState]
  if (state !== undefined) return state
  if (status.trouble === undefined) return undefined
  const words = byTrouble[status.trouble] ?? statusWords(status.trouble) ?? { title: 'Live values have stopped.', text: lastPoints }
  return { tone: status.trouble === 'NOT_FOUND' || status.trouble === 'FORBIDDEN' ? 'error' : 'warning', ...words }
}

const statusMark = 'STATUS_'

/** The trouble that a status of the agent is, in the place of a code of the relay. */
export function troubleOfStatus(httpStatus: number): string {
  return `${statusMark}${httpStatus}`
}

/** What the agent itself said, as what it is (agent-api §2.6). */
function statusWords(trouble: string): Omit<Banner, 'tone'> | undefined {
  return trouble.startsWith(statusMark) ? agentStatusMeaning(Number(trouble.slice(statusMark.length))) : undefined
}

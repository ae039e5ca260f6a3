import type { AlertDocument } from '../../../src/health/alert-document.ts'
import { readAgentDocument } from '../../../src/health/read-agent-document.ts'
import type { LiveClient } from '../../link/live-client.ts'

const timeoutS = 20

/**
 * The whole document as an agent runs it, all its rules (agent-api §11.4). Undefined when the agent does not give it, or says more than
 * a document holds. Rejects only when nobody waits any more.
 */
export async function runningDocument(
  client: Pick<LiveClient, 'ask'>,
  nodeId: string,
  name: string,
  signal: AbortSignal,
): Promise<AlertDocument | undefined> {
  try {
    const id = `health:alert:prototype:${name}`
    const { text, httpStatus } = await client.ask(nodeId, { kind: 'config', action: 'get', id, timeoutS }, signal)
    return httpStatus === 200 ? readAgentDocument(name, JSON.parse(text)) : undefined
  } catch (thrown) {
    if (signal.aborted) throw thrown
    return undefined
  }
}

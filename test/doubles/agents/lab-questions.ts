import { decodeQuestion, type ReceivedQuestion } from '../../../src/aclk/query/request.ts'
import type { LabLink } from './session-lab.ts'
import { waitUntil } from '../wait-until.ts'

/** The next question that was sent to the agent of this link. */
export function questionOf(link: LabLink): Promise<ReceivedQuestion> {
  return waitUntil(() => {
    const at = link.inbox.findIndex(({ name }) => name === 'cmd')
    const [command] = at < 0 ? [] : link.inbox.splice(at, 1)
    return command && decodeQuestion(command.payload)
  })
}

import { agentStatusMeaning } from '../../../src/live/agent-status.ts'

/** An agent's refusal as an error with words for a person. */
export function agentTrouble(httpStatus: number): Error {
  const meaning = agentStatusMeaning(httpStatus)
  return new Error(meaning === undefined ? 'The agent answered something else.' : `${meaning.title} ${meaning.text}`)
}

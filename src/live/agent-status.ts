/** What an agent's own refusal means, for a person. */
export interface AgentStatusMeaning {
  /** One sentence. */
  readonly title: string
  /** What to do about it, or what happens by itself. */
  readonly text: string
  /** Whether the same question may be answered later without a change. */
  readonly retry: boolean
}

/** Statuses agents answer with (agent-api §2.6). Their bodies differ from endpoint to endpoint; the status is the truth. */
const meanings: Readonly<Record<number, AgentStatusMeaning>> = {
  304: { title: 'Nothing is new since the last look.', text: 'What is on screen is up to date.', retry: true },
  400: { title: 'The agent did not understand the question.', text: 'A newer agent may; or a value is wrong.', retry: false },
  403: { title: 'The agent does not allow this for your role.', text: 'Ask an admin of the space.', retry: false },
  404: { title: 'The node does not have this.', text: 'It may not be collected or offered any more.', retry: false },
  409: { title: 'Somebody changed this meanwhile.', text: 'Load it again before you change it.', retry: false },
  412: { title: 'The agent asks for a sign-in of its own.', text: 'Its owner protects it; see its configuration.', retry: false },
  413: { title: 'The answer is larger than the agent sends.', text: 'Ask for less: fewer charts or a shorter time.', retry: false },
  451: { title: 'This node shares no data.', text: 'Its owner limits what the agent gives to a cloud.', retry: false },
  499: { title: 'The agent stopped working on this.', text: 'It was cancelled or took too long.', retry: true },
  501: { title: 'The agent does not offer this.', text: 'A newer agent may.', retry: false },
  503: { title: 'The agent cannot answer this now.', text: 'It is starting, busy, or the plugin behind it does not run.', retry: true },
  504: { title: 'The agent did not finish in time.', text: 'Ask for less, or try again when it is less busy.', retry: true },
}

/** What a status of an agent means; undefined for a success. Unknown refusals have words of their own. */
export function agentStatusMeaning(httpStatus: number): AgentStatusMeaning | undefined {
  const known = meanings[httpStatus]
  if (known !== undefined) return known
  if (httpStatus >= 200 && httpStatus < 300) return undefined
  return {
    title: `The agent answered with status ${httpStatus}.`,
    text: 'The cloud does not know what it means.',
    retry: httpStatus >= 500,
  }
}

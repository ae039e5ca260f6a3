import type { AgentState } from '../../agent-link/agent.ts'
import type { Command } from './command.ts'
import { agentFromOptions, sourceOptions } from './source-options.ts'

export const agent: Command = {
  summary: 'runs the agent of this host, once it is claimed; what an option does not say is as it was at the claim',
  options: sourceOptions,
  async run(context, values) {
    const hostAgent = agentFromOptions(context, values)
    hostAgent.onState((state) => context.print(sentence(state)))
    await hostAgent.start()
    await new Promise<void>((resolve) => {
      if (context.stop.aborted) resolve()
      else context.stop.addEventListener('abort', () => resolve(), { once: true })
    })
    await hostAgent.stop()
  },
}

function sentence(state: AgentState): string {
  switch (state.kind) {
    case 'connecting':
      return 'Connecting …'
    case 'online':
      return 'Online: the cloud can ask this host.'
    case 'waiting':
      if (state.banned)
        return `Banned: the cloud removed this node or does not know its claim. Asking again at ${new Date(state.untilMs).toISOString()}; throughline claim brings this host back.`
      return `Waiting until ${new Date(state.untilMs).toISOString()} before the next try: ${state.reason}`
    case 'stopped':
      return 'Stopped.'
  }
}

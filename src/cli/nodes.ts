import { openInstallation } from '../compose.ts'
import { askCloud } from './ask-cloud.ts'
import type { Command } from './command.ts'

interface Row {
  readonly nodeId: string
  readonly hostname: string
  readonly state: string
  readonly lastSeenAtMs?: number | null
}

export const nodes: Command = {
  summary: 'lists the nodes and their states',
  options: { json: { type: 'boolean', doc: 'as JSON' } },
  async run(context, values) {
    const config = context.config()
    const answer = (await askCloud(config, context.clock, '/api/throughline/v1/nodes')) as { nodes: readonly Row[] } | undefined
    let rows = answer?.nodes
    if (rows === undefined) {
      context.tell('The cloud is not running, so nobody knows which nodes are live; this is what is stored.')
      const installation = await openInstallation(config, { clock: context.clock })
      try {
        rows = (await installation.nodes()).map((node) => ({
          nodeId: node.nodeId,
          hostname: node.hostname,
          state: 'unknown',
          lastSeenAtMs: node.lastSeenAtMs ?? null,
        }))
      } finally {
        await installation.close()
      }
    }
    if (values['json'] === true) {
      context.print(JSON.stringify({ nodes: rows }, null, 2))
      return
    }
    if (rows.length === 0) context.print('No nodes yet; npx throughline claim-token tells how to connect one.')
    const width = Math.max(0, ...rows.map(({ hostname }) => hostname.length))
    for (const { nodeId, hostname, state } of rows) context.print(`${state.padEnd(8)}  ${hostname.padEnd(width)}  ${nodeId}`)
  },
}

import { openInstallation } from '../compose.ts'
import type { NodeId } from '../domain/ids.ts'
import { ThroughlineError } from '../errors/throughline-error.ts'
import { askCloud } from './ask-cloud.ts'
import type { CliContext, Command } from './command.ts'

interface Row {
  readonly nodeId: string
  readonly hostname: string
  readonly state: string
  readonly lastSeenAtMs?: number | null
}

const nodesPath = '/api/throughline/v1/nodes'

export const nodes: Command = {
  summary: 'lists the nodes and their states; nodes remove <node> takes one out for good',
  operands: '[remove <node id or hostname>]',
  options: { json: { type: 'boolean', doc: 'as JSON' } },
  async run(context, values, operands) {
    const [action, target] = operands
    if (action === undefined) return list(context, values['json'] === true)
    if (action !== 'remove' || target === undefined || operands.length !== 2)
      throw new ThroughlineError('USAGE', 'Say which node: npx throughline nodes remove <node id or hostname>.')
    return remove(context, target)
  },
}

async function list(context: CliContext, isJson: boolean): Promise<void> {
  const { rows, isRunning } = await readRows(context)
  if (!isRunning) context.tell('The cloud is not running, so nobody knows which nodes are live; this is what is stored.')
  if (isJson) {
    context.print(JSON.stringify({ nodes: rows }, null, 2))
    return
  }
  if (rows.length === 0) context.print('No nodes yet; npx throughline claim-token tells how to connect one.')
  const width = Math.max(0, ...rows.map(({ hostname }) => hostname.length))
  for (const { nodeId, hostname, state } of rows) context.print(`${state.padEnd(8)}  ${hostname.padEnd(width)}  ${nodeId}`)
}

/** Through the cloud when it runs, since links have to be cut; else in the store itself. */
async function remove(context: CliContext, target: string): Promise<void> {
  const { rows } = await readRows(context)
  const node = findNode(rows, target)
  const answer = await askCloud(context.config(), context.clock, `${nodesPath}/${node.nodeId}`, 'DELETE')
  if (answer === undefined) {
    const installation = await openInstallation(context.config(), { clock: context.clock })
    try {
      await installation.removeNode(node.nodeId as NodeId)
    } finally {
      await installation.close()
    }
  }
  context.print(
    `${node.hostname} (${node.nodeId}) is removed with everything known of it. That cannot be undone; claimed again, it is a new node.`,
  )
}

function findNode(rows: readonly Row[], target: string): Row {
  const byId = rows.find(({ nodeId }) => nodeId === target.toLowerCase())
  if (byId !== undefined) return byId
  const byName = rows.filter(({ hostname }) => hostname === target)
  const [only] = byName
  if (only === undefined) throw new ThroughlineError('NOT_FOUND', `There is no node ${target}; npx throughline nodes lists them.`)
  if (byName.length > 1)
    throw new ThroughlineError(
      'USAGE',
      `${byName.length} nodes are called ${target}; name one by its id: ${byName.map(({ nodeId }) => nodeId).join(', ')}.`,
    )
  return only
}

async function readRows(context: CliContext): Promise<{ rows: readonly Row[]; isRunning: boolean }> {
  const config = context.config()
  const answer = (await askCloud(config, context.clock, nodesPath)) as { nodes: readonly Row[] } | undefined
  if (answer !== undefined) return { rows: answer.nodes, isRunning: true }
  const installation = await openInstallation(config, { clock: context.clock })
  try {
    const stored = await installation.nodes()
    const rows = stored.map(({ nodeId, hostname, lastSeenAtMs = null }) => ({ nodeId, hostname, state: 'unknown', lastSeenAtMs }))
    return { rows, isRunning: false }
  } finally {
    await installation.close()
  }
}

// The local BigQuery in a process of its own, so that the work of its engine is not counted as the sink's.

import { startBigQuery } from '../doubles/servers/bigquery-server/server.ts'
import { serveCommands, usedCpu } from './server-commands.ts'

/** Where the server listens. */
export interface BigQueryHello {
  readonly endpoint: string
  readonly project: string
}

const { endpoint, project } = await startBigQuery()
serveCommands((command) => {
  if (command.ask === 'cpu') return usedCpu()
  if (command.ask === 'stop') process.exit(0)
  throw new Error(`no such command here: ${command.ask}`)
})
process.send?.({ endpoint, project } satisfies BigQueryHello)

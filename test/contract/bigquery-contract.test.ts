import { renderView } from '../../cloud/mirror/render-view.ts'
import { sinkAt } from '../doubles/benches/bigquery-bench.ts'
import { startBigQuery } from '../doubles/servers/bigquery-server/server.ts'
import { describeSink } from './mirror-sink-contract.ts'

describeSink('BigQuery', async () => {
  const server = await startBigQuery()
  const words = { table: (name: string) => `\`${server.project}.throughline.${name}\``, each: () => '' }
  return {
    sink: await sinkAt(server),
    reopen: () => sinkAt(server),
    async ask(statement) {
      const { rows } = await server.query(renderView(statement, words))
      return rows.map((row) => row.map((cell) => (typeof cell === 'string' || cell === null ? cell : JSON.stringify(cell))))
    },
    dispose: () => server.stop(),
  }
})

import type { MirrorTable, MirrorView } from '../ports.ts'
import { mirrorTables } from './tables.ts'

/** A view and the columns it stands on, so that it is made only where they are. */
interface Wanted extends MirrorView {
  readonly needs: Readonly<Record<string, readonly string[]>>
}

/** Written in what DuckDB and BigQuery both read. */
const wanted: readonly Wanted[] = [
  {
    name: 'nodes_by_os',
    needs: { nodes: ['info_os_name', 'info_os_version'] },
    statement:
      'SELECT info_os_name AS os, info_os_version AS os_version, COUNT(*) AS nodes FROM {nodes} GROUP BY info_os_name, info_os_version',
  },
  {
    name: 'nodes_by_agent_version',
    needs: { nodes: ['info_agent_version', 'info_release_channel'] },
    statement:
      'SELECT info_agent_version AS agent_version, info_release_channel AS release_channel, COUNT(*) AS nodes FROM {nodes} GROUP BY info_agent_version, info_release_channel',
  },
  {
    name: 'nodes_by_state',
    needs: { nodes: ['last_seen_at'], claims: ['state'] },
    statement:
      "SELECT c.state AS claim_state, CASE WHEN n.last_seen_at IS NULL THEN 'never away' ELSE 'away before' END AS node_state, COUNT(*) AS nodes FROM {nodes} AS n LEFT JOIN {claims} AS c ON c.node = n.node GROUP BY 1, 2",
  },
  {
    name: 'contexts_by_nodes',
    needs: { node_contexts: ['context_names', 'node'] },
    statement: 'SELECT context, COUNT(DISTINCT node) AS nodes FROM {node_contexts} {each context_names as context} GROUP BY context',
  },
  {
    name: 'alerts_by_space',
    needs: { alert_states: ['critical_count', 'warning_count', 'clear_count'] },
    statement:
      'SELECT space, COUNT(DISTINCT node) AS nodes, SUM(critical_count) AS critical, SUM(warning_count) AS warning, SUM(clear_count) AS clear FROM {alert_states} GROUP BY space',
  },
  {
    name: 'spaces_over_time',
    needs: { nodes: ['space', 'created_at'] },
    statement:
      'SELECT space, created_on, added, SUM(added) OVER (PARTITION BY space ORDER BY created_on) AS nodes FROM (SELECT space, CAST(created_at AS DATE) AS created_on, COUNT(*) AS added FROM {nodes} GROUP BY 1, 2) AS daily',
  },
  {
    name: 'people_over_time',
    needs: { people: ['created_at'] },
    statement:
      'SELECT joined_on, joined, SUM(joined) OVER (ORDER BY joined_on) AS people FROM (SELECT CAST(created_at AS DATE) AS joined_on, COUNT(*) AS joined FROM {people} GROUP BY 1) AS daily',
  },
]

const has = (tables: readonly MirrorTable[], { needs }: Wanted): boolean =>
  Object.entries(needs).every(([name, columns]) => {
    const table = tables.find((each) => each.name === name)
    return table !== undefined && columns.every((column) => table.columns.some((each) => each.name === column))
  })

/** The views that the mirror makes of its tables. */
export const mirrorViews: readonly MirrorView[] = wanted
  .filter((view) => has(mirrorTables, view))
  .map(({ name, statement }) => ({ name, statement }))
export const viewsWanted: readonly string[] = wanted.map(({ name }) => name)

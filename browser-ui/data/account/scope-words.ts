/** What an API token may do (cloud-api §1.1); `scope:read-only` is ours. */
export const apiTokenScopes = ['scope:read-only', 'scope:grafana-plugin', 'scope:mcp', 'scope:agent-ui', 'scope:all'] as const
export type ApiTokenScope = (typeof apiTokenScopes)[number]

interface ScopeWords {
  readonly title: string
  /** What whoever holds the token may do, and for what it is meant. */
  readonly means: string
}

/** Scopes as people read them, the least powerful first. None ever does more than the role of its owner. */
export const scopeWords: Readonly<Record<ApiTokenScope, ScopeWords>> = {
  'scope:read-only': {
    title: 'Look only',
    means: 'Reads what you may see: spaces, rooms, nodes, charts, alerts, boards. Changes nothing. For scripts and reports.',
  },
  'scope:grafana-plugin': {
    title: 'Grafana',
    means: 'Reads spaces, rooms, nodes and charts. For the Grafana data source of this kind of cloud.',
  },
  'scope:mcp': {
    title: 'Assistant (MCP)',
    means: 'Reads like “look only”, and runs functions that show processes or logs. For an assistant that looks into trouble.',
  },
  'scope:agent-ui': {
    title: 'Agent’s own page',
    means: 'Says who you are to the page of an agent, and nothing more. For agents that ask this cloud who looks at them.',
  },
  'scope:all': {
    title: 'Everything',
    means:
      'Does all that you may do in your spaces, also change and delete. For Terraform and the like. Keep it as safe as your own sign-in.',
  },
}

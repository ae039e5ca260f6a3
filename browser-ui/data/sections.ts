import type { ContextSummary } from './feed/catalogue.ts'

/** A part of the node page: charts that belong together, in order. */
export interface ChartSection {
  /** Fit for a fragment of an address: lower-case letters, digits, dashes. */
  readonly id: string
  readonly title: string
  /** The agent's charts about itself start folded: they are many and rarely looked for. */
  readonly isFolded: boolean
  readonly contexts: readonly ContextSummary[]
}

/** The sections everybody looks for, in the order people look. Others follow by priority. */
const wellKnown = ['CPU', 'Load', 'Memory', 'Disks', 'Network', 'Processes', 'Applications', 'System'] as const

const bySystemFamily: Readonly<Record<string, string>> = {
  cpu: 'CPU',
  load: 'Load',
  ram: 'Memory',
  mem: 'Memory',
  memory: 'Memory',
  swap: 'Memory',
  disk: 'Disks',
  disks: 'Disks',
  network: 'Network',
  net: 'Network',
  processes: 'Processes',
}

const byFirstSegment: Readonly<Record<string, string>> = {
  cpu: 'CPU',
  cpufreq: 'CPU',
  load: 'Load',
  mem: 'Memory',
  numa: 'Memory',
  disk: 'Disks',
  disk_ext: 'Disks',
  disk_qops: 'Disks',
  mdstat: 'Disks',
  net: 'Network',
  ip: 'Network',
  ipv4: 'Network',
  ipv6: 'Network',
  netfilter: 'Firewall',
  processes: 'Processes',
  apps: 'Applications',
  app: 'Applications',
  users: 'Users',
  user: 'Users',
  groups: 'User groups',
  usergroup: 'User groups',
  netdata: 'Agent itself',
  throughline: 'Agent itself',
}

/** Two contexts of `system.*` whose family says less than their name. */
const byId: Readonly<Record<string, string>> = { 'system.load': 'Load', 'system.uptime': 'System' }

/** An agent may name a context like a member that every object has. */
const own = (table: Readonly<Record<string, string>>, key: string) => (Object.hasOwn(table, key) ? table[key] : undefined)

/** The section a context belongs to: by family for `system.*`, by the first segment of its id otherwise. */
export function sectionTitleOf(context: Pick<ContextSummary, 'id' | 'family'>): string {
  const first = context.id.split('.', 1)[0] ?? context.id
  const named =
    own(byId, context.id) ??
    (first === 'system' ? (own(bySystemFamily, context.family.toLowerCase()) ?? 'System') : own(byFirstSegment, first))
  if (named !== undefined) return named
  const words = first.replace(/[_-]+/gu, ' ').trim()
  return words === '' ? 'Other' : words.charAt(0).toUpperCase() + words.slice(1)
}

/** All contexts in sections: the well-known ones first, then by priority, the agent's own charts last. */
export function arrangeSections(contexts: Iterable<ContextSummary>): readonly ChartSection[] {
  const groups = new Map<string, ContextSummary[]>()
  for (const context of contexts) {
    const title = sectionTitleOf(context)
    const group = groups.get(title)
    if (group === undefined) groups.set(title, [context])
    else group.push(context)
  }
  const rank = (title: string) => {
    if (title === 'Agent itself') return wellKnown.length + 1
    const index = wellKnown.findIndex((known) => known === title)
    return index === -1 ? wellKnown.length : index
  }
  const sections = [...groups].map(([title, group]) => ({
    id: title.toLowerCase().replace(/[^a-z0-9]+/gu, '-'),
    title,
    isFolded: title === 'Agent itself',
    contexts: group.sort((a, b) => a.priority - b.priority || (a.id < b.id ? -1 : 1)),
  }))
  return sections.sort(
    (a, b) =>
      rank(a.title) - rank(b.title) || (a.contexts[0]?.priority ?? 0) - (b.contexts[0]?.priority ?? 0) || (a.title < b.title ? -1 : 1),
  )
}

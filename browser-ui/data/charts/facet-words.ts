import type { Aggregation, ChartFacets, GroupBy } from '../metrics/metrics-feed.ts'
import type { ChartKind } from './card-settings.ts'
import { hasWords, searchWords } from '../search-words.ts'

/** One entry of a chooser. */
export interface FacetOption {
  readonly id: string
  readonly name: string
  readonly count: number
}

/** Made once: these words are written for every chart each second. */
const grouped = new Intl.NumberFormat('en')

const instanceNouns: readonly (readonly [RegExp, string, string])[] = [
  [/^(disk|disk_\w+)\.(space|inodes)$/u, 'mount', 'mounts'],
  [/^disk/u, 'disk', 'disks'],
  [/^net\./u, 'interface', 'interfaces'],
  [/^cpu\./u, 'core', 'cores'],
  [/^app(s)?\./u, 'application', 'applications'],
  [/^user(s)?\./u, 'user', 'users'],
  [/^cgroup/u, 'container', 'containers'],
  [/^systemd/u, 'unit', 'units'],
]

/** What the instances of a context are called, one and many. */
export function instanceNoun(contextId: string): readonly [string, string] {
  const known = instanceNouns.find(([pattern]) => pattern.test(contextId))
  return known === undefined ? ['instance', 'instances'] : [known[1], known[2]]
}

/** `3 nodes`, `1 node`. */
export const counted = (count: number, [one, many]: readonly [string, string]): string =>
  `${grouped.format(count)} ${count === 1 ? one : many}`

/** What a chooser shows of its choice: `5 disks`, `sda`, `2 of 5 disks`. */
export function chosenWords(
  options: readonly Pick<FacetOption, 'id' | 'name'>[],
  chosen: readonly string[] | undefined,
  noun: readonly [string, string],
): string {
  if (chosen === undefined) return counted(options.length, noun)
  const known = options.filter(({ id }) => chosen.includes(id))
  if (known.length === 1 && known[0] !== undefined) return known[0].name
  return `${grouped.format(known.length)} of ${counted(options.length, noun)}`
}

/** The options whose name or id holds every word. */
export function searchOptions<O extends Pick<FacetOption, 'id' | 'name'>>(options: readonly O[], search: string): readonly O[] {
  const words = searchWords(search)
  if (words.length === 0) return options
  return options.filter(({ id, name }) => hasWords(`${name} ${id}`, words))
}

/** How much stands behind a chart: `12 metrics of 3 nodes`; only the metrics while no node has told its list. */
export function volumeWords(metrics: number, nodeCount: number): string {
  const words = counted(metrics, ['metric', 'metrics'])
  return nodeCount === 0 ? words : `${words} of ${counted(nodeCount, ['node', 'nodes'])}`
}

export const aggregationWords: Readonly<Record<Aggregation, string>> = { average: 'Average', sum: 'Sum', min: 'Minimum', max: 'Maximum' }
export const kindWords: Readonly<Record<ChartKind, string>> = { line: 'Lines', area: 'Areas', stacked: 'Stacked', heatmap: 'Heat map' }

/** The name of a way to group. */
export function groupWord(group: GroupBy, contextId: string): string {
  if (group === 'instance') return instanceNoun(contextId)[0]
  return group.startsWith('label:') ? group.slice('label:'.length) : group
}

/** The labels that tell instances apart: one value everywhere says nothing. */
export const tellingLabels = (facets: ChartFacets): ChartFacets['labels'] => facets.labels.filter(({ values }) => values.length > 1)

/** The ways to group a chart: those that would make more than one series, and those in use. */
export function groupsFor(facets: ChartFacets, inUse: readonly GroupBy[]): readonly GroupBy[] {
  const groups: GroupBy[] = ['dimension']
  if (facets.nodes.length > 1) groups.push('node')
  if (facets.instances.length > 1) groups.push('instance')
  for (const { key } of tellingLabels(facets)) groups.push(`label:${key}`)
  return [...groups, ...inUse.filter((group) => !groups.includes(group))]
}

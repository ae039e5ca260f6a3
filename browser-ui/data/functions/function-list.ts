import { isSensitiveFunction } from '../../../src/domain/function-rights.ts'
import { parseObject } from '../feed/agent-answer.ts'
import { listOf, objectOf } from '../json.ts'
import { numberOr, textOr, textsOf } from './reading.ts'
import { groupBy } from './group-by.ts'
import { hasWords, searchWords } from '../search-words.ts'

/** A function that a node offers. */
export interface FunctionEntry {
  /** As the agent is asked for it. */
  readonly name: string
  /** As a person reads it. */
  readonly title: string
  readonly help: string
  /** Words the agent groups its functions by; never empty. */
  readonly tags: readonly string[]
  /** What it takes at the agent by its own account, such as `sensitive-data`; empty when the agent told none. */
  readonly access: readonly string[]
  readonly priority: number
  /** How long the agent lets it work, seconds. */
  readonly timeoutS: number
  /** It may show persons, processes or traffic. */
  readonly isSensitive: boolean
}

/** Functions under one tag, in the order they are shown. */
export interface FunctionGroup {
  readonly tag: string
  readonly title: string
  readonly functions: readonly FunctionEntry[]
}

const maxFunctions = 500
/** Names the relay passes on; others could not be asked for. */
const askable = /^(?!__)[\w][\w.:-]{0,99}$/u

/**
 * Reads the list of functions of one node, the form of v1 (agent-api §12.1): with or without the outer `functions`, tags as text of
 * words or as a list. Entries that cannot be asked for are left out. Throws AGENT_PROTOCOL for what is no JSON object.
 */
export function parseFunctionList(text: string): readonly FunctionEntry[] {
  const answer = parseObject(text)
  const named = Array.isArray(answer['functions'])
    ? listOf(answer['functions']).map((item) => [textOr(objectOf(item)['name'], ''), item] as const)
    : Object.entries('functions' in answer ? objectOf(answer['functions']) : answer)
  return named
    .filter(([name]) => askable.test(name))
    .slice(0, maxFunctions)
    .map(([name, item]) => entryOf(name, objectOf(item)))
    .filter((entry) => !entry.tags.includes('hidden'))
    .sort((a, b) => a.priority - b.priority || a.title.localeCompare(b.title) || a.name.localeCompare(b.name))
}

function entryOf(name: string, item: Readonly<Record<string, unknown>>): FunctionEntry {
  const tags = typeof item['tags'] === 'string' ? item['tags'].split(/[\s,|]+/u).filter((tag) => tag !== '') : textsOf(item['tags'])
  const access = textsOf(item['access'])
  return {
    name,
    title: functionTitle(name),
    help: textOr(item['help'], ''),
    tags: tags.length === 0 ? ['top'] : tags.map((tag) => tag.slice(0, 60)),
    access,
    priority: numberOr(item['priority'], 1_000),
    timeoutS: numberOr(item['timeout'], 10),
    isSensitive: isSensitiveFunction(name) || access.includes('sensitive-data'),
  }
}

/** Names with better words than their own. */
const titles = new Map(
  Object.entries({
    'systemd-journal': 'Logs: systemd journal',
    'windows-events': 'Logs: Windows events',
    'systemd-list-units': 'Systemd units',
    'systemd-services': 'Systemd services',
    'containers-vms': 'Containers and VMs',
    'netdata-api-calls': 'Agent: API calls',
    'netdata-streaming': 'Agent: streaming',
    'netdata-metrics-cardinality': 'Agent: metrics cardinality',
  }),
)

/** A function's name in words: `mount-points` is "Mount points". */
export function functionTitle(name: string): string {
  const known = titles.get(name)
  if (known !== undefined) return known
  const words = name.replaceAll(/[-_:.]+/gu, ' ').trim()
  return words === '' ? name : `${words.charAt(0).toUpperCase()}${words.slice(1)}`
}

const tagTitles = new Map([
  ['top', 'Now'],
  ['logs', 'Logs'],
  ['topology', 'Topology'],
])

/** Functions by their first tag: what happens now first, logs next, other tags by name. */
export function groupFunctions(functions: readonly FunctionEntry[]): readonly FunctionGroup[] {
  const byTag = groupBy(functions, (entry) => entry.tags[0] ?? 'top')
  const place = (tag: string) => (tag === 'top' ? 0 : tag === 'logs' ? 1 : 2)
  return [...byTag]
    .sort(([a], [b]) => place(a) - place(b) || a.localeCompare(b))
    .map(([tag, members]) => ({ tag, title: tagTitles.get(tag) ?? functionTitle(tag), functions: members }))
}

/** Functions that have every word of a search in their name, title or help. */
export function searchFunctions(functions: readonly FunctionEntry[], search: string): readonly FunctionEntry[] {
  const words = searchWords(search)
  return functions.filter(({ name, title, help }) => hasWords(`${name} ${title} ${help}`, words))
}

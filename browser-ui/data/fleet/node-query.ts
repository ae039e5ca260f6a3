import type { NodeState } from '../../../src/domain/model.ts'
import type { NodeSummary } from '../../link/api.ts'

/** What a term of a query can look at, besides the words that a row shows. */
const queryFields = ['state', 'label', 'version', 'os', 'alerts', 'name', 'arch'] as const
export type QueryField = (typeof queryFields)[number]

/** One condition of a query: a word (no field), or `field:pattern`; a minus before it turns it around. `*` stands for any text. */
export interface QueryTerm {
  readonly field: QueryField | undefined
  readonly pattern: string
  readonly isNot: boolean
}

const lengthMax = 1_000
const termsMax = 50

/** The terms of a query such as `state:live label:env=prod version:2.* web`; quotes hold words together. */
export function parseQuery(text: string): readonly QueryTerm[] {
  const terms: QueryTerm[] = []
  for (const [word] of text.slice(0, lengthMax).matchAll(/(?:"[^"]*"?|[^\s"])+/gu)) {
    const isNot = word.startsWith('-') && word.length > 1
    const bare = isNot ? word.slice(1) : word
    const colon = bare.indexOf(':')
    const name = bare.slice(0, Math.max(0, colon)).toLowerCase()
    const field = queryFields.find((candidate) => candidate === name)
    const pattern = (field === undefined ? bare : bare.slice(colon + 1)).replaceAll('"', '')
    if (pattern !== '' && terms.length < termsMax) terms.push({ field, pattern, isNot })
  }
  return terms
}

/** The text of these terms; `parseQuery` reads the same from it. */
export function queryText(terms: readonly QueryTerm[]): string {
  return terms.map(termText).join(' ')
}

/** One term as it is typed. */
export function termText({ field, pattern, isNot }: QueryTerm): string {
  const text = /\s/u.test(pattern) ? `"${pattern}"` : pattern
  return `${isNot ? '-' : ''}${field === undefined ? '' : `${field}:`}${text}`
}

/** The query with a term in it, or without it if it was there. */
export function toggleTerm(text: string, term: QueryTerm): string {
  const terms = parseQuery(text)
  const without = terms.filter((other) => termText(other) !== termText(term))
  return queryText(without.length < terms.length ? without : [...terms, term])
}

/**
 * Nodes that match a query. Terms of one field are alternatives (`state:live state:stale`), also those of one label key; different
 * fields, words, and whatever has a minus must all hold.
 */
export function matchNodes(nodes: readonly NodeSummary[], terms: readonly QueryTerm[]): readonly NodeSummary[] {
  const groups = new Map<string, { readonly isNot: boolean; readonly tests: ((node: NodeSummary) => boolean)[] }>()
  for (const [index, term] of terms.entries()) {
    const key = term.field === undefined || term.isNot ? `alone ${index}` : `${term.field} ${labelKey(term)}`
    const group = groups.get(key) ?? { isNot: term.isNot, tests: [] }
    groups.set(key, group)
    group.tests.push(testOf(term))
  }
  const conditions = [...groups.values()]
  return nodes.filter((node) => conditions.every(({ isNot, tests }) => isNot !== tests.some((test) => test(node))))
}

function labelKey({ field, pattern }: QueryTerm): string {
  return field === 'label' ? (pattern.split('=', 1)[0]?.toLowerCase() ?? '') : ''
}

function testOf({ field, pattern }: QueryTerm): (node: NodeSummary) => boolean {
  switch (field) {
    case 'state': {
      const state = pattern.toLowerCase() as NodeState
      return (node) => node.state === state
    }
    case 'version': {
      // Agents write v2.6.0 or 2.6.0-12-nightly; nobody types the v.
      const matches = wildcard(pattern.replace(/^v/iu, ''), 'start')
      return (node) => matches((node.agentVersion ?? '').replace(/^v/iu, ''))
    }
    case 'os':
    case 'arch': {
      const matches = wildcard(pattern, 'anywhere')
      return field === 'os' ? (node) => matches(systemText(node)) : (node) => matches(node.architecture ?? '')
    }
    case 'name': {
      const matches = wildcard(pattern, 'whole')
      return (node) => matches(node.hostname)
    }
    case 'alerts': {
      const wanted = pattern.toLowerCase()
      return ({ alerts = { warning: 0, critical: 0 } }) => {
        if (wanted === 'none') return alerts.warning + alerts.critical === 0
        if (wanted === 'any') return alerts.warning + alerts.critical > 0
        return wanted === 'critical' ? alerts.critical > 0 : wanted === 'warning' && alerts.warning > 0
      }
    }
    case 'label': {
      const at = pattern.indexOf('=')
      const key = (at < 0 ? pattern : pattern.slice(0, at)).toLowerCase()
      const matches = wildcard(at < 0 ? '*' : pattern.slice(at + 1), 'whole')
      return ({ labels = {} }) => Object.entries(labels).some(([name, value]) => name.toLowerCase() === key && matches(value))
    }
    case undefined: {
      const matches = wildcard(pattern, 'anywhere')
      return (node) => matches(rowText(node))
    }
  }
}

/** A pattern as a test in linear time: the pieces between its stars, in order. Case does not count. */
function wildcard(pattern: string, where: 'whole' | 'start' | 'anywhere'): (text: string) => boolean {
  const full = where === 'anywhere' ? `*${pattern}*` : where === 'start' ? `${pattern}*` : pattern
  const pieces = full.toLowerCase().split('*')
  const first = pieces.shift() ?? ''
  const last = pieces.pop()
  return (raw) => {
    const text = raw.toLowerCase()
    if (last === undefined) return text === first
    if (!text.startsWith(first)) return false
    let at = first.length
    for (const piece of pieces) {
      const found = text.indexOf(piece, at)
      if (found < 0) return false
      at = found + piece.length
    }
    return text.length - last.length >= at && text.endsWith(last)
  }
}

/** Name and version of the operating system, empty until the agent has told. */
export function systemText(node: Pick<NodeSummary, 'os' | 'osVersion'>): string {
  return [node.os, node.osVersion].filter(Boolean).join(' ')
}

function rowText(node: NodeSummary): string {
  const labels = Object.entries(node.labels ?? {}).map(([key, value]) => `${key}=${value}`)
  return [node.hostname, systemText(node), node.architecture, node.agentVersion, node.virtualization, ...labels].join(' ')
}

/**
 * Label keys of these nodes, with how many values each has: those that people gave first, then the agents' own, of which every node has
 * dozens; among each those on most nodes first.
 */
export function labelKeys(nodes: readonly NodeSummary[], most = 60): readonly { readonly key: string; readonly values: number }[] {
  const found = new Map<string, { nodes: number; values: Set<string> }>()
  for (const { labels = {} } of nodes) {
    for (const [key, value] of Object.entries(labels)) {
      const entry = found.get(key) ?? { nodes: 0, values: new Set() }
      found.set(key, entry)
      entry.nodes += 1
      entry.values.add(value)
    }
  }
  return [...found]
    .map(([key, entry]) => ({ key, nodes: entry.nodes, values: entry.values.size }))
    .sort((a, b) => Number(a.key.startsWith('_')) - Number(b.key.startsWith('_')) || b.nodes - a.nodes || (a.key < b.key ? -1 : 1))
    .slice(0, most)
    .map(({ key, values }) => ({ key, values }))
}

import { isStockContext, nounOfDimensions, chartParts } from './chart-names.ts'
import type { Masker } from './masker.ts'
import { decodeQuery, parseParameters } from '../../sources/host/query/parameters.ts'

/** Parameters that name things, and in which way (agent-api §5.3, §6.1, §9.1). */
const naming: Readonly<Record<string, 'chart' | 'context' | 'dimension' | 'label'>> = {
  chart: 'chart',
  context: 'context',
  contexts: 'context',
  ctx: 'context',
  dimension: 'dimension',
  dimensions: 'dimension',
  dim: 'dimension',
  dims: 'dimension',
  chart_labels_filter: 'label',
}
/** A pattern becomes at most so many names. */
const expandedMax = 500
/** What no thing is called. */
const nothing = '-'

/** A question in the agent's own names, and what it asks for. */
export interface OriginalQuestion {
  readonly query: string
  readonly charts: readonly string[]
  readonly contexts: readonly string[]
  /** It names something that was not masked since the start: what the agent has is to be looked at first. */
  readonly isUnknown: boolean
}

/**
 * The same question in the agent's own names. Names that are masked on this host are understood in their masked form only, so that
 * nobody finds out what something is called by asking for it.
 */
export function askOriginals(masker: Masker, query: string): OriginalQuestion {
  const parameters = parseParameters(query)
  const lists = new Map<string, readonly string[]>()
  let isUnknown = false
  // Dimensions are named without their chart: whether they are names of things is told by what they are asked of.
  const namesDimensions = [...parameters].some(
    ([name, value]) =>
      /^(?:chart|context|contexts|ctx)$/.test(name) &&
      value.split(/[,|]/).some((item) => nounOfDimensions(item.replace('!', '')) !== undefined),
  )
  const out = [...parameters].map(([name, value]) => {
    const kind = Object.hasOwn(naming, name) ? naming[name] : undefined
    if (kind === undefined) return `${name}=${encodeURIComponent(value)}`
    const items = value
      .split(/[,|]/)
      .filter((item) => item !== '')
      .flatMap((item) => {
        const found = originalsOf(masker, kind, item, namesDimensions)
        isUnknown ||= found.isUnknown
        return found.names
      })
    lists.set(kind, [...(lists.get(kind) ?? []), ...items])
    return `${name}=${items.map(encodeURIComponent).join('%7C')}`
  })
  // Words without a value, such as `all`.
  const flags = decodeQuery(query)
    .split('&')
    .filter((word) => word !== '' && !word.includes('='))
    .map(encodeURIComponent)
  return { query: [...flags, ...out].join('&'), charts: lists.get('chart') ?? [], contexts: lists.get('context') ?? [], isUnknown }
}

function originalsOf(
  masker: Masker,
  kind: 'chart' | 'context' | 'dimension' | 'label',
  item: string,
  namesDimensions: boolean,
): { names: readonly string[]; isUnknown: boolean } {
  const sign = item.startsWith('!') ? '!' : ''
  const bare = item.slice(sign.length)
  if (bare === '*') return { names: [item], isUnknown: false }
  if (kind === 'label') {
    const cut = bare.indexOf(':')
    const value = masker.original(bare.slice(cut + 1))
    return { names: [value === undefined ? item : `${sign}${bare.slice(0, cut + 1)}${quoted(value)}`], isUnknown: false }
  }
  if (bare.includes('*')) {
    if (!mayBeMasked(masker, kind)) return { names: [item], isUnknown: false }
    const matches = matcher(bare)
    const named = [...masker.pairs()].filter(([masked]) => matches(masked)).slice(0, expandedMax)
    const open = kind === 'context' || /^(?:system|mem|ip)[._*]/.test(bare) ? [item] : []
    return {
      names: named.length > 0 ? named.map(([, original]) => `${sign}${quoted(original)}`) : open.length > 0 ? open : [nothing],
      isUnknown: named.length === 0,
    }
  }
  const original = masker.original(bare)
  if (original !== undefined) return { names: [`${sign}${quoted(original)}`], isUnknown: false }
  if (isOpen(masker, kind, bare, namesDimensions)) return { names: [item], isUnknown: false }
  return { names: [nothing], isUnknown: true }
}

/** Names hold characters that lists are split at; a star stands for one in patterns. */
const quoted = (name: string): string => name.replace(/[,|!]/g, '*')

const mayBeMasked = (masker: Masker, kind: 'chart' | 'context' | 'dimension'): boolean =>
  masker.rules.fields[kind === 'chart' ? 'instance' : kind].action !== 'keep'

/** Whether a name is the same masked: it is asked for as it stands. */
function isOpen(masker: Masker, kind: 'chart' | 'context' | 'dimension', name: string, namesDimensions: boolean): boolean {
  if (!mayBeMasked(masker, kind)) return true
  if (kind === 'context') return isStockContext(name)
  if (kind === 'chart') return chartParts(name) === undefined
  return !namesDimensions
}

function matcher(pattern: string): (text: string) => boolean {
  const parts = pattern.split('*')
  return (text) => {
    let at = 0
    for (const [index, part] of parts.entries()) {
      const found = text.indexOf(part, at)
      if (found < 0 || (index === 0 && found !== 0)) return false
      at = found + part.length
    }
    return parts.at(-1) === '' || text.endsWith(parts.at(-1) ?? '')
  }
}

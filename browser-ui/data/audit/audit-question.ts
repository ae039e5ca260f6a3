import type { AuditFilter } from './audit-answers.ts'

/** The names under which a filter stands in the page's address. */
const filterNames = ['action', 'person', 'node', 'from', 'to'] as const

/** The filter of an address. */
export const filterOf = (search: URLSearchParams): AuditFilter => {
  const text = (name: (typeof filterNames)[number]) => search.get(name) ?? ''
  return { action: text('action'), personId: text('person'), nodeId: text('node'), from: text('from'), to: text('to') }
}

/** Reads a field of date and time in the page's zone, epoch seconds; undefined when it holds none. */
export type ParseField = (text: string) => number | undefined

/** The span of a filter as the cloud takes it. The end belongs to it: a minute is written, all of it is meant. */
export function spanQuery({ from, to }: Pick<AuditFilter, 'from' | 'to'>, parse: ParseField): Readonly<Record<string, string>> {
  const fromS = parse(from)
  const toS = parse(to)
  return {
    ...(fromS === undefined ? {} : { fromMs: String(fromS * 1000) }),
    ...(toS === undefined ? {} : { toMs: String(toS * 1000 + (to.length <= 16 ? 59_999 : 999)) }),
  }
}

/** The query of one page of the audit; `before` leads to older entries. */
export function auditQuery(filter: AuditFilter, parse: ParseField, before: number | undefined, limit: number): string {
  const query = new URLSearchParams({
    ...(filter.action === '' ? {} : { action: filter.action }),
    ...(filter.personId === '' ? {} : { personId: filter.personId }),
    ...(filter.nodeId === '' ? {} : { nodeId: filter.nodeId }),
    ...spanQuery(filter, parse),
    ...(before === undefined ? {} : { before: String(before) }),
    limit: String(limit),
  })
  return query.toString()
}

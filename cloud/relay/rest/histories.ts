import { listOf, objectOf } from '../../../src/support/json.ts'
import type { HistorySeries } from '../../../src/health/evaluate-history.ts'
import { textOf } from './data-part.ts'

/** The past of one instance. */
export interface InstanceHistory {
  readonly instance: string
  readonly series: HistorySeries
}

/** Of an answer of several instances, as many are judged. */
const instancesMax = 200

/**
 * The pasts of instances in an answer that is grouped by dimension and instance, times in seconds: one for each instance that has rows.
 * Rows that are missing become gaps, so that a row's place is its time.
 */
export function historiesOf(answer: object, machineGuid: string): readonly InstanceHistory[] {
  const { view, result, db } = answer as Readonly<Record<string, unknown>>
  const { ids, names } = objectOf(objectOf(view)['dimensions'])
  const stepS = Math.max(1, Math.floor(Number(objectOf(view)['update_every'])) || 1)
  const collectedEveryS = Math.max(1, Math.floor(Number(objectOf(db)['update_every'])) || 1)
  const rows = listOf(objectOf(result)['data']).filter((row): row is unknown[] => Array.isArray(row) && Number.isFinite(row[0]))
  const [first] = rows
  if (first === undefined) return []
  const firstS = Number(first[0])
  const places = rows.map((row) => Math.round((Number(row[0]) - firstS) / stepS))
  const length = Math.min(rows.length * 2, (places.at(-1) ?? 0) + 1)

  const columns = new Map<string, { readonly id: string; readonly name: string; readonly column: number }[]>()
  for (const [at, text] of listOf(ids).entries()) {
    const [id, instance] = parted(textOf(text))
    const [name] = parted(textOf(listOf(names)[at]) || textOf(text))
    const own = instance.endsWith(`@${machineGuid}`) ? instance.slice(0, -machineGuid.length - 1) : instance
    const known = columns.get(own) ?? []
    known.push({ id, name, column: at + 1 })
    columns.set(own, known)
  }
  return [...columns].slice(0, instancesMax).flatMap(([instance, dimensions]): InstanceHistory[] => {
    const table: (readonly (number | null)[])[] = Array.from({ length }, () => dimensions.map(() => null))
    let hasValues = false
    for (const [index, row] of rows.entries()) {
      const values = dimensions.map(({ column }) => valueOf(row[column]))
      hasValues ||= values.some((value) => value !== null)
      const place = places[index] ?? -1
      if (place >= 0 && place < length) table[place] = values
    }
    if (!hasValues) return []
    return [{ instance, series: { firstS, updateEveryS: stepS, collectedEveryS, dimensions, rows: table } }]
  })
}

/** A series is called by its dimension and its instance; only the former may hold commas. */
function parted(text: string): readonly [dimension: string, instance: string] {
  const at = text.lastIndexOf(',')
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)]
}

function valueOf(cell: unknown): number | null {
  const [value] = listOf(cell)
  return typeof value === 'number' && Number.isFinite(value) ? value : null
}

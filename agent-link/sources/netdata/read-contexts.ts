import type { Context } from '../../../src/domain/model.ts'
import { contextVersion } from '../context-version.ts'
import { asRecord, text } from './read-info.ts'

/** Contexts of one node; more is refused by clouds (security requirements §1). */
const contextLimit = 20_000
const dayS = 86_400

/** Collection that paused for less than this goes on: agents say otherwise for a moment after their start and between slow samples. */
const pauseS = 60

/**
 * The contexts of `/api/v1/contexts` (agent-api §5.3) that have data. The oldest entry is told to the day: an agent's retention creeps
 * forward all the time, and each creep would make both ends exchange everything again.
 */
export function readContexts(document: unknown, nowS: number): readonly Context[] {
  const contexts: Context[] = []
  for (const [id, value] of Object.entries(asRecord(asRecord(document)['contexts'])).slice(0, contextLimit)) {
    const fields = asRecord(value)
    const firstS = natural(fields['first_time_t'])
    const lastS = natural(fields['last_time_t'])
    if (firstS === 0) continue
    const definition = {
      id,
      title: text(fields['title']),
      units: text(fields['units']),
      family: text(fields['family']),
      chartType: text(fields['chart_type']),
      priority: natural(fields['priority']),
    }
    const isCollected = fields['collected'] === true || nowS - lastS < pauseS
    contexts.push({
      ...definition,
      version: contextVersion(definition),
      firstEntryS: BigInt(Math.floor(firstS / dayS) * dayS),
      lastEntryS: isCollected ? 0n : BigInt(lastS),
    })
  }
  return contexts
}

/** Which context each chart belongs to, from `/api/v1/contexts?options=charts`. */
export function readChartContexts(document: unknown): ReadonlyMap<string, string> {
  const contexts = Object.entries(asRecord(asRecord(document)['contexts']))
  return new Map(contexts.flatMap(([id, value]) => Object.keys(asRecord(asRecord(value)['charts'])).map((chart) => [chart, id] as const)))
}

/** Whether two lists say the same. */
export function sameContexts(left: readonly Context[], right: readonly Context[]): boolean {
  if (left.length !== right.length) return false
  const byId = new Map(left.map((context) => [context.id, context]))
  return right.every(({ id, version, firstEntryS, lastEntryS }) => {
    const other = byId.get(id)
    return other?.version === version && other.firstEntryS === firstEntryS && other.lastEntryS === lastEntryS
  })
}

const natural = (value: unknown) => (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : 0)

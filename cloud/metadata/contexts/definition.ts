import { createHash } from 'node:crypto'
import type { Context } from '../../../src/domain/model.ts'
import { ThroughlineError } from '../../../src/errors/throughline-error.ts'
import { metadataLimits } from '../limits.ts'
import { boundedInteger, cleanText } from '../text-rules.ts'

/** What many nodes share of a context, in a fixed order: the allow-list of what is kept of it (security requirement P3). */
export type Definition = readonly [id: string, title: string, units: string, family: string, priority: number, chartType: string]

/** One context of a node: its definition, and the three numbers that are its own. */
export interface NodeContext {
  readonly definition: Definition
  readonly version: bigint
  readonly firstEntryS: bigint
  readonly lastEntryS: bigint
}

/** An agent's context as it is kept. Throws BODY_UNPROCESSABLE for an id nothing can be filed under. */
export function keepContext(context: Context): NodeContext {
  const text = (value: string) => cleanText(value, metadataLimits.contextTextBytes)
  return {
    definition: [
      contextId(context.id),
      text(context.title),
      text(context.units),
      text(context.family),
      boundedInteger(context.priority, 0, Number.MAX_SAFE_INTEGER),
      text(context.chartType),
    ],
    version: BigInt.asUintN(64, context.version),
    firstEntryS: BigInt.asUintN(64, context.firstEntryS),
    lastEntryS: BigInt.asUintN(64, context.lastEntryS),
  }
}

/** A context id as it is kept; cutting it could make two of one, so it is refused instead. */
export function contextId(id: string): string {
  if (id === '' || cleanText(id, metadataLimits.contextIdBytes) !== id) {
    throw new ThroughlineError('BODY_UNPROCESSABLE', 'A context id is empty, too long or not plain text.')
  }
  return id
}

/** The sheet family a context belongs to: its id up to the first dot. */
export function segmentOf(id: string): string {
  const dot = id.indexOf('.')
  return dot < 0 ? id : id.slice(0, dot)
}

/** A segment as part of a key: agent text never becomes a key itself (security requirement P5). Twelve hex digits. */
export function segmentDigest(segment: string): string {
  return createHash('sha256').update(segment).digest('hex').slice(0, 12)
}

import { createHash } from 'node:crypto'
import type { Context } from '../../src/domain/model.ts'

/**
 * The version of a context: 32 bits of a hash over its definition. The same definition has the same version on every host and after
 * every restart, so an agent that comes back unchanged agrees with the cloud's version hash and nothing is written.
 */
export function contextVersion(definition: Pick<Context, 'id' | 'title' | 'units' | 'family' | 'chartType' | 'priority'>): bigint {
  const { id, title, units, family, chartType, priority } = definition
  const text = JSON.stringify([id, title, units, family, chartType, priority])
  return BigInt(createHash('sha256').update(text).digest().readUInt32BE(0))
}

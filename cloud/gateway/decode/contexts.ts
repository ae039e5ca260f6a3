import type { ContextUpdated } from '../../../src/aclk/messages/index.ts'
import { ContextsSnapshotSchema, ContextsUpdatedSchema } from '../../../src/aclk/messages/index.ts'
import { linkLimits } from '../../../src/aclk/limits.ts'
import type { NodeId } from '../../../src/domain/ids.ts'
import type { Context, ContextChange } from '../../../src/domain/model.ts'
import { decodeMessage } from './decode-message.ts'
import { uuidOf } from './presence.ts'
import { cut } from './texts.ts'

/** `ContextsSnapshot` or `ContextsUpdated` (aclk §6.6); `versionHash` is what the agent says it has sent altogether. */
export interface ContextsReport<Entry extends Context> {
  readonly claimId: string
  readonly nodeId: NodeId
  readonly versionHash: bigint
  readonly contexts: readonly Entry[]
}

const bounds = { bytes: linkLimits.bulkMessageBytes, repeated: { field: 1, count: linkLimits.contexts } }

export function decodeContextsSnapshot(payload: Uint8Array): ContextsReport<Context> {
  const wire = decodeMessage(ContextsSnapshotSchema, payload, bounds)
  return {
    claimId: wire.claimId,
    nodeId: uuidOf(wire.nodeId, 'A node id') as NodeId,
    versionHash: wire.version,
    contexts: wire.contexts.filter((context) => isNamed(context) && !context.deleted).map(decodeContext),
  }
}

export function decodeContextsUpdated(payload: Uint8Array): ContextsReport<ContextChange> {
  const wire = decodeMessage(ContextsUpdatedSchema, payload, bounds)
  return {
    claimId: wire.claimId,
    nodeId: uuidOf(wire.nodeId, 'A node id') as NodeId,
    versionHash: wire.versionHash,
    contexts: wire.contextUpdates.filter(isNamed).map((context) => Object.assign(decodeContext(context), { deleted: context.deleted })),
  }
}

/** A context whose id cannot be a key is left out; the hashes then differ, which is the truth. */
function isNamed({ id }: ContextUpdated): boolean {
  return id !== '' && id.length <= linkLimits.nameChars
}

function decodeContext(wire: ContextUpdated): Context {
  return {
    id: wire.id,
    version: wire.version,
    firstEntryS: wire.firstEntry,
    lastEntryS: wire.lastEntry,
    title: cut(wire.title),
    priority: Number(wire.priority > 0xffff_ffffn ? 0xffff_ffffn : wire.priority),
    chartType: cut(wire.chartType, linkLimits.nameChars),
    units: cut(wire.units, linkLimits.nameChars),
    family: cut(wire.family, linkLimits.nameChars),
  }
}

import { create, toBinary } from '@bufbuild/protobuf'
import type { DescMessage } from '@bufbuild/protobuf'
import {
  AlarmLogEntrySchema,
  AlarmSnapshotSchema,
  ContextsSnapshotSchema,
  ContextsUpdatedSchema,
  CreateNodeInstanceSchema,
  ProvideAlarmConfigurationSchema,
  UpdateAgentConnectionSchema,
  UpdateNodeCollectorsSchema,
  UpdateNodeInfoSchema,
  UpdateNodeInstanceConnectionSchema,
} from '../../../src/aclk/messages/index.ts'
import { fieldPaths, onlyAllowed, type ManifestFields } from '../../../src/aclk/egress/manifest-form.ts'
import { linkLimits } from '../../../src/aclk/limits.ts'
import type { TopicName } from '../../../src/aclk/topics/topics.ts'
import type { ClaimId } from '../../../src/domain/ids.ts'
import type { Clock } from '../../../src/support/clock.ts'
import { decodeMessage, type MessageBounds } from '../decode/decode-message.ts'
import type { ClaimedAgent, EgressEvents } from '../ports.ts'
import type { EgressStatement } from './read-statement.ts'

/** Refused fields of one agent, by message and path. */
export type RefusedCounts = Readonly<Record<string, number>>

/** Holds what agents send against what their owners allowed. */
export interface EgressWatch {
  /** A claim brought a statement. Resolves when it is kept. */
  tell(agent: ClaimedAgent, statement: EgressStatement): Promise<void>
  /** The message without the fields its owner did not allow; the same bytes when there are none, or when nobody was asked (stock agents). */
  admit(agent: ClaimedAgent, topic: TopicName, payload: Buffer): Promise<Buffer>
  /** What was refused of a claim since the start. */
  refused(claimId: ClaimId): RefusedCounts
}

const hourMs = 3_600_000
/** Claims whose lists and counts are held at once. */
const heldMax = 20_000

const bulk = (field: number, count: number): MessageBounds => ({ bytes: linkLimits.bulkMessageBytes, repeated: { field, count } })
const small: MessageBounds = { bytes: linkLimits.smallMessageBytes }

/** The messages of agents that bring manifests, in the bounds their decoders have. */
const messages: Partial<Record<TopicName, readonly [schema: DescMessage, bounds: MessageBounds]>> = {
  'agent-connection': [UpdateAgentConnectionSchema, small],
  'create-node-instance': [CreateNodeInstanceSchema, small],
  'node-instance-connection': [UpdateNodeInstanceConnectionSchema, small],
  'node-instance-info': [UpdateNodeInfoSchema, small],
  'node-instance-collectors': [UpdateNodeCollectorsSchema, small],
  'contexts-snapshot': [ContextsSnapshotSchema, bulk(1, linkLimits.contexts)],
  'contexts-updated': [ContextsUpdatedSchema, bulk(1, linkLimits.contexts)],
  'alarm-log': [AlarmLogEntrySchema, small],
  'alarm-log-v2': [AlarmLogEntrySchema, small],
  'alarm-snapshot': [AlarmSnapshotSchema, bulk(7, linkLimits.alerts)],
  'alarm-snapshot-v2': [AlarmSnapshotSchema, bulk(7, linkLimits.alerts)],
  'alarm-config': [ProvideAlarmConfigurationSchema, small],
}

export function createEgressWatch({ events, clock }: { readonly events: EgressEvents; readonly clock: Clock }): EgressWatch {
  const lists = new Map<ClaimId, Promise<ManifestFields | undefined>>()
  const counts = new Map<ClaimId, Map<string, { count: number; toldMs: number }>>()

  function listOf(agent: ClaimedAgent): Promise<ManifestFields | undefined> {
    const held = lists.get(agent.claimId)
    if (held !== undefined) return held
    const read = events.manifestOf(agent)
    hold(lists, agent.claimId, read)
    // A list that could not be read is read again: without it nothing may be let through.
    read.catch(() => lists.delete(agent.claimId))
    return read
  }

  function note(agent: ClaimedAgent, field: string): void {
    const own = counts.get(agent.claimId) ?? new Map<string, { count: number; toldMs: number }>()
    if (!counts.has(agent.claimId)) hold(counts, agent.claimId, own)
    const nowMs = clock.monotonicMs()
    const known = own.get(field)
    own.set(field, { count: (known?.count ?? 0) + 1, toldMs: known === undefined || nowMs - known.toldMs >= hourMs ? nowMs : known.toldMs })
    if (known === undefined || nowMs - known.toldMs >= hourMs) events.refused(agent, field)
  }

  return {
    async tell(agent, said) {
      await events.told(agent, said)
      hold(lists, agent.claimId, Promise.resolve(said.fields))
    },
    async admit(agent, topic, payload) {
      const list = await listOf(agent)
      const [schema, bounds] = messages[topic] ?? []
      if (list === undefined || schema === undefined || bounds === undefined) return payload
      let wire: object
      try {
        wire = decodeMessage(schema, payload, bounds)
      } catch {
        // The decoder says why, where it is counted.
        return payload
      }
      const said = present(wire)
      const allowed = new Set(Object.hasOwn(list, schema.typeName) ? list[schema.typeName] : [])
      if (fieldPaths(said).every((path) => allowed.has(path))) return payload
      const kept = onlyAllowed(
        said,
        (path) => allowed.has(path),
        (path) => note(agent, `${schema.typeName} ${path}`),
      )
      return Buffer.from(toBinary(schema, create(schema, kept)))
    },
    refused: (claimId) => Object.fromEntries([...(counts.get(claimId) ?? [])].map(([field, { count }]) => [field, count])),
  }
}

/** What a decoded message really says: members at their default were not sent. Texts and lists of members are looked into, two levels deep. */
function present(message: object, depth = 0): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(message).flatMap(([name, value]): [string, unknown][] => {
      if (name.startsWith('$') || isDefault(value)) return []
      if (depth > 0) return [[name, value]]
      if (Array.isArray(value)) return [[name, value.map((each: unknown) => (isMessage(each) ? present(each, 1) : each))]]
      return [[name, isMessage(value) && groups.has(name) ? present(value, 1) : value]]
    }),
  )
}

const groups = new Set(['data', 'config'])
const isMessage = (value: unknown): value is object => typeof value === 'object' && value !== null && '$typeName' in value

function isDefault(value: unknown): boolean {
  if (value === undefined || value === '' || value === 0 || value === 0n || value === false) return true
  if (Array.isArray(value) || value instanceof Uint8Array) return value.length === 0
  return typeof value === 'object' && value !== null && !isMessage(value) && Object.keys(value).length === 0
}

function hold<Value>(held: Map<ClaimId, Value>, claimId: ClaimId, value: Value): void {
  held.delete(claimId)
  held.set(claimId, value)
  for (const oldest of held.keys()) {
    if (held.size <= heldMax) break
    held.delete(oldest)
  }
}

import type { DescMessage, MessageInitShape, MessageShape } from '@bufbuild/protobuf'
import { create, fromBinary, toBinary } from '@bufbuild/protobuf'
import { createLocalBus } from '../../../cloud/bus/local/local-bus.ts'
import { createCounters } from '../../../cloud/gateway/counters.ts'
import { createTwins } from '../../../cloud/gateway/link/twins.ts'
import type { AgentPublish } from '../../../cloud/gateway/link/link-session.ts'
import type { ClaimedAgent } from '../../../cloud/gateway/ports.ts'
import { createQuietWarn } from '../../../cloud/gateway/quiet-warn.ts'
import { AgentSession } from '../../../cloud/gateway/session/agent-session.ts'
import { createAskedConfigs } from '../../../cloud/gateway/session/asked-configs.ts'
import { createUnsettled } from '../../../cloud/gateway/session/unsettled.ts'
import { createMetadata } from '../../../cloud/metadata/metadata.ts'
import { createPresence } from '../../../cloud/presence/presence.ts'
import type { MetadataStore } from '../../../cloud/store/port.ts'
import {
  CreateNodeInstanceResultSchema,
  CreateNodeInstanceSchema,
  UpdateAgentConnectionSchema,
  UpdateNodeInstanceConnectionSchema,
} from '../../../src/aclk/messages/index.ts'
import type { CommandName, TopicName } from '../../../src/aclk/topics/topics.ts'
import type { MachineGuid, NodeId, PersonId } from '../../../src/domain/ids.ts'
import { silentLog } from '../../../src/support/log.ts'
import { createHandClock } from '../hand-clock.ts'
import { createMemoryStore } from '../stores/memory-store.ts'
import { claimAgent, newUuid } from './metadata-agents.ts'
import { testSeals } from '../stores/test-seals.ts'

/** One connection of an agent: the real session without a socket. What it sends is kept in order. */
export interface LabLink {
  readonly agent: ClaimedAgent
  readonly sessionId: bigint
  readonly session: AgentSession
  /** Commands not yet taken, oldest first. */
  readonly inbox: { readonly name: string; readonly payload: Uint8Array }[]
  tell<Desc extends DescMessage>(name: TopicName, schema: Desc, message: MessageInitShape<Desc>): Promise<unknown>
  /** Takes every command of this name, decoded. */
  take<Desc extends DescMessage>(name: CommandName, schema: Desc): MessageShape<Desc>[]
  reachable(): Promise<void>
  /** Announces a host and answers its node id. */
  announce(machineGuid: MachineGuid, hops: number): Promise<NodeId>
  report(nodeId: NodeId, state: 'live' | 'stale' | 'gone', hops: number): Promise<void>
}

/** The gateway's sessions on the real metadata, presence and bus, with a clock in the hand. */
export async function openSessionLab({
  graceMs = 60_000,
  staleGraceMs = 30_000,
  wrap = (store) => store,
}: { graceMs?: number; staleGraceMs?: number; wrap?: (store: MetadataStore) => MetadataStore } = {}) {
  const clock = createHandClock()
  const store = wrap(createMemoryStore(clock))
  const metadata = createMetadata({ store, seals: testSeals, clock, log: silentLog })
  const { spaceId } = await metadata.spaces.ensureFirst({ name: 'Lab', adminPersonId: newUuid<PersonId>() })
  const presence = createPresence({ clock, graceMs, staleGraceMs, log: silentLog })
  const bus = createLocalBus()
  const counters = createCounters()
  const twins = createTwins()
  const { claims, nodes, contexts, alerts } = metadata
  const shared = {
    clock,
    warn: createQuietWarn({ log: silentLog, clock }),
    counters,
    ports: { claims, nodes, contexts, alerts },
    presence,
    bus,
    askedConfigs: createAskedConfigs({ clock }),
    unsettled: createUnsettled(),
    isDouble: (agent: ClaimedAgent) => twins.isDouble(agent),
  }

  const connect = (agent: ClaimedAgent, sessionId: bigint, wasLongAway = false): LabLink => {
    const { claimId } = agent
    const inbox: LabLink['inbox'] = []
    let packetId = 0
    const handle = async (publish: AgentPublish): Promise<void> => void (await session.handle(publish))
    const again: AgentPublish[] = []
    const send = (topic: string, payload: Uint8Array) => {
      inbox.push({ name: topic.split('/').at(-1) ?? '', payload })
      return true
    }
    const session = new AgentSession(
      shared,
      {
        send,
        ask: send,
        resubmit: (publish) => void again.push(publish),
        release: () => {},
      },
      agent,
      wasLongAway,
    )
    const tell: LabLink['tell'] = async (name, schema, message) => {
      packetId += 1
      await handle({ name, payload: Buffer.from(toBinary(schema, create(schema, message))), packetId })
      for (const publish of again.splice(0)) await handle(publish)
    }
    const take: LabLink['take'] = (name, schema) => {
      const taken = inbox.filter((command) => command.name === name)
      for (const command of taken) inbox.splice(inbox.indexOf(command), 1)
      return taken.map(({ payload }) => fromBinary(schema, payload))
    }
    return {
      agent,
      sessionId,
      session,
      inbox,
      tell,
      take,
      reachable: async () => void (await tell('agent-connection', UpdateAgentConnectionSchema, { claimId, sessionId, reachable: true })),
      async announce(machineGuid, hops) {
        await tell('create-node-instance', CreateNodeInstanceSchema, { claimId, machineGuid, hostname: `host-${machineGuid}`, hops })
        const [result] = take('CreateNodeInstanceResult', CreateNodeInstanceResultSchema)
        if (result === undefined) throw new Error('the host was not given a node id')
        return result.nodeId as NodeId
      },
      async report(nodeId, state, hops) {
        const says = { liveness: state === 'live', queryable: state !== 'gone' }
        await tell('node-instance-connection', UpdateNodeInstanceConnectionSchema, { claimId, nodeId, sessionId, hops, ...says })
      },
    }
  }

  return {
    clock,
    store,
    metadata,
    spaceId,
    presence,
    bus,
    counters,
    twins,
    connect,
    claim: (machineGuid?: MachineGuid) => claimAgent(metadata, spaceId, machineGuid === undefined ? {} : { machineGuid }),
  }
}

export type SessionLab = Awaited<ReturnType<typeof openSessionLab>>

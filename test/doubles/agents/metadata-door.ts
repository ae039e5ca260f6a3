import { createMetadata, type Metadata } from '../../../cloud/metadata/metadata.ts'
import type { ClaimedAgent } from '../../../cloud/gateway/ports.ts'
import type { MetadataStore } from '../../../cloud/store/port.ts'
import type { ClaimId, PersonId, SpaceId } from '../../../src/domain/ids.ts'
import { silentLog } from '../../../src/support/log.ts'
import { openGatewayDoor, type GatewayDoor } from './gateway-door.ts'
import { createHandClock } from '../hand-clock.ts'
import { linkAgent, type LinkedAgent } from './linked-agent.ts'
import { createMemoryStore } from '../stores/memory-store.ts'
import { newUuid } from './metadata-agents.ts'
import { call, claimBody, standInKey } from './stand-in-agent.ts'
import { testSeals } from '../stores/test-seals.ts'

/** The real gateway on the real metadata, both behind real sockets, over a store in memory. */
export interface MetadataDoor {
  readonly door: GatewayDoor
  readonly metadata: Metadata
  readonly spaceId: SpaceId
  /** Claims a machine under a fresh claim id; answers both. */
  readonly claim: (machineGuid?: string) => Promise<{ claimId: string; machineGuid: string }>
  /** Opens the link of a claim. */
  readonly link: (as: { claimId: string; machineGuid: string }, sessionId?: bigint) => Promise<LinkedAgent>
  readonly agentOf: (claimId: string) => Promise<ClaimedAgent>
}

export async function openMetadataDoor(wrap: (store: MetadataStore) => MetadataStore = (store) => store): Promise<MetadataDoor> {
  const clock = createHandClock()
  const metadata = createMetadata({ store: wrap(createMemoryStore(clock)), seals: testSeals, clock, log: silentLog })
  const { spaceId } = await metadata.spaces.ensureFirst({ name: 'Lab', adminPersonId: newUuid<PersonId>() })
  const { token } = await metadata.claimTokens.issue({ spaceId, roomIds: [], validForMs: 3_600_000_000, uses: 10_000 })
  const { claims, nodes, contexts, alerts } = metadata
  const door = await openGatewayDoor({ claims, nodes, contexts, alerts }, clock)
  const known = new Map<ClaimId, ClaimedAgent>()

  const agentOf = async (claimId: string): Promise<ClaimedAgent> => {
    const agent = (await claims.find(claimId as ClaimId)) ?? (await claims.findSuperseded(claimId as ClaimId))
    if (agent === undefined) throw new Error('there is no such claim')
    known.set(agent.claimId, agent)
    return agent
  }
  return {
    door,
    metadata,
    spaceId,
    agentOf,
    async claim(machineGuid = newUuid()) {
      const claimId = newUuid<string>()
      const body = claimBody({
        claimId,
        machineGuid,
        publicKeyPem: standInKey().publicKeyPem,
        token,
        hostname: `host-${claimId.slice(0, 4)}`,
      })
      const { status, text } = await call(door.port, 'PUT', `/api/v1/spaces/nodes/${claimId}`, body)
      if (status !== 204) throw new Error(`claim answered ${status}: ${text}`)
      return { claimId, machineGuid }
    },
    async link(as, sessionId) {
      await agentOf(as.claimId)
      return linkAgent(door, { token, claims: known }, sessionId === undefined ? { as } : { as, sessionId })
    },
  }
}

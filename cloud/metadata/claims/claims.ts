import { randomUUID } from 'node:crypto'
import type { ClaimId, MachineGuid, NodeId, RoomId, SpaceId } from '../../../src/domain/ids.ts'
import type { Claim } from '../../../src/domain/model.ts'
import { ThroughlineError } from '../../../src/errors/throughline-error.ts'
import type { Clock } from '../../../src/support/clock.ts'
import type { Log } from '../../../src/support/log.ts'
import type { MetadataStore } from '../../store/port.ts'
import { listAll, type ChangeItem } from '../change-item.ts'
import type { ClaimedAgent } from '../claimed-agent.ts'
import { keys, spacePartition } from '../keys.ts'
import { metadataLimits } from '../limits.ts'
import { newNodeContent } from '../nodes/node-record.ts'
import { cleanHostname } from '../text-rules.ts'
import { claimContent, claimOf, machineContent, machineOf } from './claim-record.ts'
import { checkRooms, type TokenScope } from './check-rooms.ts'
import type { TokenUse } from './claim-tokens.ts'

/** A claim request whose shape the gateway has checked (aclk §1.1). */
export interface ClaimRequest {
  readonly claimId: ClaimId
  readonly machineGuid: MachineGuid
  readonly hostname: string
  readonly token: string
  readonly roomIds: readonly string[]
  readonly publicKeyPem: string
}

/** Where claims are made and found (security requirements C1–C5, C8; aclk §1.2). */
export interface Claims {
  /**
   * Ties an agent to the token's space. The same claim id with the same key and machine again is done already and takes no use;
   * with another key it is CLAIM_CONFLICT. Another claim id of a machine known in the space keeps its node and supersedes the
   * claims before. Throws CLAIM_TOKEN_REFUSED, CLAIM_ROOM_INVALID or CLAIM_CONFLICT; repeating repairs whatever a crash left.
   */
  claim(request: ClaimRequest): Promise<void>
  /** The agent of an active claim; undefined alike for unknown, superseded and removed ones. */
  find(claimId: ClaimId): Promise<ClaimedAgent | undefined>
  /** The agent of a claim that a newer one of its machine superseded, for the gateway to see whether it is a machine of its own. */
  findSuperseded(claimId: ClaimId): Promise<ClaimedAgent | undefined>
  /** A superseded claim is active again beside the newer one: its agent proved to be another machine with the same guid. */
  revive(claimId: ClaimId): Promise<void>
  /** What became of a claim that {@link find} does not find, for its owner's eyes only; undefined for one that never was. */
  fate(claimId: ClaimId): Promise<{ readonly spaceId: SpaceId; readonly state: 'removed' | 'superseded' } | undefined>
}

export interface ClaimsDeps {
  readonly store: MetadataStore
  readonly changeItem: ChangeItem
  readonly tokens: TokenUse
  readonly clock: Clock
  readonly log: Log
  /** How many nodes a space may have before no other machine can be claimed; null: as many as fit. */
  readonly nodesMax?: number | null | undefined
}

export function createClaims({ store, changeItem, tokens, clock, log, nodesMax }: ClaimsDeps): Claims {
  const read = async (claimId: ClaimId): Promise<Claim | undefined> => {
    const item = await store.read(keys.claim(claimId))
    return item === undefined ? undefined : claimOf(claimId, item)
  }

  /** Done already, to be made, or refused; what a removed claim was no longer binds anybody. */
  const judge = async (request: ClaimRequest): Promise<{ claim: Claim } | 'make'> => {
    const existing = await read(request.claimId)
    if (existing === undefined || existing.state === 'removed') return 'make'
    if (!isSameAgent(existing, request)) throw conflict()
    const scope = await tokens.scopeOf(request.token)
    if (scope !== undefined && scope.spaceId !== existing.spaceId) throw conflict()
    return existing.state === 'active' ? { claim: existing } : 'make'
  }

  /** Rooms of the token that are still there: one that was deleted since must not come back as a dead id of a node. */
  const livingRooms = async ({ spaceId, roomIds }: TokenScope): Promise<readonly RoomId[]> => {
    const living: RoomId[] = []
    for (const roomId of roomIds) if ((await store.read(keys.room(spaceId, roomId))) !== undefined) living.push(roomId)
    return living
  }

  /** A machine that is known keeps its place, whatever the plan says by now. */
  const checkQuota = async (spaceId: SpaceId, machineGuid: MachineGuid): Promise<void> => {
    if (typeof nodesMax !== 'number' || (await store.read(keys.machine(spaceId, machineGuid))) !== undefined) return
    const nodes = await listAll(store, spacePartition(spaceId), 'node/')
    // Agents stop at a refused token and keep nothing; a conflict would make them take the claim for made (aclk §1.2).
    if (nodes.length >= nodesMax) throw refusedToken('space-full')
  }

  const make = async (request: ClaimRequest): Promise<Claim> => {
    const { claimId, machineGuid, token } = request
    const scope = await tokens.scopeOf(token)
    if (scope === undefined) throw await tokens.refusal(token)
    // A token outlives its space by what it takes to end it.
    if ((await store.read(keys.space(scope.spaceId))) === undefined) throw refusedToken('token-unknown')
    await checkRooms(store, scope, request.roomIds)
    await checkQuota(scope.spaceId, machineGuid)
    await tokens.consume(token, { claimId, machineGuid, exists: async (id) => (await read(id)) !== undefined })

    const { spaceId } = scope
    let nodeId = randomUUID() as string as NodeId
    await changeItem(keys.machine(spaceId, machineGuid), (current) => {
      if (current === undefined) return machineContent(nodeId, [claimId])
      const machine = machineOf(current)
      // A removed machine that is claimed again begins anew: nothing of the old node is mixed with it.
      if (machine.isRemoved !== true) nodeId = machine.nodeId
      return machineContent(nodeId, [...machine.claims.filter((id) => id !== claimId), claimId])
    })

    const claim: Claim = {
      claimId,
      spaceId,
      nodeId,
      machineGuid,
      hostname: cleanHostname(request.hostname),
      publicKeyPem: request.publicKeyPem,
      roomIds: request.roomIds.length > 0 ? (request.roomIds as readonly RoomId[]) : await livingRooms(scope),
      claimedAtMs: clock.nowMs(),
      state: 'active',
    }
    // From this write on the claim is found; everything before it has no effect by itself.
    await changeItem(keys.claim(claimId), (current) => {
      const now = current === undefined ? undefined : claimOf(claimId, current)
      if (now === undefined || now.state === 'removed' || (now.state === 'superseded' && isSameAgent(now, request)))
        return claimContent(claim)
      if (!isSameAgent(now, request) || now.spaceId !== spaceId) throw conflict()
      return undefined
    })
    return claim
  }

  /** What follows a claim that exists: its node, and the end of the claims before it. Repeated by every repeat of the claim. */
  const settle = async (claim: Claim): Promise<void> => {
    await ensureNode(claim)
    const { claimId, machineGuid, spaceId } = claim
    const key = keys.machine(spaceId, machineGuid)
    const item = await store.read(key)
    const claims = item === undefined ? [] : machineOf(item).claims
    const mine = claims.indexOf(claimId)
    // A claim of the machine that began later has retired this one, or will.
    if (mine < 0) return supersede(claimId, claim)
    const forerunners = claims.slice(0, mine)
    if (forerunners.length === 0) return
    for (const forerunner of forerunners) await supersede(forerunner, claim)
    await changeItem(key, (current) => {
      const machine = current === undefined ? undefined : machineOf(current)
      return (
        machine &&
        machineContent(
          machine.nodeId,
          machine.claims.filter((id) => !forerunners.includes(id)),
        )
      )
    })
    log.info('claim_superseded', { claims: forerunners.length })
  }

  const ensureNode = async (claim: Claim): Promise<void> => {
    await changeItem(keys.node(claim.spaceId, claim.nodeId), (current) =>
      newNodeContent(current, { ...claim, createdAtMs: claim.claimedAtMs, instance: undefined }),
    )
  }

  /** Only claims of the same machine in the same space: an id that names a claim elsewhere is not ours to end. */
  const supersede = async (claimId: ClaimId, { machineGuid, spaceId }: Claim): Promise<void> => {
    await changeItem(keys.claim(claimId), (current) => {
      const claim = current === undefined ? undefined : claimOf(claimId, current)
      if (claim === undefined || claim.state !== 'active' || claim.machineGuid !== machineGuid || claim.spaceId !== spaceId)
        return undefined
      return claimContent({ ...claim, state: 'superseded' }, clock.nowMs() + metadataLimits.endedClaimKeptMs)
    })
  }

  const agentOf = async (claimId: ClaimId, state: Claim['state']): Promise<ClaimedAgent | undefined> => {
    const claim = await read(claimId)
    if (claim?.state !== state) return undefined
    const { spaceId, machineGuid, nodeId, publicKeyPem, claimedAtMs } = claim
    return { claimId, spaceId, machineGuid, nodeId, publicKeyPem, claimedAtMs }
  }

  return {
    async claim(request) {
      try {
        const verdict = await judge(request)
        const claim = verdict === 'make' ? await make(request) : verdict.claim
        await settle(claim)
      } catch (cause) {
        if (!(cause instanceof ThroughlineError) || cause.code !== 'CONFLICT') throw cause
        // Agents take any conflict for a claim that stands; this one only lost too many races, and is to be tried again.
        throw new ThroughlineError('STORE_UNAVAILABLE', 'Too many claims at once; try again.', { cause })
      }
    },

    find: (claimId) => agentOf(claimId, 'active'),
    findSuperseded: (claimId) => agentOf(claimId, 'superseded'),

    async revive(claimId) {
      const claim = await read(claimId)
      if (claim?.state !== 'superseded') return
      let isKnown = false
      // Before the newer ones: the machine's next claim retires it, and a repeat of theirs does.
      await changeItem(keys.machine(claim.spaceId, claim.machineGuid), (current) => {
        const machine = current === undefined ? undefined : machineOf(current)
        isKnown = machine !== undefined && machine.isRemoved !== true && machine.nodeId === claim.nodeId
        if (machine === undefined || !isKnown || machine.claims.includes(claimId)) return undefined
        return machineContent(machine.nodeId, [claimId, ...machine.claims])
      })
      if (!isKnown) return
      await changeItem(keys.claim(claimId), (current) => {
        const now = current === undefined ? undefined : claimOf(claimId, current)
        return now?.state === 'superseded' ? claimContent({ ...now, state: 'active' }) : undefined
      })
      log.info('claim_revived', { claimId })
    },

    async fate(claimId) {
      const claim = await read(claimId)
      return claim === undefined || claim.state === 'active' ? undefined : { spaceId: claim.spaceId, state: claim.state }
    },
  }
}

function isSameAgent(claim: Claim, request: ClaimRequest): boolean {
  return claim.machineGuid === request.machineGuid && keyText(claim.publicKeyPem) === keyText(request.publicKeyPem)
}

/** Agents write the same key with other line ends (aclk §1.1: curl removes them). */
function keyText(pem: string): string {
  return pem.replaceAll(/\s+/g, '')
}

/** In the words of every refused token; the detail is for the owner of the space. */
function refusedToken(detail: 'space-full' | 'token-unknown'): ThroughlineError {
  return new ThroughlineError('CLAIM_TOKEN_REFUSED', 'The claim token is expired, used up, revoked or unknown.', { detail })
}

function conflict(): ThroughlineError {
  return new ThroughlineError('CLAIM_CONFLICT', 'This claim id is claimed already with another key.')
}

import type { ClaimId, MachineGuid, NodeId, RoomId, SpaceId } from '../../../src/domain/ids.ts'
import type { Claim } from '../../../src/domain/model.ts'
import type { StoredItem } from '../../store/port.ts'
import type { ItemContent } from '../change-item.ts'

/** What a claim item holds: a claim without its id, which is its key. */
type ClaimRecord = {
  spaceId: SpaceId
  nodeId: NodeId
  machineGuid: MachineGuid
  hostname: string
  publicKeyPem: string
  roomIds: RoomId[]
  claimedAtMs: number
  state: Claim['state']
}

/** The content of a claim's item; one that has ended goes by itself at `untilMs`. */
export function claimContent({ claimId: _claimId, ...claim }: Claim, untilMs?: number): ItemContent {
  const data: ClaimRecord = { ...claim, roomIds: [...claim.roomIds] }
  return { kind: 'claim', data, ...(untilMs === undefined ? {} : { expiresAtMs: untilMs }) }
}

/** The claim an item holds. */
export function claimOf(claimId: ClaimId, item: StoredItem): Claim {
  return { claimId, ...(item.data as ClaimRecord) }
}

/**
 * Which node a machine is in a space, and its claims that are not yet retired, oldest first: a claim enters the list before it
 * exists and its forerunners leave it after they were superseded, so that a crash between any two writes leaves work that the
 * next claim of the machine finds and finishes.
 */
export type MachineRecord = { nodeId: NodeId; claims: ClaimId[]; isRemoved?: true }

/** The content of a machine's item. */
export function machineContent(nodeId: NodeId, claims: readonly ClaimId[]): ItemContent {
  return { kind: 'machine-guid', data: { nodeId, claims: [...claims] } satisfies MachineRecord }
}

/**
 * What is left of a machine whose node was removed, until then: a parent that still streams it does not bring it back at once.
 * A claim of the machine itself ends it.
 */
export function removedMachineContent({ nodeId, claims }: MachineRecord, untilMs: number): ItemContent {
  return { kind: 'machine-guid', data: { nodeId, claims, isRemoved: true } satisfies MachineRecord, expiresAtMs: untilMs }
}

/** The machine an item holds. */
export function machineOf(item: StoredItem): MachineRecord {
  return item.data as MachineRecord
}

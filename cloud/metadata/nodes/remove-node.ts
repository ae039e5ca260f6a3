import type { ClaimId, MachineGuid, NodeId, SpaceId } from '../../../src/domain/ids.ts'
import type { Claim } from '../../../src/domain/model.ts'
import type { Clock } from '../../../src/support/clock.ts'
import type { Log } from '../../../src/support/log.ts'
import type { MetadataStore, StoredItem } from '../../store/port.ts'
import { listAll, type ChangeItem } from '../change-item.ts'
import { claimContent, claimOf, machineOf, removedMachineContent } from '../claims/claim-record.ts'
import { keys, spacePartition } from '../keys.ts'
import { metadataLimits } from '../limits.ts'
import { nodeRecordOf } from './node-record.ts'
import type { Ownership } from './ownership.ts'

/** What was removed: enough to cut the links, nothing more. */
export interface RemovedNode {
  readonly nodeId: NodeId
  readonly hostname: string
  /** The claims of the machine itself, which no longer open a link. Claims of parents that streamed it go on. */
  readonly claimIds: readonly ClaimId[]
}

export interface NodeRemovalDeps {
  readonly store: MetadataStore
  readonly changeItem: ChangeItem
  readonly ownership: Ownership
  readonly clock: Clock
  readonly log: Log
}

/** Sweeps are repeated while something that was on its way still lands behind them. */
const sweepsMax = 3

/**
 * Takes a node out of its space: first what lets it in, then what is known of it, the node itself last, so that a crash between
 * two writes leaves a node that can be removed again. Answers undefined for a node that is not in the space.
 */
export function createNodeRemoval({ store, changeItem, ownership, clock, log }: NodeRemovalDeps) {
  const drop = async (item: StoredItem): Promise<void> => {
    let current: StoredItem | undefined = item
    while (current !== undefined && !(await store.remove(current, current.revision))) current = await store.read(current)
  }

  /** The claims of the machine itself: those its item lists, and those the node was reported through. */
  const claimsOf = async (spaceId: SpaceId, nodeId: NodeId, machineGuid: MachineGuid, seen: readonly ClaimId[]): Promise<ClaimId[]> => {
    const machine = await store.read(keys.machine(spaceId, machineGuid))
    const own: ClaimId[] = []
    for (const claimId of new Set([...(machine === undefined ? [] : machineOf(machine).claims), ...seen])) {
      const item = await store.read(keys.claim(claimId))
      const claim = item && claimOf(claimId, item)
      if (claim?.spaceId === spaceId && claim.nodeId === nodeId && claim.machineGuid === machineGuid) own.push(claimId)
    }
    return own
  }

  /** A removed claim keeps whose it was, so that a return can be explained to its owner; key, name and rooms go. */
  const endClaim = (claimId: ClaimId, spaceId: SpaceId, nodeId: NodeId) =>
    changeItem(keys.claim(claimId), (current) => {
      const claim = current && claimOf(claimId, current)
      if (claim?.spaceId !== spaceId || claim.nodeId !== nodeId || claim.state === 'removed') return undefined
      const ended: Claim = { ...claim, hostname: '', publicKeyPem: '', roomIds: [], state: 'removed' }
      return claimContent(ended, clock.nowMs() + metadataLimits.endedClaimKeptMs)
    })

  const sweep = async (spaceId: SpaceId, nodeId: NodeId): Promise<void> => {
    for (let sweeps = 0; sweeps < sweepsMax; sweeps++) {
      const partition = spacePartition(spaceId)
      const found: StoredItem[] = []
      for (const prefix of [
        `contexts/${nodeId}/`,
        `alerts/${nodeId}/`,
        `egress/${nodeId}/`,
        keys.toldAlerts(spaceId, nodeId).sort,
        keys.nodeTale(spaceId, nodeId).sort,
      ])
        found.push(...(await listAll(store, partition, prefix)))
      if (found.length === 0) return
      for (const item of found) await drop(item)
    }
  }

  return async (spaceId: SpaceId, nodeId: NodeId): Promise<RemovedNode | undefined> => {
    const item = await store.read(keys.node(spaceId, nodeId))
    if (item === undefined) return undefined
    const { machineGuid, hostname, instances } = nodeRecordOf(item)
    const seen = instances.map(([claimId]) => claimId)
    const untilMs = clock.nowMs() + metadataLimits.removedMachineMs
    // From here on a claim of the machine makes a node of its own, which this removal leaves alone.
    await changeItem(keys.machine(spaceId, machineGuid), (current) => {
      const machine = current === undefined ? { nodeId, claims: [] } : machineOf(current)
      return machine.nodeId === nodeId ? removedMachineContent(machine, untilMs) : undefined
    })
    const claimIds = await claimsOf(spaceId, nodeId, machineGuid, seen)
    for (const claimId of claimIds) await endClaim(claimId, spaceId, nodeId)
    ownership.forget(nodeId)
    await sweep(spaceId, nodeId)
    const node = await store.read(keys.node(spaceId, nodeId))
    if (node !== undefined) await drop(node)
    await sweep(spaceId, nodeId)
    log.info('node_removed', { nodeId, claims: claimIds.length })
    return { nodeId, hostname, claimIds }
  }
}

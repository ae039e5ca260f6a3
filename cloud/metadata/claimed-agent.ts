import type { ClaimId, MachineGuid, NodeId, SpaceId } from '../../src/domain/ids.ts'

/** A claimed agent as the connection's ownership table knows it (security requirement P1); nothing of it comes from a payload. */
export interface ClaimedAgent {
  readonly claimId: ClaimId
  readonly spaceId: SpaceId
  readonly machineGuid: MachineGuid
  readonly nodeId: NodeId
  readonly publicKeyPem: string
  /** Which of several claims of one machine is the newer. */
  readonly claimedAtMs?: number
}

import type { AlertConfigHash, BoardId, ChannelId, ClaimId, MachineGuid, NodeId, RoomId, SilenceId, SpaceId } from '../../src/domain/ids.ts'
import type { ItemKey } from '../store/port.ts'

/** Where each item lies. A space is one partition; what is asked for without knowing the space has a partition of its own. */
export const keys = {
  installation: { partition: 'installation', sort: 'installation' },
  space: (spaceId: SpaceId): ItemKey => inSpace(spaceId, 'space'),
  room: (spaceId: SpaceId, roomId: RoomId): ItemKey => inSpace(spaceId, `room/${roomId}`),
  board: (spaceId: SpaceId, boardId: BoardId): ItemKey => inSpace(spaceId, `board/${boardId}`),
  channel: (spaceId: SpaceId, channelId: ChannelId): ItemKey => inSpace(spaceId, `channel/${channelId}`),
  silence: (spaceId: SpaceId, silenceId: SilenceId): ItemKey => inSpace(spaceId, `silence/${silenceId}`),
  roster: (spaceId: SpaceId): ItemKey => inSpace(spaceId, 'roster'),
  machine: (spaceId: SpaceId, machineGuid: MachineGuid): ItemKey => inSpace(spaceId, `guid/${machineGuid}`),
  node: (spaceId: SpaceId, nodeId: NodeId): ItemKey => inSpace(spaceId, `node/${nodeId}`),
  contexts: (spaceId: SpaceId, nodeId: NodeId, claimId: ClaimId): ItemKey => inSpace(spaceId, `contexts/${nodeId}/${claimId}`),
  sheet: (spaceId: SpaceId, sheetId: string): ItemKey => inSpace(spaceId, `sheet/${sheetId}`),
  alerts: (spaceId: SpaceId, nodeId: NodeId, claimId: ClaimId): ItemKey => inSpace(spaceId, `alerts/${nodeId}/${claimId}`),
  toldAlerts: (spaceId: SpaceId, nodeId: NodeId): ItemKey => inSpace(spaceId, `told/${nodeId}`),
  egressManifest: (spaceId: SpaceId, nodeId: NodeId, claimId: ClaimId): ItemKey => inSpace(spaceId, `egress/${nodeId}/${claimId}`),
  nodeTale: (spaceId: SpaceId, nodeId: NodeId): ItemKey => inSpace(spaceId, `tale/${nodeId}`),
  alertConfig: (spaceId: SpaceId, hash: AlertConfigHash): ItemKey => inSpace(spaceId, `alert-config/${hash}`),
  claim: (claimId: ClaimId): ItemKey => ({ partition: `claim/${claimId}`, sort: 'claim' }),
  claimTokens: (spaceId: SpaceId): ItemKey => inSpace(spaceId, 'claim-tokens'),
  claimToken: (tokenHash: string): ItemKey => ({ partition: `claim-token/${tokenHash}`, sort: 'claim-token' }),
} as const

/** The partition of a space. */
export function spacePartition(spaceId: SpaceId): string {
  return `space/${spaceId}`
}

function inSpace(spaceId: SpaceId, sort: string): ItemKey {
  return { partition: spacePartition(spaceId), sort }
}

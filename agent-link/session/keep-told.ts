import type { ClaimId, NodeId } from '../../src/domain/ids.ts'
import type { Clock } from '../../src/support/clock.ts'
import type { Log } from '../../src/support/log.ts'
import { createKeptFile } from '../kept-file.ts'
import { readFileIfAny } from '../claim/claim-files.ts'
import { readTold, writeTold } from './told-alerts.ts'
import type { ToldAlerts } from './told-alerts.ts'

/** Where it is kept in the agent's folder. */
export const toldFileName = 'alerts-told.json'

/**
 * Keeps what the cloud was told of alerts, so that a restart tells nothing twice and loses nothing. A file that cannot be read or
 * written costs a repeat under the same ids and nothing else, so that is logged and not thrown.
 */
export async function keepTold({
  folder,
  claim,
  clock,
  log,
}: {
  readonly folder: string
  readonly claim: { readonly claimId: ClaimId; readonly nodeId: NodeId | undefined }
  readonly clock: Clock
  readonly log: Log
}) {
  const file = createKeptFile({ folder, name: toldFileName, clock, log })
  let nodeId = claim.nodeId
  const text = nodeId === undefined ? undefined : await readFileIfAny(folder, toldFileName).catch(() => undefined)
  return {
    earlier: text === undefined || nodeId === undefined ? undefined : readTold({ claimId: claim.claimId, nodeId }, text),
    /** The node was given an id: what is told from now on is told under it. */
    setNodeId: (given: NodeId) => void (nodeId = given),
    keep(told: () => ToldAlerts): void {
      const by = nodeId
      if (by !== undefined) file.keep(() => writeTold({ claimId: claim.claimId, nodeId: by }, told()))
    },
    /** Writes what is due. */
    stop: () => file.stop(),
  }
}

import type { ClearErased } from '../../cloud/backup/ports.ts'
import { ensureLedgerKey, openLedger, replayLedger } from '../../cloud/privacy/ledger.ts'
import type { MetadataStore } from '../../cloud/store/port.ts'
import type { Config } from '../config/read-config.ts'
import type { Clock } from '../support/clock.ts'
import type { Log } from '../support/log.ts'
import { keysFolder } from './keys-folder.ts'

/** What takes everybody out of a restored copy who was erased since (D4); it answers how many rows that were. */
export async function clearErasedOf(
  config: Config,
  apart: MetadataStore,
  { clock, log }: { clock: Clock; log: Log },
): Promise<ClearErased> {
  const ledger = await openLedger({ apart, key: ensureLedgerKey(keysFolder(config)), clock, log })
  // One look is enough: a restore is over in minutes, and the next start compares once more.
  ledger.close()
  return async (store) => {
    const { erased, unnamed } = await replayLedger(store, ledger)
    return erased + unnamed
  }
}

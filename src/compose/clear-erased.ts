import type { ClearErased } from '../../cloud/backup/ports.ts'
import type { MetadataStore } from '../../cloud/store/port.ts'
import type { Config } from '../config/read-config.ts'
import type { Clock } from '../support/clock.ts'
import type { Log } from '../support/log.ts'

/** What takes everybody out of a restored copy who was erased since (D4). */
export async function clearErasedOf(_config: Config, _apart: MetadataStore, _deps: { clock: Clock; log: Log }): Promise<ClearErased> {
  return async () => 0
}

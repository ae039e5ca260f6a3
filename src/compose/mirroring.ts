import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { createProcessSink } from '../../cloud/mirror/duckdb/process-sink.ts'
import { createLazySink } from '../../cloud/mirror/lazy-sink.ts'
import { createMirror, type Mirror } from '../../cloud/mirror/mirror.ts'
import { openChangeLog } from '../../cloud/mirror/outbox/change-log.ts'
import type { MirrorSink } from '../../cloud/mirror/ports.ts'
import { openPseudonyms } from '../../cloud/mirror/rows/pseudonyms.ts'
import type { MetadataStore } from '../../cloud/store/port.ts'
import type { Config } from '../config/read-config.ts'
import type { Clock } from '../support/clock.ts'
import type { Log } from '../support/log.ts'
import { keysFolder } from './keys-folder.ts'

/** Where the log of changes lies. */
export const outboxFolder = (config: Config) => join(config.dataFolder, 'outbox')
/** Where the embedded mirror lies. */
export const mirrorFile = (config: Config) => join(config.dataFolder, 'mirror.duckdb')

/** A remote table is looked at less often, and its index lags behind its writes. */
const remote = { noteEveryMs: 10_000, storeLagMs: 3_000 }

/** The log of changes and the mirror of the settings; it stands still until it is started. Throws KEYS_UNAVAILABLE. */
export async function openMirror(config: Config, { raw, clock, log }: { raw: MetadataStore; clock: Clock; log: Log }): Promise<Mirror> {
  // A file that no deletion follows any more must not stay.
  if (config.mirror !== 'duckdb') for (const end of ['', '.wal']) await rm(`${mirrorFile(config)}${end}`, { force: true })
  const pseudonym = await openPseudonyms(keysFolder(config))
  const changeLog = await openChangeLog({ folder: outboxFolder(config), clock, log })
  const sink = sinkOf(config, clock, log)
  return createMirror({ store: raw, changeLog, sink, pseudonym, clock, log, ...(config.store === 'dynamodb' ? remote : {}) })
}

function sinkOf(config: Config, clock: Clock, log: Log): MirrorSink | undefined {
  if (config.mirror === 'off') return undefined
  if (config.mirror === 'duckdb') return createProcessSink({ path: mirrorFile(config), clock })
  const { bigQueryProject: project = '', bigQueryDataset: dataset, bigQueryLocation: location, bigQueryEndpoint } = config
  return createLazySink('bigquery', async () => {
    const { createBigQuerySink } = await import('../../cloud/mirror/bigquery/bigquery-sink.ts')
    const endpoint = bigQueryEndpoint === undefined ? {} : { endpoint: bigQueryEndpoint }
    return createBigQuerySink({ project, dataset, location, ...endpoint, clock, log })
  })
}

import { join } from 'node:path'
import { refuseHalfRestored } from '../../cloud/backup/restore-mark.ts'
import { sealOlderItems } from '../../cloud/seals/older.ts'
import type { Resealed } from '../../cloud/seals/reseal.ts'
import type { MetadataStore } from '../../cloud/store/port.ts'
import { compactSqlite } from '../../cloud/store/sqlite/compact.ts'
import type { Config } from '../config/read-config.ts'
import type { Clock } from '../support/clock.ts'
import { silentLog, type Log } from '../support/log.ts'
import { openApart, openStore } from './kept.ts'
import { ensureKeysFolder } from './keys-folder.ts'
import { openSealing, sealingWords } from './sealing.ts'

interface Deps {
  readonly clock: Clock
  readonly log?: Log
}

/** What was sealed, and whether the file of the data gave its free pages back (undefined: it is no file). */
export interface SealedOlder extends Resealed {
  readonly isCompact: boolean | undefined
}

/**
 * Seals what an older version left in the open and takes away what has expired, also beside a running cloud. May be repeated; the
 * second time there is nothing to do. Throws DATA_FOLDER_UNUSABLE, KEYS_UNAVAILABLE, STORE_UNAVAILABLE.
 */
export async function sealOlder(config: Config, tell: (line: string) => void, { clock, log = silentLog }: Deps): Promise<SealedOlder> {
  const raw = await openStore(config, clock, log)
  let sealed: Resealed = { seen: 0, written: 0, broken: 0, watched: 0 }
  try {
    await refuseHalfRestored(raw)
    // A store with nothing in it needs no keys yet.
    const isNew = (await raw.everything({ limit: 1 })).items.length === 0
    if (!isNew) sealed = await sealAll(raw, config, tell, { clock, log })
  } finally {
    await raw.close()
  }
  return { ...sealed, isCompact: config.store === 'sqlite' ? compactSqlite(join(config.dataFolder, 'metadata.db')) : undefined }
}

async function sealAll(raw: MetadataStore, config: Config, tell: (line: string) => void, deps: Required<Deps>): Promise<Resealed> {
  ensureKeysFolder(config)
  const apart = await openApart(config, deps.clock, deps.log)
  try {
    const sealing = await openSealing({ config, raw, apart, words: sealingWords(config), ...deps })
    const { ring, seals } = sealing
    try {
      return await sealOlderItems({ raw, ring, seals, clock: deps.clock, tell: (seen) => tell(`${seen} items are looked at.`) })
    } finally {
      sealing.close()
    }
  } finally {
    await apart.close()
  }
}

import { existsSync, mkdirSync, readdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { createAudit } from '../../cloud/audit/audit.ts'
import { restoreBackup, type Restored } from '../../cloud/backup/restore.ts'
import { installationMark } from '../../cloud/seals/installation-id.ts'
import type { ItemKey, MetadataStore } from '../../cloud/store/port.ts'
import type { ItemRestorer } from '../../cloud/store/restorer.ts'
import { createSqliteRestorer } from '../../cloud/store/sqlite/sqlite-restorer.ts'
import { createSqliteStore } from '../../cloud/store/sqlite/sqlite-store.ts'
import type { Config } from '../config/read-config.ts'
import { ThroughlineError } from '../errors/throughline-error.ts'
import type { Clock } from '../support/clock.ts'
import { silentLog, type Log } from '../support/log.ts'
import { bringAuthority, openBackupKeys, openBackups } from './backup-places.ts'
import { clearErasedOf } from './clear-erased.ts'
import { openApart } from './kept.ts'
import { keysFolder } from './keys-folder.ts'

/** Where a backup is restored to: a data folder, or a DynamoDB table. */
export type RestoreTarget = { readonly folder: string } | { readonly table: string }

export interface RestoreOrder {
  readonly name: string
  readonly untilMs: number | undefined
  readonly from: string | undefined
  readonly target: RestoreTarget
  readonly tell: (line: string) => void
}

/** What came back. */
export interface RestoreReport extends Restored {
  /** Settings to start the restored copy with. */
  readonly settings: Readonly<Record<string, string>>
  readonly agents: number
  readonly people: number
}

interface Place {
  readonly restorer: ItemRestorer
  readonly openStore: () => Promise<MetadataStore>
  readonly settings: Readonly<Record<string, string>>
  /** What else a start needs there. */
  readonly finish: () => Promise<void>
}

/**
 * Restores a backup into an empty folder or table, with the changes since and without those who were erased. Throws BACKUP_UNUSABLE,
 * NOT_FOUND, CONFLICT, DATA_FOLDER_UNUSABLE in words; nothing serves from the place before all of it is done.
 */
export async function restoreOrder(config: Config, order: RestoreOrder, deps: { clock: Clock; log?: Log }): Promise<RestoreReport> {
  const { clock, log = silentLog } = deps
  const folder = await openBackups(config, order.from)
  if (config.store === 'sqlite' && !existsSync(join(keysFolder(config), 'apart.db')))
    throw new ThroughlineError(
      'DATA_FOLDER_UNUSABLE',
      `The keys of this installation are not in ${keysFolder(config)}; put the copy of them there that was kept apart from the data.`,
    )
  const apart = await openApart(config, clock, log)
  try {
    const { keys, installationId, close } = await openBackupKeys(config, apart, { clock, log })
    const place = await openPlace(config, order.target, apart, { clock, log })
    try {
      const restored = await restoreBackup(
        {
          folder,
          keys,
          restorer: place.restorer,
          openStore: place.openStore,
          clearErased: await clearErasedOf(config, apart, { clock, log }),
          besides: [installationMark(installationId)],
          beforeServing: place.finish,
          tell: order.tell,
        },
        { name: order.name, untilMs: order.untilMs },
      )
      return { ...restored, settings: place.settings, ...(await tellTale(place, restored.name, { clock, log })) }
    } finally {
      close()
      await place.restorer.close()
    }
  } finally {
    await apart.close()
  }
}

async function openPlace(config: Config, target: RestoreTarget, apart: MetadataStore, deps: { clock: Clock; log: Log }): Promise<Place> {
  const { clock, log } = deps
  if ('folder' in target) {
    if (config.store !== 'sqlite') throw new ThroughlineError('USAGE', 'With THROUGHLINE_STORE=dynamodb name a table: --into-table.')
    const folder = resolve(target.folder)
    checkFolder(folder)
    const path = join(folder, 'metadata.db')
    return {
      restorer: createSqliteRestorer({ path, clock }),
      openStore: async () => createSqliteStore({ path, clock, log }),
      settings: { THROUGHLINE_DATA: folder, THROUGHLINE_KEYS: keysFolder(config) },
      finish: async () => bringAuthority(config, folder),
    }
  }
  if (config.store !== 'dynamodb')
    throw new ThroughlineError('USAGE', 'A table needs THROUGHLINE_STORE=dynamodb; name a folder with --into.')
  const { dynamoEndpoint: endpoint, dynamoRegion: region } = config
  const { createDynamoRestorer } = await import('../../cloud/store/dynamodb/dynamo-restorer.ts')
  const { createDynamoStore } = await import('../../cloud/store/dynamodb/dynamo-store.ts')
  const { migrateDynamo } = await import('../../cloud/store/dynamodb/migrate-dynamo.ts')
  const place = { endpoint, region, table: target.table, clock, log }
  await migrateDynamo(place)
  return {
    restorer: createDynamoRestorer(place),
    openStore: async () => createDynamoStore(place),
    settings: { THROUGHLINE_DYNAMODB_TABLE: target.table },
    finish: async () => {
      if (target.table === config.dynamoTable) return
      // The keys lie in a table that is named after the one of the data.
      const beside = { ...place, table: `${target.table}-apart` }
      await migrateDynamo(beside)
      const to = createDynamoRestorer(beside)
      try {
        let after: ItemKey | undefined
        do {
          const page = await apart.everything(after === undefined ? {} : { after })
          await to.put(page.items)
          after = page.next
        } while (after !== undefined)
      } finally {
        await to.close()
      }
    },
  }
}

/** Refuses a folder with anything in it but what a restore that was stopped left; the mark in the file decides on that. */
function checkFolder(folder: string): void {
  const names = existsSync(folder) ? readdirSync(folder) : []
  const isOurs = (name: string) => name.startsWith('metadata.db') || name === 'tls'
  if (names.length > 0 && (!names.every(isOurs) || !names.includes('metadata.db')))
    throw new ThroughlineError('CONFLICT', `The folder ${folder} is not empty; name one that is, or that is not there yet.`)
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
  } catch (cause) {
    throw new ThroughlineError('DATA_FOLDER_UNUSABLE', `The folder ${folder} cannot be made.`, { cause })
  }
}

/** Who is in the restored copy; that it was restored is the next thing its audit says. */
async function tellTale(place: Place, name: string, { clock, log }: { clock: Clock; log: Log }) {
  const store = await place.openStore()
  try {
    const audit = createAudit({ store, clock, log })
    const subject = { kind: 'backup', id: name } as const
    await audit
      .record({ action: 'backup-restored', spaceId: undefined, personId: undefined, via: 'operator', subject })
      .finally(() => audit.close())
    const counts = { agents: 0, people: 0 }
    let after: ItemKey | undefined
    do {
      const page = await store.everything(after === undefined ? {} : { after })
      for (const { kind, isDeleted } of page.items) {
        if (isDeleted) continue
        if (kind === 'claim') counts.agents++
        if (kind === 'person') counts.people++
      }
      after = page.next
    } while (after !== undefined)
    return counts
  } finally {
    await store.close()
  }
}

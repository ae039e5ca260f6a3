import { rm } from 'node:fs/promises'
import { ThroughlineError } from '../../src/errors/throughline-error.ts'
import type { Clock } from '../../src/support/clock.ts'
import type { BackupFacts } from '../privacy/ports.ts'
import { dataMap } from '../store/data-map/data-map.ts'
import type { ItemKind } from '../store/kinds.ts'
import type { ItemKey, MetadataStore, PendingChange } from '../store/port.ts'
import { expiryOf, type BackupFolder } from './backup-folder.ts'
import type { BackupKeys } from './backup-keys.ts'
import { createItemsWriter, openItems } from './items-file.ts'
import { newFile } from './sealed-file.ts'
import { folderUnusable } from './unusable.ts'

/** Whether items of a kind are in backups: caches, one-time things and what lies apart from the data are not (F9, D1). */
export const isInBackup = (kind: ItemKind): boolean => dataMap[kind].inBackup !== false

export interface TakeDeps {
  /** The items as they lie at rest. */
  readonly source: Pick<MetadataStore, 'everything'>
  readonly folder: BackupFolder
  readonly keys: BackupKeys
  readonly version: string
  readonly keptDays: number
  readonly clock: Clock
  readonly tell?: (line: string) => void
}

const pageItems = 500
/** What must be free besides what the last backup took. */
const spareBytes = 64 * 1024 * 1024
const tellEvery = 100_000

/**
 * Takes a backup: a walk of everything, sealed, read back before it gets its name. A crash leaves a draft that does not count.
 * Throws CONFLICT while another one is taken, DATA_FOLDER_UNUSABLE when there is no room or the folder refuses.
 */
export async function takeBackup(deps: TakeDeps): Promise<BackupFacts> {
  const { folder, clock } = deps
  return folder.alone(clock.nowMs(), async () => {
    await checkRoom(folder)
    const startedAtMs = clock.nowMs()
    const name = folder.nameFor('backup', startedAtMs)
    try {
      const { items, bytes } = await walk(deps, name, startedAtMs)
      await readBack(deps, name)
      await folder.complete(name)
      return { name, takenAtMs: startedAtMs, expiresAtMs: expiryOf(startedAtMs, 0, deps.keptDays), items, bytes }
    } catch (cause) {
      await rm(folder.draftOf(name), { force: true }).catch(() => undefined)
      throw cause instanceof ThroughlineError ? cause : folderUnusable(folder.path, cause)
    }
  })
}

async function walk({ source, folder, keys, version, clock, tell }: TakeDeps, name: string, startedAtMs: number) {
  const file = await newFile(keys, { holds: 'items', takenAtMs: startedAtMs, version })
  const writer = await createItemsWriter(folder.draftOf(name), name, file)
  try {
    let after: ItemKey | undefined
    let seen = 0
    do {
      const page = await source.everything({ limit: pageItems, ...(after === undefined ? {} : { after }) })
      for (const item of page.items) if (isWorthIt(item, startedAtMs)) await writer.add(item)
      if (Math.floor((seen + page.items.length) / tellEvery) > Math.floor(seen / tellEvery)) tell?.(`${seen + page.items.length} items …`)
      seen += page.items.length
      after = page.next
    } while (after !== undefined)
    const { items } = await writer.finish(clock.nowMs())
    return { items, bytes: writer.bytes }
  } finally {
    await writer.close()
  }
}

// What expired is hidden; where its end has to be told to the mirror it goes on lying there until it is.
const isWorthIt = (item: PendingChange, nowMs: number) =>
  isInBackup(item.kind) && (dataMap[item.kind].mirrored || item.expiresAtMs === undefined || item.expiresAtMs > nowMs)

/** A backup that cannot be read is worse than none: it is believed. */
async function readBack({ folder, keys }: TakeDeps, name: string): Promise<void> {
  const reader = await openItems(folder.draftOf(name), name, keys)
  try {
    for await (const _ of reader.items());
  } finally {
    await reader.close()
  }
}

async function checkRoom(folder: BackupFolder): Promise<void> {
  const last = (await folder.backups()).at(-1)?.bytes ?? 0
  const free = await folder.freeBytes()
  if (free < last * 1.5 + spareBytes)
    throw folderUnusable(folder.path, new Error(`only ${free} bytes are free, and the last backup took ${last}`))
}

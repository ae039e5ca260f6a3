import { randomUUID } from 'node:crypto'
import { ThroughlineError } from '../../src/errors/throughline-error.ts'
import type { MetadataStore, PendingChange } from '../store/port.ts'
import type { ItemRestorer } from '../store/restorer.ts'
import type { BackupFolder, FolderEntry } from './backup-folder.ts'
import type { BackupKeys } from './backup-keys.ts'
import { openItems, type BackupEnd } from './items-file.ts'
import type { ClearErased } from './ports.ts'
import { copiedChanges } from './read-copies.ts'
import { replay, type Replayed } from './replay.ts'
import { readRestoreMark, restoreMarkItem, restoreMarkKey } from './restore-mark.ts'
import { isInBackup } from './take-backup.ts'
import { backupUnusable } from './unusable.ts'

export interface RestoreDeps {
  readonly folder: BackupFolder
  readonly keys: BackupKeys
  /** Where it is restored into: nothing but what an unfinished run of the same restore left may lie there. */
  readonly restorer: ItemRestorer
  /** The same place as a store, for what has to be done before it serves. */
  readonly openStore: () => Promise<MetadataStore>
  readonly clearErased: ClearErased
  /** What lies there besides, such as to which keys the data belongs. */
  readonly besides?: readonly PendingChange[]
  /** Done after the copy is cleared, before the mark goes. */
  readonly beforeServing?: () => Promise<void>
  readonly tell?: (line: string) => void
  /** Called with the words of each step, before it; tests stop there. */
  readonly onStep?: (step: string) => void
}

export interface RestoreWish {
  /** The name of a backup, or `latest`: the newest that was finished by `untilMs`. */
  readonly name: string
  /** Undefined: `latest` up to the last copied change, a named one as it was when its walk ended. */
  readonly untilMs: number | undefined
}

export interface Restored extends Replayed {
  readonly name: string
  readonly end: BackupEnd
  /** Up to when the changes are in it. */
  readonly untilMs: number
  /** Whether copies of changes reach back to the walk; without them items that changed during it may not fit together. */
  readonly hasChanges: boolean
  readonly erased: number
}

/** Changes are noted seconds after they are made, and clocks are set: what comes twice does no harm. */
const overlapMs = 10 * 60_000
const itemsAtOnce = 500
const tellEvery = 50_000

/**
 * Restores a backup: everything is checked before anything is written, a mark keeps everybody away until all is done, the changes
 * since are replayed, and whoever was erased meanwhile is taken out (D4). Stopped at any point, the same call again ends the same.
 * Throws BACKUP_UNUSABLE, NOT_FOUND, and CONFLICT when something else lies there or another run took over.
 */
export async function restoreBackup(deps: RestoreDeps, wish: RestoreWish): Promise<Restored> {
  const { folder, keys, restorer, tell = () => {}, onStep = () => {} } = deps
  const entry = await chooseBackup(folder, keys, wish)
  onStep('check')
  tell(`Checking ${entry.name} …`)
  const end = await checkAll(entry, keys)
  const untilMs = wish.untilMs ?? (wish.name === 'latest' ? Number.MAX_SAFE_INTEGER : end.finishedAtMs)
  if (untilMs < end.finishedAtMs)
    throw backupUnusable(entry.name, `its walk ended at ${new Date(end.finishedAtMs).toISOString()}, after the moment that was asked for`)
  const changes = () => copiedChanges(folder, keys, { fromMs: end.startedAtMs - overlapMs, wholeUntilMs: untilMs })
  let copied = 0
  for await (const { item } of changes()) if (isInBackup(item.kind)) copied++

  onStep('mark')
  const stillMine = await mark(restorer, { backup: entry.name, untilMs: wish.untilMs ?? null })
  if (deps.besides !== undefined) await restorer.put(deps.besides)
  onStep('items')
  let written = 0
  for await (const items of batches(entry, keys)) {
    await stillMine()
    await restorer.put(items)
    if (Math.floor((written + items.length) / tellEvery) > Math.floor(written / tellEvery))
      tell(`${written + items.length} of ${end.items} items …`)
    written += items.length
    onStep('items')
  }
  tell(`${written} items are there; replaying ${copied} changes …`)
  const replayed = await replay(restorer, changes(), {
    untilMs,
    onBatch: async () => {
      onStep('changes')
      await stillMine()
    },
  })

  onStep('erased')
  const store = await deps.openStore()
  let erased: number
  try {
    erased = await deps.clearErased(store)
  } finally {
    await store.close()
  }
  await deps.beforeServing?.()
  await stillMine()
  onStep('unmark')
  await restorer.drop(restoreMarkKey)
  const reached = Math.max(end.finishedAtMs, replayed.lastAtMs ?? 0)
  return { name: entry.name, end, untilMs: Math.min(untilMs, reached), hasChanges: copied > 0, erased, ...replayed }
}

async function chooseBackup(folder: BackupFolder, keys: BackupKeys, { name, untilMs }: RestoreWish): Promise<FolderEntry> {
  const all = await folder.backups()
  if (name !== 'latest') {
    const found = all.find((each) => each.name === name)
    if (found === undefined)
      throw new ThroughlineError('NOT_FOUND', `There is no backup ${name} in ${folder.path}; throughline backups lists them.`)
    return found
  }
  for (const entry of [...all].reverse()) {
    if (untilMs === undefined) return entry
    const reader = await openItems(entry.path, entry.name, keys)
    const { finishedAtMs } = await reader.end().finally(() => reader.close())
    if (finishedAtMs <= untilMs) return entry
  }
  const when = untilMs === undefined ? '' : ` that was finished by ${new Date(untilMs).toISOString()}`
  throw new ThroughlineError('NOT_FOUND', `There is no backup${when} in ${folder.path}; throughline backups lists them.`)
}

async function checkAll({ path, name }: FolderEntry, keys: BackupKeys): Promise<BackupEnd> {
  const reader = await openItems(path, name, keys)
  try {
    const walk = reader.items()
    for (;;) {
      const step = await walk.next()
      if (step.done === true) return step.value
    }
  } finally {
    await reader.close()
  }
}

/** Takes the place over; answers a check that nobody else did since. */
async function mark(restorer: ItemRestorer, wish: { backup: string; untilMs: number | null }): Promise<() => Promise<void>> {
  const before = await readRestoreMark(restorer)
  if (before === undefined && !(await restorer.isEmpty()))
    throw new ThroughlineError('CONFLICT', 'There is data already where the backup would be restored to; name an empty folder or table.')
  if (before !== undefined && (before.backup !== wish.backup || before.untilMs !== wish.untilMs))
    throw new ThroughlineError(
      'CONFLICT',
      `There lies a restore of ${before.backup} that did not finish; run that one again, or name another folder or table.`,
    )
  const runId = randomUUID()
  await restorer.put([restoreMarkItem({ ...wish, runId })])
  return async () => {
    if ((await readRestoreMark(restorer))?.runId !== runId)
      throw new ThroughlineError('CONFLICT', 'Another restore into the same place has begun; this one stops.')
  }
}

async function* batches({ path, name }: FolderEntry, keys: BackupKeys): AsyncGenerator<PendingChange[]> {
  const reader = await openItems(path, name, keys)
  try {
    let batch: PendingChange[] = []
    for await (const item of reader.items()) {
      // A backup of an older version may hold what is no longer in backups.
      if (!isInBackup(item.kind)) continue
      batch.push(item)
      if (batch.length < itemsAtOnce) continue
      yield batch
      batch = []
    }
    if (batch.length > 0) yield batch
  } finally {
    await reader.close()
  }
}

import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { createAudit } from '../../cloud/audit/audit.ts'
import { lastCopy } from '../../cloud/backup/read-copies.ts'
import { restoreBackup, type Restored } from '../../cloud/backup/restore.ts'
import { installationMark } from '../../cloud/seals/installation-id.ts'
import { ownerOf } from '../../cloud/store/data-map/owner-of.ts'
import { isLogged } from '../../cloud/store/item-rules.ts'
import type { ItemKey, MetadataStore, PendingChange } from '../../cloud/store/port.ts'
import { placeOf } from '../../cloud/store/restorer.ts'
import { createSqliteRestorer } from '../../cloud/store/sqlite/sqlite-restorer.ts'
import { createSqliteStore } from '../../cloud/store/sqlite/sqlite-store.ts'
import type { Config } from '../config/read-config.ts'
import type { PersonId, SpaceId } from '../domain/ids.ts'
import type { Clock } from '../support/clock.ts'
import { silentLog, type Log } from '../support/log.ts'
import { changeSource, openBackupKeys, openBackups } from './backup-places.ts'
import { clearErasedOf } from './clear-erased.ts'
import { openApart, openKept, type Kept } from './kept.ts'

/** What a drill found. */
export interface DrillReport {
  readonly restored: Restored
  /** What is wrong, each a sentence; empty when the backup can be relied on. */
  readonly wrong: readonly string[]
  readonly tookMs: number
  /** How old the restored state is: what would be lost if the data disk were lost now. */
  readonly lostMs: number
  readonly opened: { readonly items: number; readonly people: number; readonly spaces: number; readonly nodes: number }
  /** Against the live data: items that are the same, and that changed or went since. Undefined when there is no live data. */
  readonly live: { readonly same: number; readonly changed: number } | undefined
}

/**
 * Restores the newest backup aside, opens all of it with the keys as the cloud would, compares it with the live data where that did
 * not change since, and deletes it again. It is written into the audit of the live data.
 */
export async function drillBackup(
  config: Config,
  { from, tell }: { readonly from: string | undefined; readonly tell: (line: string) => void },
  { clock, log = silentLog }: { clock: Clock; log?: Log },
): Promise<DrillReport> {
  const folder = await openBackups(config, from)
  const aside = await mkdtemp(join(folder.path, '.drill-'))
  const undo: (() => unknown)[] = [() => rm(aside, { recursive: true, force: true })]
  try {
    const isLive = config.store === 'dynamodb' || existsSync(join(config.dataFolder, 'metadata.db'))
    const live = isLive ? await openKept(config, clock, log) : undefined
    if (live !== undefined) undo.push(() => closeKept(live))
    const apart = live?.apart ?? (await openApart(config, clock, log))
    if (live === undefined) undo.push(() => apart.close())
    const { keys, installationId, close } = await openBackupKeys(config, apart, { clock, log })
    undo.push(close)

    const startedMs = clock.monotonicMs()
    const path = join(aside, 'metadata.db')
    const openStore = async () => createSqliteStore({ path, clock, log })
    const restorer = createSqliteRestorer({ path, clock })
    const clearErased = await clearErasedOf(config, apart, { clock, log })
    const besides = [installationMark(installationId)]
    const restored = await restoreBackup(
      { folder, keys, restorer, openStore, clearErased, besides, tell },
      { name: 'latest', untilMs: undefined },
    ).finally(() => restorer.close())
    const tookMs = clock.monotonicMs() - startedMs

    tell('Opening everything with the keys …')
    const copy = await openKept({ ...config, dataFolder: aside }, clock, log, undefined, await openStore())
    undo.push(() => closeKept(copy))
    const wrong: string[] = []
    const opened = await openAll(copy, wrong)
    const compared = live === undefined ? undefined : await compare(copy.raw, live.raw, await changedSince(config, folder, keys), wrong)
    const copied = await lastCopy(folder, keys)
    const report: DrillReport = {
      restored,
      wrong,
      tookMs,
      lostMs: Math.max(0, clock.nowMs() - Math.max(restored.end.startedAtMs, copied?.copiedAtMs ?? 0)),
      opened,
      live: compared,
    }
    if (live !== undefined) await note(live.store, report, { clock, log })
    return report
  } finally {
    for (const step of undo.reverse()) await step()
  }
}

async function closeKept({ identity, store }: Kept): Promise<void> {
  await identity.close()
  await store.close()
}

async function* walk(store: Pick<MetadataStore, 'everything'>): AsyncGenerator<PendingChange> {
  let after: ItemKey | undefined
  do {
    const page = await store.everything({ limit: 500, ...(after === undefined ? {} : { after }) })
    yield* page.items
    after = page.next
  } while (after !== undefined)
}

/** Reads every item as services do, and every person, space and node through the services themselves. */
async function openAll({ raw, store, metadata, identity }: Kept, wrong: string[]) {
  const counts = { items: 0, people: 0, spaces: 0, nodes: 0 }
  const kinds = new Map<string, number>()
  const bad = (kind: string) => void kinds.set(kind, (kinds.get(kind) ?? 0) + 1)
  for await (const { partition, sort, kind, isDeleted, data } of walk(raw)) {
    if (isDeleted || kind === 'restore-mark' || kind === 'seal-key') continue
    try {
      if ((await store.read({ partition, sort })) === undefined) continue
      counts.items++
      const owner = (of: 'person' | 'space') => ownerOf({ partition, sort, data }, of) ?? ''
      if (kind === 'person') {
        if ((await identity.people.get(owner('person') as PersonId))?.email.includes('@') === true) counts.people++
        else bad(kind)
      } else if (kind === 'space') {
        const spaceId = owner('space') as SpaceId
        if ((await metadata.spaces.get(spaceId)) === undefined) bad(kind)
        else {
          counts.spaces++
          counts.nodes += (await metadata.nodes.list(spaceId)).length
        }
      }
    } catch {
      bad(kind)
    }
  }
  for (const [kind, count] of kinds) wrong.push(`${count} items of kind ${kind} do not open with the keys.`)
  return counts
}

/** What changed in the live data after the last change that was copied. */
async function changedSince(config: Config, folder: Parameters<typeof lastCopy>[0], keys: Parameters<typeof lastCopy>[1]) {
  const source = changeSource(config)
  const changed = new Set<string>()
  let place = (await lastCopy(folder, keys))?.place
  for (;;) {
    const { changes, next, isEnd } = await source.readFrom(place)
    for (const { item } of changes) changed.add(placeOf(item))
    place = next
    if (isEnd) return changed
  }
}

async function compare(copy: MetadataStore, live: MetadataStore, changed: ReadonlySet<string>, wrong: string[]) {
  const counts = { same: 0, changed: 0 }
  let different = 0
  for await (const { isDeleted, ...item } of walk(copy)) {
    if (isDeleted) continue
    const now = await live.read(item)
    if (now !== undefined && isDeepStrictEqual(now, item)) counts.same++
    // An item that was removed and made anew counts from one again: only where every change is known is another content wrong.
    else if (now?.revision !== item.revision || !isLogged(item.kind) || changed.has(placeOf(item))) counts.changed++
    else different++
  }
  if (different > 0) wrong.push(`${different} items are not what the live data says, although they did not change since.`)
  return counts
}

async function note(store: MetadataStore, { restored, wrong }: DrillReport, { clock, log }: { clock: Clock; log: Log }): Promise<void> {
  const audit = createAudit({ store, clock, log })
  await audit
    .record({
      action: 'operator-action',
      spaceId: undefined,
      personId: undefined,
      via: 'operator',
      subject: { kind: 'backup', id: restored.name },
      details: { command: 'drill', count: wrong.length },
    })
    .finally(() => audit.close())
}

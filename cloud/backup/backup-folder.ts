import { randomBytes } from 'node:crypto'
import { link, mkdir, open, readdir, readFile, rename, rm, stat, statfs, unlink, writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { ThroughlineError } from '../../src/errors/throughline-error.ts'
import { errorCode } from '../../src/support/error-code.ts'
import { folderUnusable } from './unusable.ts'

const dayMs = 24 * 3_600_000
const backupName = /^throughline-(\d{4}-\d\d-\d\dT\d\d-\d\d-\d\dZ)-[0-9a-f]{8}\.backup$/
const copyName = /^throughline-(\d{4}-\d\d-\d\dT\d\d-\d\d-\d\dZ)-[0-9a-f]{8}\.changes$/
const leftOver = /\.part$|^\.drill-/
/** The newest this many outlive their days when no newer ones come, but no longer than `lateDays` more. */
const keptAtLeast = 3
const lateDays = 30
/** Changes are of use as long as a backup from before them; the log they are copied from goes back this far, too. */
const changesDays = 8
const lockName = 'backup.lock'
const lockStaleMs = 6 * 3_600_000

/** A file of the folder, by its name and the time in it. */
export interface FolderEntry {
  readonly name: string
  readonly path: string
  readonly atMs: number
  readonly bytes: number
}

/** The folder that backups lie in. Only complete files have names that count; everything throws DATA_FOLDER_UNUSABLE. */
export interface BackupFolder {
  readonly path: string
  /** The oldest first. */
  backups(): Promise<readonly FolderEntry[]>
  copies(): Promise<readonly FolderEntry[]>
  /** A fresh name for a file of this time. */
  nameFor(kind: 'backup' | 'changes', atMs: number): string
  pathOf(name: string): string
  draftOf(name: string): string
  /** Gives a finished draft its name; durable when it resolves. */
  complete(name: string): Promise<void>
  sync(): Promise<void>
  /** Bytes that may still be written. */
  freeBytes(): Promise<number>
  /** Deletes what has had its days, and drafts that a crash left; answers the names of backups that are gone. */
  prune(nowMs: number, keptDays: number): Promise<string[]>
  /** Runs `work` unless somebody else is at it: throws CONFLICT then. */
  alone<T>(nowMs: number, work: () => Promise<T>): Promise<T>
}

/** Opens the folder, made with mode 0700 where it is not there. */
export async function openBackupFolder(folder: string): Promise<BackupFolder> {
  const guarded = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      return await work()
    } catch (cause) {
      throw cause instanceof ThroughlineError ? cause : folderUnusable(folder, cause)
    }
  }
  await guarded(() => mkdir(folder, { recursive: true, mode: 0o700 }))
  const pathOf = (name: string) => join(folder, name)
  const draftOf = (name: string) => join(folder, `${name}.part`)
  const sync = () =>
    guarded(async () => {
      const handle = await open(folder, 'r')
      await handle.sync().finally(() => handle.close())
    })
  const list = (pattern: RegExp) =>
    guarded(async () => {
      const found: FolderEntry[] = []
      for (const name of await readdir(folder)) {
        const atMs = timeOf(pattern.exec(name)?.[1])
        if (atMs === undefined) continue
        // One that is pruned meanwhile is no trouble.
        const facts = await stat(pathOf(name)).catch(() => undefined)
        if (facts?.isFile() === true) found.push({ name, path: pathOf(name), atMs, bytes: facts.size })
      }
      return found.sort((a, b) => a.atMs - b.atMs || (a.name < b.name ? -1 : 1))
    })
  const backups = () => list(backupName)

  return {
    path: folder,
    backups,
    copies: () => list(copyName),
    nameFor: (kind, atMs) => `throughline-${stampOf(atMs)}-${randomBytes(4).toString('hex')}.${kind}`,
    pathOf,
    draftOf,
    complete: (name) =>
      guarded(async () => {
        await rename(draftOf(name), pathOf(name))
        await sync()
      }),
    sync,
    freeBytes: () =>
      guarded(async () => {
        const { bavail, bsize } = await statfs(folder)
        return bavail * bsize
      }),
    prune: (nowMs, keptDays) =>
      guarded(async () => {
        const all = await backups()
        const gone = all.filter(({ atMs }, at) => expiryOf(atMs, all.length - 1 - at, keptDays) <= nowMs)
        for (const { path } of gone) await unlink(path)
        const oldest = all.find((each) => !gone.includes(each))
        const copies = await list(copyName)
        // A copy ends where the next one begins.
        const isOver = (endsMs: number) => endsMs < nowMs - changesDays * dayMs || (oldest !== undefined && endsMs < oldest.atMs - dayMs)
        for (const [at, copy] of copies.entries()) {
          const endsMs = copies[at + 1]?.atMs
          if (endsMs !== undefined && isOver(endsMs)) await unlink(copy.path)
        }
        for (const name of await readdir(folder)) {
          const { mtimeMs = nowMs } = leftOver.test(name) ? await stat(pathOf(name)).catch(() => ({ mtimeMs: nowMs })) : {}
          if (leftOver.test(name) && Date.now() - mtimeMs > lockStaleMs) await rm(pathOf(name), { recursive: true, force: true })
        }
        await sync()
        return gone.map(({ name }) => name)
      }),
    alone: async (nowMs, work) => {
      const free = await guarded(() => takeLock(pathOf(lockName), nowMs))
      try {
        return await work()
      } finally {
        await free()
      }
    },
  }
}

/** When a backup is deleted at the latest, `newer` being how many newer ones there are. */
export function expiryOf(atMs: number, newer: number, keptDays: number): number {
  return atMs + (newer >= keptAtLeast ? keptDays : keptDays + lateDays) * dayMs
}

const stampOf = (atMs: number) => `${new Date(atMs).toISOString().slice(0, 19).replaceAll(':', '-')}Z`

function timeOf(stamp: string | undefined): number | undefined {
  if (stamp === undefined) return undefined
  const atMs = Date.parse(`${stamp.slice(0, 11)}${stamp.slice(11).replaceAll('-', ':')}`)
  return Number.isNaN(atMs) ? undefined : atMs
}

/** A file that names its process: one whose process is gone, or that is hours old, is nobody's. */
async function takeLock(path: string, nowMs: number): Promise<() => Promise<void>> {
  const draft = `${path}.${process.pid}.${randomBytes(4).toString('hex')}.part`
  const mine = JSON.stringify({ host: hostname(), pid: process.pid, atMs: nowMs })
  for (let tries = 0; ; tries++) {
    try {
      // Linked into place whole: whoever reads it meanwhile must not take half of it for nobody's.
      await writeFile(draft, mine, { mode: 0o600 })
      await link(draft, path).finally(() => rm(draft, { force: true }))
      return () => rm(path, { force: true })
    } catch (cause) {
      if (errorCode(cause) !== 'EEXIST') {
        await rm(draft, { force: true }).catch(() => undefined)
        throw cause
      }
      if (tries === 3 || (await isHeld(path, nowMs)))
        throw new ThroughlineError('CONFLICT', 'A backup is being taken or checked already; try again when it is done.', { cause })
      await rm(path, { force: true })
    }
  }
}

async function isHeld(path: string, nowMs: number): Promise<boolean> {
  try {
    const { host, pid, atMs } = JSON.parse(await readFile(path, 'utf8')) as { host: string; pid: number; atMs: number }
    if (Math.abs(nowMs - atMs) > lockStaleMs) return false
    if (host !== hostname()) return true
    if (pid === process.pid) return true
    process.kill(pid, 0)
    return true
  } catch (cause) {
    // EPERM: it lives and is somebody else's.
    return errorCode(cause) === 'EPERM'
  }
}

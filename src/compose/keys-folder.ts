import {
  chmodSync,
  closeSync,
  copyFileSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmdirSync,
  statSync,
  unlinkSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import type { Config } from '../config/read-config.ts'
import { ThroughlineError } from '../errors/throughline-error.ts'

/** Where signing keys, master keys and what lies apart from the data are: a folder of its own, never inside the data folder. */
export const keysFolder = (config: Config): string => config.keysFolder

/**
 * Makes the keys folder, mode 0700. Keys of an older version lie inside the data folder and move here: by one rename, or file by file
 * where that cannot be; a crash in between is completed by the next start. Throws DATA_FOLDER_UNUSABLE when both places hold
 * different keys, or the folder cannot be made.
 */
export function ensureKeysFolder(config: Config): void {
  const [older, folder] = [join(config.dataFolder, 'keys'), keysFolder(config)]
  try {
    if (existsSync(older)) move(older, folder)
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    keepToOwner(folder)
  } catch (cause) {
    if (cause instanceof ThroughlineError) throw cause
    throw new ThroughlineError(
      'DATA_FOLDER_UNUSABLE',
      `The keys folder ${folder} cannot be written; choose another with THROUGHLINE_KEYS or change its owner.`,
      { cause },
    )
  }
}

/** A folder that somebody else owns stays as it is: `doctor` tells of it. */
function keepToOwner(folder: string): void {
  if ((statSync(folder).mode & 0o077) === 0) return
  try {
    chmodSync(folder, 0o700)
  } catch {
    return
  }
}

const draft = '.moving'

function move(older: string, folder: string): void {
  const there = existsSync(folder) ? keyNames(folder) : []
  if (there.length === 0 && renamed(older, folder)) return
  const mine = keyNames(older)
  const isSame = (name: string) => readFileSync(join(older, name)).equals(readFileSync(join(folder, name)))
  const [common, onlyThere] = [mine.filter((name) => there.includes(name)), there.filter((name) => !mine.includes(name))]
  // Cut off while it was copied, one has less than the other; cut off while it was removed, too. Anything else are two sets of keys.
  const isCutOff = onlyThere.length === 0 || common.length === mine.length
  if (!isCutOff || !common.every(isSame))
    throw new ThroughlineError(
      'DATA_FOLDER_UNUSABLE',
      `There are different keys in ${older} and in ${folder}; move away those that are not of this data, or set THROUGHLINE_KEYS.`,
    )
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  for (const name of mine.filter((each) => !there.includes(each))) {
    const [from, aside, to] = [join(older, name), join(folder, `${name}${draft}`), join(folder, name)]
    copyFileSync(from, aside)
    chmodSync(aside, 0o600)
    sync(aside)
    renameSync(aside, to)
  }
  sync(folder)
  for (const name of readdirSync(older)) unlinkSync(join(older, name))
  rmdirSync(older)
  sync(dirname(older))
}

const keyNames = (folder: string) =>
  readdirSync(folder).filter((name) => !name.endsWith(draft) && !name.endsWith('.draft') && !name.endsWith('-shm'))

/** One rename where the file system allows it; an empty folder in the way is replaced by it. */
function renamed(older: string, folder: string): boolean {
  try {
    mkdirSync(dirname(folder), { recursive: true })
    renameSync(older, folder)
    sync(dirname(folder))
    return true
  } catch (thrown) {
    const code = thrown instanceof Error && 'code' in thrown ? thrown.code : undefined
    // Another disk, or the mount point of a volume, which cannot be replaced.
    if (code === 'EXDEV' || code === 'EBUSY' || code === 'ENOTEMPTY' || code === 'EACCES' || code === 'EPERM') return false
    // Another process was faster.
    if (code === 'ENOENT' && !existsSync(older)) return true
    throw thrown
  }
}

function sync(path: string): void {
  const opened = openSync(path, 'r')
  try {
    fsyncSync(opened)
  } finally {
    closeSync(opened)
  }
}

import { createHash, createSecretKey, randomBytes, type KeyObject } from 'node:crypto'
import { existsSync, linkSync, mkdirSync, readdirSync, readFileSync, unlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ThroughlineError } from '../../src/errors/throughline-error.ts'

/** A key of AES-256 and the id under which seals name it. The id is made from the key, and tells nothing of it. */
export interface SealKey {
  readonly keyId: string
  readonly key: KeyObject
}

const keyBytes = 32
const keyFile = /^seal-\d{15}\.key$/
const pathOf = (folder: string, nowMs: number) => join(folder, `seal-${String(nowMs).padStart(15, '0')}.key`)
const unusable = (folder: string, cause?: unknown) =>
  new ThroughlineError(
    'DATA_FOLDER_UNUSABLE',
    `The keys that seal secrets in ${folder} cannot be read or written; give the user that runs Throughline access to that folder.`,
    { cause },
  )

/** Puts one more key beside those in the folder, mode 0600; seals made from then on use it, older ones stay readable. */
export function addSealKey(folder: string, nowMs: number): void {
  const path = pathOf(folder, nowMs)
  const draft = `${path}.${process.pid}.draft`
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    // Written aside and linked into place: a crash never leaves half a key under a name that counts.
    writeFileSync(draft, `${randomBytes(keyBytes).toString('base64')}\n`, { mode: 0o600, flag: 'wx', flush: true })
    try {
      linkSync(draft, path)
    } finally {
      unlinkSync(draft)
    }
  } catch (cause) {
    throw unusable(folder, cause)
  }
}

/** When the newest key of the folder was made, by its name; 0 where there is none. */
export function newestSealKeyMs(folder: string): number {
  const times = hasKeys(folder) ? readdirSync(folder).flatMap((name) => (keyFile.test(name) ? [Number(name.slice(5, 20))] : [])) : []
  return Math.max(0, ...times)
}

/** As `addSealKey`, once for the same moment, also for two processes and after a crash. */
export function ensureSealKeyOf(folder: string, atMs: number): void {
  const isThere = () => existsSync(pathOf(folder, atMs))
  if (isThere()) return
  try {
    addSealKey(folder, atMs)
  } catch (thrown) {
    if (!isThere()) throw thrown
  }
}

/** The keys of the folder, the newest last. Throws DATA_FOLDER_UNUSABLE when there is none or one cannot be read. */
export function loadSealKeys(folder: string): readonly SealKey[] {
  let keys: SealKey[]
  try {
    const names = readdirSync(folder).filter((name) => keyFile.test(name))
    keys = names.sort().map((name) => readKey(join(folder, name)))
  } catch (cause) {
    throw unusable(folder, cause)
  }
  if (keys.length === 0) throw unusable(folder)
  return keys
}

/** The keys of the folder, with a first one made when there is none. */
export function ensureSealKeys(folder: string): readonly SealKey[] {
  const isEmpty = () => !readdirSync(folder).some((name) => keyFile.test(name))
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    // The first key has one name for all: of two processes that start at once, one makes it.
    if (isEmpty()) addSealKey(folder, 0)
  } catch (cause) {
    if (!hasKeys(folder)) throw cause instanceof ThroughlineError ? cause : unusable(folder, cause)
  }
  return loadSealKeys(folder)
}

function hasKeys(folder: string): boolean {
  try {
    return readdirSync(folder).some((name) => keyFile.test(name))
  } catch {
    return false
  }
}

function readKey(path: string): SealKey {
  const bytes = Buffer.from(readFileSync(path, 'utf8').trim(), 'base64')
  if (bytes.length !== keyBytes) throw new TypeError(`${path} is not a key of ${keyBytes} bytes`)
  const keyId = createHash('sha256').update('throughline seal key id\0').update(bytes).digest('hex').slice(0, 16)
  return { keyId, key: createSecretKey(bytes) }
}

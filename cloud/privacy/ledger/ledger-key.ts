import { randomBytes } from 'node:crypto'
import { linkSync, mkdirSync, readFileSync, unlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ThroughlineError } from '../../../src/errors/throughline-error.ts'
import { errorCode } from '../../../src/support/error-code.ts'

const keyBytes = 32

/** The file of the key in the folder of keys, which lies apart from the data and is in no backup of it. */
export const ledgerKeyFile = (folder: string): string => join(folder, 'erasure.key')

/** Reads a key of erasures; undefined when there is no such file. Throws DATA_FOLDER_UNUSABLE for one that cannot be used. */
export function readLedgerKey(path: string): Uint8Array | undefined {
  try {
    const text = readFileSync(path, 'utf8').trim()
    const key = Buffer.from(text, 'base64url')
    if (key.length !== keyBytes || key.toString('base64url') !== text) throw new TypeError('not a key')
    return key
  } catch (cause) {
    if (errorCode(cause) === 'ENOENT') return undefined
    throw unusable(path, cause)
  }
}

/** The key of the folder, made when there is none, mode 0600; of several processes that make one at once, one wins. */
export function ensureLedgerKey(folder: string): Uint8Array {
  const path = ledgerKeyFile(folder)
  const found = readLedgerKey(path)
  if (found !== undefined) return found
  const draft = `${path}.${process.pid}.draft`
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    writeFileSync(draft, `${randomBytes(keyBytes).toString('base64url')}\n`, { mode: 0o600, flush: true })
    try {
      // Written aside and linked into place: a crash never leaves half a key under the name that counts.
      linkSync(draft, path)
    } catch (cause) {
      if (errorCode(cause) !== 'EEXIST') throw cause
    }
    unlinkSync(draft)
  } catch (cause) {
    throw unusable(path, cause)
  }
  const made = readLedgerKey(path)
  if (made === undefined) throw unusable(path, undefined)
  return made
}

const unusable = (path: string, cause: unknown) =>
  new ThroughlineError(
    'DATA_FOLDER_UNUSABLE',
    `The key of erasures, ${path}, cannot be read or written; give the user that runs Throughline access to it, or put the file back.`,
    { cause },
  )

import { linkSync, mkdirSync, readFileSync, unlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import webPush from 'web-push'
import { z } from 'zod'
import { ThroughlineError } from '../../../src/errors/throughline-error.ts'

/** The pair that says to push services who sends (RFC 8292); base64url. Browsers subscribe to the public one, so it must stay. */
export interface VapidKeys {
  readonly publicKey: string
  readonly privateKey: string
}

const stored = z.strictObject({ publicKey: z.string().length(87), privateKey: z.string().length(43) })

/**
 * The keys of a folder, made at first start, mode 0600, beside the signing keys. Of two processes that start at once, one makes them.
 * Throws DATA_FOLDER_UNUSABLE.
 */
export function ensureVapidKeys(folder: string): VapidKeys {
  const path = join(folder, 'web-push.json')
  try {
    return read(path) ?? make(folder, path)
  } catch (cause) {
    throw new ThroughlineError(
      'DATA_FOLDER_UNUSABLE',
      `The keys for notifications of browsers in ${folder} cannot be read or written; give the user that runs Throughline access to that folder.`,
      { cause },
    )
  }
}

function read(path: string): VapidKeys | undefined {
  try {
    return stored.parse(JSON.parse(readFileSync(path, 'utf8')))
  } catch (thrown) {
    if (isCode(thrown, 'ENOENT')) return undefined
    throw thrown
  }
}

function make(folder: string, path: string): VapidKeys {
  const draft = `${path}.${process.pid}.draft`
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  // Written aside and linked into place: a crash never leaves half a file under the name that counts.
  writeFileSync(draft, JSON.stringify(webPush.generateVAPIDKeys()), { mode: 0o600, flag: 'wx', flush: true })
  try {
    linkSync(draft, path)
  } catch (thrown) {
    if (!isCode(thrown, 'EEXIST')) throw thrown
  } finally {
    unlinkSync(draft)
  }
  const keys = read(path)
  if (keys === undefined) throw new TypeError(`${path} is gone`)
  return keys
}

const isCode = (thrown: unknown, code: string) => thrown instanceof Error && 'code' in thrown && thrown.code === code

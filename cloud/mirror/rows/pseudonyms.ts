import { createHmac, randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { link, open, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { ThroughlineError } from '../../../src/errors/throughline-error.ts'

/** Of what kind somebody or something is, and its id: a name that stands for it in the mirror, the same each time, 22 characters. */
export type Pseudonym = (kind: string, id: string) => string

const keyBytes = 32
const fileName = 'mirror-pseudonyms.key'

/** Pseudonyms by a key of the installation: HMAC-SHA-256, so that nobody without the key finds or checks an id (security D6). */
export function createPseudonym(key: Uint8Array): Pseudonym {
  return (kind, id) => createHmac('sha256', key).update(`${kind}\n${id}`).digest('base64url').slice(0, 22)
}

/** The key that lies with the other keys, made when there is none. Throws KEYS_UNAVAILABLE. */
export async function openPseudonyms(keysFolder: string): Promise<Pseudonym> {
  const path = join(keysFolder, fileName)
  try {
    if (!existsSync(path)) await makeKey(path)
    const key = await readFile(path)
    if (key.length === keyBytes) return createPseudonym(key)
  } catch (cause) {
    throw new ThroughlineError('KEYS_UNAVAILABLE', `The key of the mirror's pseudonyms in ${keysFolder} cannot be read.`, { cause })
  }
  throw new ThroughlineError('KEYS_UNAVAILABLE', `The key of the mirror's pseudonyms in ${keysFolder} is damaged; restore it from a copy.`)
}

async function makeKey(path: string): Promise<void> {
  const made = `${path}.${process.pid}-${randomBytes(6).toString('hex')}`
  const file = await open(made, 'wx', 0o600)
  try {
    await file.writeFile(randomBytes(keyBytes))
    await file.sync()
  } finally {
    await file.close()
  }
  // A link is there whole or not at all, and of two processes one makes it.
  await link(made, path)
    .catch((cause: NodeJS.ErrnoException) => {
      if (cause.code !== 'EEXIST') throw cause
    })
    .finally(() => rm(made, { force: true }))
}

import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import type { Seals } from '../../src/domain/seals.ts'
import { ThroughlineError } from '../../src/errors/throughline-error.ts'
import { ensureSealKeys, loadSealKeys, type SealKey } from './seal-keys.ts'

/** Where keys come from: files here, a key service later. */
export interface SealKeySource {
  /** All keys, the newest last; never empty. */
  readonly keys: readonly SealKey[]
  /** Looks again, because a seal names a key that is not known: another process may have made one. */
  reload(): readonly SealKey[]
}

const version = 's1'
const nonceBytes = 12
const tagBytes = 16
const form = /^s1\.([0-9a-f]{16})\.([\w-]{38,})$/

/** Seals with AES-256-GCM: a fresh nonce each, bound to their item, the newest key makes them and all known keys open them. */
export function createSeals(source: SealKeySource): Seals {
  let keys = source.keys
  const find = (keyId: string) => {
    const known = keys.find((each) => each.keyId === keyId)
    if (known !== undefined) return known
    keys = source.reload()
    return keys.find((each) => each.keyId === keyId)
  }
  return {
    seal(text, boundTo) {
      const newest = keys.at(-1)
      if (newest === undefined) throw new ThroughlineError('DATA_FOLDER_UNUSABLE', 'There is no key to seal secrets with.')
      const nonce = randomBytes(nonceBytes)
      const cipher = createCipheriv('aes-256-gcm', newest.key, nonce, { authTagLength: tagBytes })
      cipher.setAAD(boundBytes(newest.keyId, boundTo))
      const sealed = Buffer.concat([nonce, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()])
      return `${version}.${newest.keyId}.${sealed.toString('base64url')}`
    },

    open(sealed, boundTo) {
      const [, keyId = '', body = ''] = form.exec(sealed) ?? []
      const key = keyId === '' ? undefined : find(keyId)
      if (key === undefined) throw broken()
      const bytes = Buffer.from(body, 'base64url')
      // Base64 has several spellings of the same bytes; only ours counts.
      if (bytes.toString('base64url') !== body) throw broken()
      try {
        const decipher = createDecipheriv('aes-256-gcm', key.key, bytes.subarray(0, nonceBytes), { authTagLength: tagBytes })
        decipher.setAAD(boundBytes(keyId, boundTo))
        decipher.setAuthTag(bytes.subarray(-tagBytes))
        return Buffer.concat([decipher.update(bytes.subarray(nonceBytes, -tagBytes)), decipher.final()]).toString('utf8')
      } catch (cause) {
        throw broken(cause)
      }
    },
  }
}

/** Seals with the keys of a folder; a first one is made when there is none. Throws DATA_FOLDER_UNUSABLE. */
export function openSeals(folder: string): Seals {
  return createSeals({ keys: ensureSealKeys(folder), reload: () => loadSealKeys(folder) })
}

const boundBytes = (keyId: string, boundTo: string) => Buffer.from(`${version}\0${keyId}\0${boundTo}`, 'utf8')

const broken = (cause?: unknown) =>
  new ThroughlineError('SEAL_BROKEN', 'A stored secret cannot be opened; it was changed, or its key is missing from the keys folder.', {
    cause,
  })

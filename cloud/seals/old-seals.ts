import { openBytes } from './aes-gcm.ts'
import { sealBroken } from './key-provider.ts'
import type { SealKey } from './master-keys.ts'

const form = /^s1\.([0-9a-f]{16})\.([\w-]{38,})$/

/** Whether a text was sealed by an older version, with a key of the keys folder itself. */
export const isOldSeal = (sealed: string): boolean => form.test(sealed)

/** Opens what older versions sealed; such seals are made no more. Throws SEAL_BROKEN. */
export function openOldSeal(sealed: string, boundTo: string, keys: readonly SealKey[]): string {
  const [, keyId = '', body = ''] = form.exec(sealed) ?? []
  const bytes = Buffer.from(body, 'base64url')
  const known = keys.find((each) => each.keyId === keyId)
  if (known === undefined || bytes.toString('base64url') !== body) throw sealBroken()
  try {
    return openBytes(known.key, bytes, `s1\0${keyId}\0${boundTo}`).toString('utf8')
  } catch (cause) {
    throw sealBroken(cause)
  }
}

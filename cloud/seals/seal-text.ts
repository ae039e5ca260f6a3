import { deflateRawSync, inflateRawSync } from 'node:zlib'
import type { SealPlace } from '../../src/domain/seals.ts'
import { openBytes, sealBytes } from './aes-gcm.ts'
import { sealBroken, subjectName } from './key-provider.ts'
import type { DataKey } from './subject-keys.ts'

/** `s2`: the text; `z2`: the deflated text, because what is sealed cannot be compressed any more. */
type Version = 's2' | 'z2'
const form = /^([sz]2)\.([0-9a-f]{16})\.([\w-]{38,})$/
/** From this many bytes on compressing is worth its time. */
const deflateFrom = 256
const textBytesMax = 4 * 1024 * 1024

const bound = (version: Version | 'b2', keyId: string, { subject, boundTo }: SealPlace) =>
  `${version}\0${keyId}\0${subjectName(subject)}\0${boundTo}`

/** Seals a text for its place. */
export function sealText(text: string, { keyId, key }: DataKey, place: SealPlace): string {
  const bytes = Buffer.from(text, 'utf8')
  const packed = bytes.length < deflateFrom ? bytes : deflateRawSync(bytes)
  const [version, body] = packed.length < bytes.length ? (['z2', packed] as const) : (['s2', bytes] as const)
  return `${version}.${keyId}.${sealBytes(key, body, bound(version, keyId, place)).toString('base64url')}`
}

/** The id of the key a text is sealed with; undefined when it is no seal of a subject's key. */
export const keyIdOf = (sealed: string): string | undefined => form.exec(sealed)?.[2]

/** The text again. Throws SEAL_BROKEN. */
export function openText(sealed: string, { keyId, key }: DataKey, place: SealPlace): string {
  const [, version = '', named = '', body = ''] = form.exec(sealed) ?? []
  const bytes = Buffer.from(body, 'base64url')
  // Base64 has several spellings of the same bytes; only ours counts.
  if (named !== keyId || bytes.toString('base64url') !== body) throw sealBroken()
  try {
    const opened = openBytes(key, bytes, bound(version as Version, keyId, place))
    return (version === 'z2' ? inflateRawSync(opened, { maxOutputLength: textBytesMax }) : opened).toString('utf8')
  } catch (cause) {
    throw sealBroken(cause)
  }
}

/** Begins every sealed blob; no compressed data begins with it. */
const blobMark = Buffer.from('\u007fb2', 'latin1')
const keyIdBytes = 8

/** Seals bytes for their place. */
export function sealBlob(bytes: Uint8Array, { keyId, key }: DataKey, place: SealPlace): Uint8Array {
  return Buffer.concat([blobMark, Buffer.from(keyId, 'hex'), sealBytes(key, bytes, bound('b2', keyId, place))])
}

/** The id of the key bytes are sealed with; undefined when they are not sealed. */
export function blobKeyIdOf(bytes: Uint8Array): string | undefined {
  if (bytes.length < blobMark.length + keyIdBytes || !blobMark.equals(bytes.subarray(0, blobMark.length))) return undefined
  return Buffer.from(bytes.subarray(blobMark.length, blobMark.length + keyIdBytes)).toString('hex')
}

/** The bytes again. Throws SEAL_BROKEN. */
export function openBlob(sealed: Uint8Array, { keyId, key }: DataKey, place: SealPlace): Uint8Array {
  try {
    return new Uint8Array(openBytes(key, sealed.subarray(blobMark.length + keyIdBytes), bound('b2', keyId, place)))
  } catch (cause) {
    throw sealBroken(cause)
  }
}

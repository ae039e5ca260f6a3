import { promisify } from 'node:util'
import { inflateRaw } from 'node:zlib'

const inflate = promisify(inflateRaw)
const unpackedBytesMax = 16 * 1024 * 1024
const utf8 = new TextDecoder('utf-8', { fatal: true })

/** The compressed part of an item as text; undefined when it is no text. Off the event loop, and bounded. */
export async function blobText(blob: Uint8Array): Promise<string | undefined> {
  try {
    return utf8.decode(await inflate(blob, { maxOutputLength: unpackedBytesMax }))
  } catch {
    return undefined
  }
}

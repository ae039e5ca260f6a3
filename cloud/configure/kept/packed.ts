import { promisify } from 'node:util'
import { deflateRaw, inflateRaw } from 'node:zlib'

const deflate = promisify(deflateRaw)
const inflate = promisify(inflateRaw)
/** Far above what is ever written; a damaged item must not fill the memory. */
const unpackedBytesMax = 32 * 1024 * 1024

/** Documents as bytes; JSON of alerts packs to a tenth. */
export function pack(value: unknown): Promise<Uint8Array> {
  return deflate(JSON.stringify(value))
}

/** Reads what {@link pack} wrote; an item without bytes holds nothing. */
export async function unpack<T>(blob: Uint8Array | undefined, empty: T): Promise<T> {
  if (blob === undefined) return empty
  return JSON.parse((await inflate(blob, { maxOutputLength: unpackedBytesMax })).toString('utf8')) as T
}

import { randomInt } from 'node:crypto'
import { brotliDecompressSync, gunzipSync, inflateRawSync, inflateSync } from 'node:zlib'

/** A number that nothing but this run says: seven digits before the point, seven behind it, the same again when it is read and written. */
export function newMarker(): string {
  for (;;) {
    const text = `${randomInt(1_000_000, 10_000_000)}.${String(randomInt(1_000_000, 10_000_000)).replace(/0$/, '7')}`
    if (String(Number(text)) === text) return text
  }
}

/** Whether a text has the form of a marker. */
export const isMarker = (text: string): boolean => /^\d{7}\.\d{7}$/.test(text)

/** Looks for markers in whatever form they could lie in. */
export interface MarkerSearch {
  /** Which of the markers are in these bytes: as text in UTF-8 or UTF-16, as a double of either end, or inside a compression Node.js knows. */
  in(bytes: Uint8Array): readonly string[]
}

const inflations = [inflateSync, inflateRawSync, gunzipSync, brotliDecompressSync]
/** What inflates to more was not made by us; it is searched as it lies. */
const inflatedBytesMax = 64 * 1024 * 1024

export function createMarkerSearch(markers: readonly string[]): MarkerSearch {
  const forms = markers.map((marker) => ({ marker, bytes: formsOf(marker) }))
  const found = (buffer: Buffer) => forms.filter(({ bytes }) => bytes.some((form) => buffer.includes(form))).map(({ marker }) => marker)
  return {
    in(bytes) {
      const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
      const readings = [buffer, ...inflations.flatMap((inflate) => inflated(buffer, inflate))]
      return [...new Set(readings.flatMap(found))]
    },
  }
}

function formsOf(marker: string): readonly Buffer[] {
  const double = Buffer.alloc(16)
  double.writeDoubleLE(Number(marker), 0)
  double.writeDoubleBE(Number(marker), 8)
  // A rounded value is a value, too; the seven digits before the point alone would be found by chance.
  const rounded = Number(marker).toFixed(2)
  return [Buffer.from(marker), Buffer.from(rounded), Buffer.from(marker, 'utf16le'), double.subarray(0, 8), double.subarray(8)]
}

function inflated(buffer: Buffer, inflate: (input: Buffer, options: { maxOutputLength: number }) => Buffer): Buffer[] {
  try {
    return [inflate(buffer, { maxOutputLength: inflatedBytesMax })]
  } catch {
    return []
  }
}

/** Searches a stream piece by piece; what lies across two pieces is found as well. Answers how many bytes it was, and what was found. */
export async function searchStream(
  search: MarkerSearch,
  pieces: AsyncIterable<Uint8Array>,
): Promise<{ readonly bytes: number; readonly found: readonly string[] }> {
  const found = new Set<string>()
  let tail: Buffer = Buffer.alloc(0)
  let bytes = 0
  for await (const piece of pieces) {
    bytes += piece.byteLength
    const joined = Buffer.concat([tail, piece])
    for (const marker of search.in(joined)) found.add(marker)
    tail = joined.subarray(-overlapBytes)
  }
  return { bytes, found: [...found] }
}

/** The longest form of a marker but one byte. */
const overlapBytes = 29

import { deflateRawSync, inflateRawSync } from 'node:zlib'
import { storeUnavailableBlob } from './damaged.ts'
import type { NodeContext } from './definition.ts'
import { definitionText, type Sheet } from './sheet.ts'

const format = 1
/** Twenty thousand contexts of three ten-byte numbers, and their members. */
const unpackedBytesMax = 1024 * 1024

/**
 * A node's contexts as bytes: which sheets, which members of each, then version, first and last entry of all members as columns
 * of differences, deflated. Contexts of a node mostly share these numbers, so 500 of them take a few hundred bytes beside the
 * sheet ids.
 */
export function packNodeContexts(contexts: Iterable<NodeContext>, sheets: readonly Sheet[]): Uint8Array {
  const byText = new Map<string, NodeContext>()
  for (const context of contexts) byText.set(definitionText(context.definition), context)
  const parts: Uint8Array[] = []
  const ordered: NodeContext[] = []
  const sorted = [...sheets].sort((a, b) => (a.sheetId < b.sheetId ? -1 : 1))
  for (const sheet of sorted) {
    const members = new Uint8Array(Math.ceil(sheet.definitions.length / 8))
    for (const [text, place] of sheet.places) {
      const context = byText.get(text)
      if (context === undefined) continue
      byText.delete(text)
      ordered.push(context)
      members[place >> 3] = (members[place >> 3] ?? 0) | (1 << (place & 7))
    }
    parts.push(Buffer.from(sheet.sheetId, 'hex'), members)
  }
  const columns = [
    column(ordered.map(({ version }) => version)),
    column(ordered.map(({ firstEntryS }) => firstEntryS)),
    column(ordered.map(({ lastEntryS }) => lastEntryS)),
  ]
  return deflateRawSync(Buffer.concat([Uint8Array.of(format), varint(BigInt(sorted.length)), ...parts, ...columns]), { level: 9 })
}

/** The ids of the sheets a packed set refers to. They can be fetched before the members are read, whose width they give. */
export interface UnpackedSet {
  readonly sheetIds: readonly string[]
  /** The contexts; undefined when a sheet is not there, and with it what its members mean. */
  resolve(sheets: ReadonlyMap<string, Sheet>): NodeContext[] | undefined
}

/** Reads what {@link packNodeContexts} wrote; `sheetSizes` come from the item's data, one for each sheet in order. */
export function unpackNodeContexts(blob: Uint8Array, sheetSizes: readonly number[]): UnpackedSet {
  const bytes = inflateRawSync(blob, { maxOutputLength: unpackedBytesMax })
  let at = 1
  const next = (): bigint => {
    let value = 0n
    for (let shift = 0n; ; shift += 7n) {
      const byte = bytes[at++]
      if (byte === undefined || shift > 63n) throw storeUnavailableBlob()
      value |= BigInt(byte & 0x7f) << shift
      if (byte < 0x80) return BigInt.asUintN(64, value)
    }
  }
  if (bytes[0] !== format || Number(next()) !== sheetSizes.length) throw storeUnavailableBlob()
  const refs = sheetSizes.map((size) => {
    const sheetId = bytes.toString('hex', at, at + 16)
    const members = bytes.subarray(at + 16, at + 16 + Math.ceil(size / 8))
    at += 16 + members.length
    return {
      sheetId,
      places: Array.from({ length: size }, (_, place) => place).filter((place) => ((members[place >> 3] ?? 0) >> (place & 7)) & 1),
    }
  })
  const count = refs.reduce((sum, { places }) => sum + places.length, 0)
  const readColumn = (): bigint[] => {
    let previous = 0n
    return Array.from({ length: count }, () => (previous = BigInt.asUintN(64, previous + unzigzag(next()))))
  }
  const versions = readColumn()
  const firsts = readColumn()
  const lasts = readColumn()

  return {
    sheetIds: refs.map(({ sheetId }) => sheetId),
    resolve(sheets) {
      const contexts: NodeContext[] = []
      for (const { sheetId, places } of refs) {
        const sheet = sheets.get(sheetId)
        for (const place of places) {
          const definition = sheet?.definitions[place]
          if (definition === undefined) return undefined
          const n = contexts.length
          contexts.push({ definition, version: versions[n] ?? 0n, firstEntryS: firsts[n] ?? 0n, lastEntryS: lasts[n] ?? 0n })
        }
      }
      return contexts
    },
  }
}

function column(values: readonly bigint[]): Uint8Array {
  let previous = 0n
  return Buffer.concat(
    values.map((value) => {
      const difference = BigInt.asIntN(64, value - previous)
      previous = value
      return varint(zigzag(difference))
    }),
  )
}

function varint(value: bigint): Uint8Array {
  const bytes: number[] = []
  let rest = value
  while (rest >= 0x80n) {
    bytes.push(Number(rest & 0x7fn) | 0x80)
    rest >>= 7n
  }
  bytes.push(Number(rest))
  return Uint8Array.from(bytes)
}

/** Small differences of either sign as small numbers. */
function zigzag(value: bigint): bigint {
  return BigInt.asUintN(64, (value << 1n) ^ (value >> 63n))
}

function unzigzag(value: bigint): bigint {
  return BigInt.asIntN(64, (value >> 1n) ^ -(value & 1n))
}

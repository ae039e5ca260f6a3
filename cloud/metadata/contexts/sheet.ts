import { createHash } from 'node:crypto'
import { deflateRawSync, inflateRawSync } from 'node:zlib'
import { segmentDigest, type Definition } from './definition.ts'

/**
 * A dictionary of context definitions of one segment, shared by the nodes of a space and never changed: its id is the hash of
 * its content behind the digest of its segment, 32 hex digits together. The same context id may stand in it twice with
 * different definitions.
 */
export interface Sheet {
  readonly sheetId: string
  readonly definitions: readonly Definition[]
  /** Place of each definition, by its JSON text. */
  readonly places: ReadonlyMap<string, number>
}

/** Most definitions of one sheet; a node with more in a segment uses several. */
export const sheetDefinitionsMax = 1_000
/** Most bytes of a sheet's JSON, far from what an item can hold even if nothing compresses. */
export const sheetBytesMax = 300 * 1024

/** The text under which a definition is the same as another. */
export function definitionText(definition: Definition): string {
  return JSON.stringify(definition)
}

/** A sheet of these definition texts, in their own order, so that the same set is the same sheet. */
export function makeSheet(segment: string, texts: Iterable<string>): Sheet {
  const sorted = [...new Set(texts)].sort()
  const content = createHash('sha256')
    .update(JSON.stringify([segment, sorted]))
    .digest('hex')
  return sheetOf(`${segmentDigest(segment)}${content.slice(0, 20)}`, sorted)
}

/** The blob of a sheet's item. */
export function packSheet({ definitions }: Sheet): Uint8Array {
  return deflateRawSync(JSON.stringify(definitions), { level: 9 })
}

/** Reads a sheet's blob. */
export function unpackSheet(sheetId: string, blob: Uint8Array): Sheet {
  const definitions = JSON.parse(inflateRawSync(blob, { maxOutputLength: 4 * sheetBytesMax }).toString()) as Definition[]
  return sheetOf(sheetId, definitions.map(definitionText))
}

/** Definition texts cut into portions that each fit a sheet. */
export function portions(texts: readonly string[]): string[][] {
  const all: string[][] = []
  let bytes = 0
  for (const text of [...texts].sort()) {
    bytes += Buffer.byteLength(text) + 1
    const last = all.at(-1)
    if (last === undefined || last.length === sheetDefinitionsMax || bytes > sheetBytesMax) {
      all.push([text])
      bytes = Buffer.byteLength(text) + 1
    } else last.push(text)
  }
  return all
}

function sheetOf(sheetId: string, texts: readonly string[]): Sheet {
  return {
    sheetId,
    definitions: texts.map((text) => JSON.parse(text) as Definition),
    places: new Map(texts.map((text, place) => [text, place])),
  }
}

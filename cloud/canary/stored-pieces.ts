import type { ItemKey, MetadataStore, PendingChange } from '../store/port.ts'

/** The bytes of an item, in pieces that can each be searched: what is plain, and the compressed part. */
export function* piecesOf(item: Pick<PendingChange, 'partition' | 'sort' | 'data' | 'blob'>): Generator<Uint8Array> {
  yield Buffer.from(JSON.stringify([item.partition, item.sort, item.data]))
  if (item.blob !== undefined) yield item.blob
}

/** Every item of a store that a search wants, as pieces. */
export async function* storedPieces(
  store: Pick<MetadataStore, 'everything'>,
  isWanted: (item: PendingChange) => boolean,
): AsyncGenerator<Uint8Array> {
  let after: ItemKey | undefined
  do {
    const page = await store.everything(after === undefined ? {} : { after })
    for (const item of page.items) if (isWanted(item)) yield* piecesOf(item)
    after = page.next
  } while (after !== undefined)
}

/** The same items as services see them, their seals opened: a value could hide in what is sealed. */
export async function* openedPieces(
  raw: Pick<MetadataStore, 'everything'>,
  opened: Pick<MetadataStore, 'read'>,
): AsyncGenerator<Uint8Array> {
  let after: ItemKey | undefined
  do {
    const page = await raw.everything(after === undefined ? {} : { after })
    for (const { partition, sort, isDeleted } of page.items) {
      const item = isDeleted ? undefined : await opened.read({ partition, sort })
      if (item !== undefined) yield* piecesOf(item)
    }
    after = page.next
  } while (after !== undefined)
}

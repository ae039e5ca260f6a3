import { randomUUID } from 'node:crypto'
import { z } from 'zod'
import { ThroughlineError } from '../../src/errors/throughline-error.ts'
import type { ItemKey, MetadataStore, PendingChange } from '../store/port.ts'

const place: ItemKey = { partition: 'seal-installation', sort: 'seal-installation' }
const keysMark = z.object({ installationId: z.string(), isBound: z.boolean() })
/** The one with the data goes into backups as other items do. */
const dataMark = keysMark.omit({ isBound: true })

/** The id as it lies in a store; undefined where none lies yet. */
export async function installationIdOf(store: Pick<MetadataStore, 'read'>): Promise<string | undefined> {
  const item = await store.read(place)
  return item && dataMark.parse(item.data).installationId
}

/** What says in a restored copy of the data to which keys it belongs. */
export function installationMark(installationId: string): PendingChange {
  return { ...place, kind: 'installation', data: { installationId }, revision: 1, isDeleted: false }
}

/**
 * The id that data and keys share, made at the first start: it is part of what every key is wrapped for, so that keys of one
 * installation are of no use to another (security O4). Noted beside the keys first, with the data next, and then as shared; a crash
 * between two is completed by the next start. `words` name the two places for people. Throws DATA_FOLDER_UNUSABLE when data and keys
 * do not belong together.
 */
export async function agreeOnInstallation(deps: {
  readonly raw: MetadataStore
  readonly apart: MetadataStore
  readonly words: { readonly data: string; readonly keys: string }
}): Promise<string> {
  const { raw, apart, words } = deps
  const refuse = (sentence: string) => new ThroughlineError('DATA_FOLDER_UNUSABLE', sentence)
  for (;;) {
    const [dataItem, keysItem] = [await raw.read(place), await apart.read(place)]
    const [data, keys] = [dataItem && dataMark.parse(dataItem.data), keysItem && keysMark.parse(keysItem.data)]
    if (keys === undefined) {
      if (data !== undefined)
        throw refuse(
          `The data in ${words.data} is sealed with keys that are not in ${words.keys}; set THROUGHLINE_KEYS to the folder of its keys.`,
        )
      await apart.write({ ...place, kind: 'seal-key', data: { installationId: randomUUID(), isBound: false } }, 'absent')
    } else if (data === undefined) {
      if (keys.isBound)
        throw refuse(
          `The keys in ${words.keys} belong to data that is not in ${words.data}; set THROUGHLINE_KEYS to another folder, or remove them when that data is gone for good.`,
        )
      await raw.write({ ...place, kind: 'installation', data: { installationId: keys.installationId } }, 'absent')
    } else if (data.installationId !== keys.installationId) {
      throw refuse(
        `The keys in ${words.keys} belong to another installation than the data in ${words.data}; set THROUGHLINE_KEYS to the folder of its keys.`,
      )
    } else if (keys.isBound) return keys.installationId
    else {
      const { installationId } = keys
      await apart.write({ ...place, kind: 'seal-key', data: { installationId, isBound: true } }, keysItem?.revision ?? 'absent')
    }
  }
}

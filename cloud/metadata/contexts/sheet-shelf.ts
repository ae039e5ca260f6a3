import type { SpaceId } from '../../../src/domain/ids.ts'
import type { MetadataStore } from '../../store/port.ts'
import { keys, spacePartition } from '../keys.ts'
import { segmentDigest } from './definition.ts'
import { packSheet, unpackSheet, type Sheet } from './sheet.ts'

/** The sheets of all spaces, read through a small memory; sheets never change, so what is remembered is always right. */
export interface SheetShelf {
  /** The sheets with these ids that are there, by id. */
  fetch(spaceId: SpaceId, sheetIds: readonly string[]): Promise<Map<string, Sheet>>
  /** Sheets of a segment that are remembered. */
  remembered(spaceId: SpaceId, segment: string): Sheet[]
  /** Sheets of a segment as the store has them now, some dozens at most. */
  look(spaceId: SpaceId, segment: string): Promise<Sheet[]>
  /** Resolves when the sheet is in the store. */
  put(spaceId: SpaceId, sheet: Sheet): Promise<void>
}

const lookMax = 32
const rememberedDefinitionsMax = 40_000

export function createSheetShelf(store: MetadataStore): SheetShelf {
  /** By space and segment digest, the least recently used first. */
  const memory = new Map<string, Map<string, Sheet>>()
  let definitions = 0

  const remember = (spaceId: SpaceId, sheet: Sheet): void => {
    const group = `${spaceId}/${sheet.sheetId.slice(0, 12)}`
    const sheets = memory.get(group) ?? new Map<string, Sheet>()
    memory.delete(group)
    memory.set(group, sheets)
    if (!sheets.has(sheet.sheetId)) definitions += sheet.definitions.length
    sheets.set(sheet.sheetId, sheet)
    for (const [oldest, forgotten] of memory) {
      if (definitions <= rememberedDefinitionsMax || oldest === group) break
      memory.delete(oldest)
      for (const each of forgotten.values()) definitions -= each.definitions.length
    }
  }

  const recall = (spaceId: SpaceId, sheetId: string) => memory.get(`${spaceId}/${sheetId.slice(0, 12)}`)?.get(sheetId)

  const fetchOne = async (spaceId: SpaceId, sheetId: string): Promise<Sheet | undefined> => {
    const known = recall(spaceId, sheetId)
    if (known !== undefined) return known
    const item = await store.read(keys.sheet(spaceId, sheetId))
    if (item?.blob === undefined) return undefined
    const sheet = unpackSheet(sheetId, item.blob)
    remember(spaceId, sheet)
    return sheet
  }

  return {
    async fetch(spaceId, sheetIds) {
      const found = await Promise.all(sheetIds.map((sheetId) => fetchOne(spaceId, sheetId)))
      return new Map(found.filter((sheet) => sheet !== undefined).map((sheet) => [sheet.sheetId, sheet]))
    },

    remembered: (spaceId, segment) => [...(memory.get(`${spaceId}/${segmentDigest(segment)}`)?.values() ?? [])],

    async look(spaceId, segment) {
      const { items } = await store.list(spacePartition(spaceId), { prefix: `sheet/${segmentDigest(segment)}`, limit: lookMax })
      return items.flatMap(({ sort, blob }) => {
        if (blob === undefined) return []
        const sheet = unpackSheet(sort.slice('sheet/'.length), blob)
        remember(spaceId, sheet)
        return [sheet]
      })
    },

    async put(spaceId, sheet) {
      // Under this key can only lie this content, so losing the race against another writer is as good as winning it.
      await store.write(
        {
          ...keys.sheet(spaceId, sheet.sheetId),
          kind: 'context-sheet',
          data: { definitions: sheet.definitions.length },
          blob: packSheet(sheet),
        },
        'absent',
      )
      remember(spaceId, sheet)
    },
  }
}

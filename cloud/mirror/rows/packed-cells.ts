import { unpackAlerts } from '../../metadata/alerts/alert-set.ts'
import { unpackNodeContexts } from '../../metadata/contexts/node-contexts-codec.ts'
import { unpackSheet, type Sheet } from '../../metadata/contexts/sheet.ts'
import type { ItemKind } from '../../store/kinds.ts'
import type { MetadataStore, StoredItem } from '../../store/port.ts'
import type { MirrorCell, MirrorTable } from '../ports.ts'

/** What a few kinds tell besides their mapped fields: names of contexts, and how many alerts are in which state. */
export const packedColumns: Readonly<Partial<Record<ItemKind, MirrorTable['columns']>>> = {
  roster: [
    { name: 'admins_count', type: 'whole' },
    { name: 'invitations_count', type: 'whole' },
  ],
  'node-contexts': [{ name: 'context_names', type: 'texts' }],
  'context-sheet': [{ name: 'context_names', type: 'texts' }],
  'node-alerts': [
    { name: 'critical_count', type: 'whole' },
    { name: 'warning_count', type: 'whole' },
    { name: 'clear_count', type: 'whole' },
  ],
}

type Cells = Readonly<Record<string, MirrorCell>>
const sheetsKept = 500

/** Reads them. Sheets never change, so those that were read are kept. What is damaged or not there any more tells nothing. */
export function createPackedCells(store: Pick<MetadataStore, 'read'>): (item: StoredItem) => Promise<Cells> {
  const sheets = new Map<string, Sheet>()
  const ofStore = new WeakSet<Error>()
  const sheetOf = async (partition: string, sheetId: string): Promise<Sheet | undefined> => {
    const name = `${partition}\n${sheetId}`
    const known = sheets.get(name)
    if (known !== undefined) return known
    const item = await store.read({ partition, sort: `sheet/${sheetId}` }).catch((cause: Error) => {
      ofStore.add(cause)
      throw cause
    })
    const blob = item?.blob
    if (blob === undefined) return undefined
    const sheet = unpackSheet(sheetId, blob)
    if (sheets.size >= sheetsKept) sheets.clear()
    sheets.set(name, sheet)
    return sheet
  }

  const contextNames = async ({ partition, data, blob }: StoredItem): Promise<Cells> => {
    const sizes = (data as { sheets?: readonly number[] } | null)?.sheets
    if (blob === undefined || sizes === undefined) return { context_names: [] }
    const set = unpackNodeContexts(blob, sizes)
    const found = new Map<string, Sheet>()
    for (const sheetId of set.sheetIds) {
      const sheet = await sheetOf(partition, sheetId)
      if (sheet !== undefined) found.set(sheetId, sheet)
    }
    const names = set.resolve(found)?.map(({ definition: [id] }) => id)
    return { context_names: names === undefined ? null : [...new Set(names)].sort() }
  }

  const rosterCounts = ({ data }: StoredItem): Cells => {
    const members = (data as { members?: readonly { role?: string; invitation?: unknown }[] } | null)?.members ?? []
    const invited = members.filter(({ invitation }) => invitation !== undefined && invitation !== null)
    return {
      admins_count: members.filter((each) => each.role === 'admin' && !invited.includes(each)).length,
      invitations_count: invited.length,
    }
  }

  const alertCounts = ({ blob }: StoredItem): Cells => {
    const states = [...unpackAlerts(blob).values()]
    const of = (status: string) => states.filter((each) => each.status === status).length
    return { critical_count: of('critical'), warning_count: of('warning'), clear_count: of('clear') }
  }

  const read = async (item: StoredItem): Promise<Cells> => {
    if (item.kind === 'roster') return rosterCounts(item)
    if (item.kind === 'node-contexts') return contextNames(item)
    if (item.kind === 'node-alerts') return alertCounts(item)
    if (item.kind === 'context-sheet' && item.blob !== undefined) {
      return { context_names: [...new Set(unpackSheet('', item.blob).definitions.map(([id]) => id))].sort() }
    }
    return {}
  }

  return async (item) => {
    try {
      return await read(item)
    } catch (cause) {
      // A store that is away is no damage: the change is read again later.
      if (cause instanceof Error && ofStore.has(cause)) throw cause
      return {}
    }
  }
}

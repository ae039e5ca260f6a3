import { dataMap, type ItemKind } from '../store/data-map/data-map.ts'

/** Whether rows are made of items of this kind; also of what an older program left that the map knows no more. */
export const isMirrored = (kind: ItemKind): boolean => dataMap[kind]?.mirrored ?? false

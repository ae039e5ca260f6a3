/** The kinds of items that exist, and what becomes of each: the data map, under the name that stores know. */
export { dataMap as itemKinds, type DataOfKind, type ItemKind } from './data-map/data-map.ts'

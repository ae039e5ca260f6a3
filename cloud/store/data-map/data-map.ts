/** The data map as others read it: what can be stored, field by field, and how its values are found in an item. */
export { dataMap, kindNames, type DataOfKind, type ItemKind } from './every-kind.ts'
export { blobLeavesOf, leavesOf, mirroredLeaves, valuesOf, withLeaves, type Leaf, type LeafValue } from './leaves.ts'
export { ownerOf } from './owner-of.ts'

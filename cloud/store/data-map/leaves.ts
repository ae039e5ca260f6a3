import type { Storable } from '../../../src/domain/storable.ts'
import { dataMap, type ItemKind } from './every-kind.ts'
import type { FieldFacts, LeafForm, Shape } from './field.ts'
import { fits } from './fits.ts'

/**
 * One leaf of a kind's data: `path` as `members[].email`, `labels{}`, `instances[].0` (a place of a tuple); keys of maps are leaves of
 * their own, `labels{key}`. `label` is the same for readers: a place of a tuple by its name.
 */
export interface Leaf {
  readonly path: string
  readonly label: string
  readonly form: LeafForm
  readonly isOptional: boolean
  readonly facts: FieldFacts
}

/** A value as it lies in an item. */
export interface LeafValue {
  readonly leaf: Leaf
  readonly value: string | number | boolean | null
}

const known = new Map<ItemKind, readonly Leaf[]>()

/** Every leaf of what an item of this kind may hold, in the order of the map. The same array each time. */
export function leavesOf(kind: ItemKind): readonly Leaf[] {
  const leaves = known.get(kind) ?? [...walk(dataMap[kind].data.shape, '', '', false)]
  known.set(kind, leaves)
  return leaves
}

/** What is in the compressed part, as far as it has one. */
export function blobLeavesOf(kind: ItemKind): readonly Leaf[] {
  const shape = dataMap[kind].inBlob?.shape
  return shape === undefined ? [] : [...walk(shape, '', '', false)]
}

/** The leaves that the mirror gets in some form. */
export const mirroredLeaves = (kind: ItemKind): readonly Leaf[] =>
  dataMap[kind].mirrored ? leavesOf(kind).filter(({ facts }) => facts.mirror !== 'none') : []

/** Every value of an item's data with its leaf; what is not in the map is passed over. A null where a group or list could be has no leaf. */
export function* valuesOf(kind: ItemKind, data: Storable): Generator<LeafValue> {
  const byPath = new Map(leavesOf(kind).map((leaf) => [leaf.path, leaf]))
  for (const { path, value } of read(dataMap[kind].data.shape, data, '')) {
    const leaf = byPath.get(path)
    if (leaf !== undefined) yield { leaf, value }
  }
}

/** The data with every leaf that `change` wants otherwise; what is not in the map stays. Nulls stay null. Keys of maps stay. */
export function withLeaves(kind: ItemKind, data: Storable, change: (facts: FieldFacts, value: Storable) => Storable): Storable {
  return changed(dataMap[kind].data.shape, data, change)
}

const below = (path: string, name: string) => (path === '' ? name : `${path}.${name}`)

function* walk(shape: Shape, path: string, label: string, isOptional: boolean): Generator<Leaf> {
  switch (shape.form) {
    case 'list':
      yield* walk(shape.of, `${path}[]`, `${label}[]`, isOptional)
      return
    case 'map':
      yield { path: `${path}{key}`, label: `${label}{key}`, form: 'text', isOptional, facts: shape.key }
      yield* walk(shape.of, `${path}{}`, `${label}{}`, isOptional)
      return
    case 'group':
      for (const [name, member] of Object.entries(shape.members))
        yield* walk(member.shape, below(path, name), below(label, name), isOptional || member.isOptional)
      return
    case 'tuple':
      for (const [at, [name, member]] of Object.entries(shape.members).entries())
        yield* walk(member.shape, below(path, String(at)), below(label, name), isOptional || member.isOptional)
      return
    case 'either':
      for (const option of shape.options) yield* walk(option, path, label, true)
      return
    default:
      yield { path, label, form: shape.form, isOptional: isOptional || shape.isNullable, facts: shape.facts }
  }
}

type Found = { readonly path: string; readonly value: LeafValue['value'] }
const isObject = (value: unknown): value is Readonly<Record<string, Storable | undefined>> => typeof value === 'object' && value !== null

function* read(shape: Shape, value: Storable | undefined, path: string): Generator<Found> {
  if (value === undefined) return
  switch (shape.form) {
    case 'list':
      if (Array.isArray(value)) for (const each of value as readonly Storable[]) yield* read(shape.of, each, `${path}[]`)
      return
    case 'map':
      if (isObject(value))
        for (const [key, each] of Object.entries(value)) {
          yield { path: `${path}{key}`, value: key }
          yield* read(shape.of, each, `${path}{}`)
        }
      return
    case 'group':
      if (isObject(value))
        for (const [name, member] of Object.entries(shape.members))
          if (Object.hasOwn(value, name)) yield* read(member.shape, value[name], below(path, name))
      return
    case 'tuple':
      if (Array.isArray(value))
        for (const [at, member] of Object.values(shape.members).entries())
          yield* read(member.shape, value[at] as Storable, below(path, String(at)))
      return
    case 'either': {
      const option = shape.options.find((each) => fits(each, value))
      if (option !== undefined) yield* read(option, value, path)
      return
    }
    default:
      if (value === null || typeof value !== 'object') yield { path, value }
  }
}

function changed(shape: Shape, value: Storable, change: (facts: FieldFacts, value: Storable) => Storable): Storable {
  if (value === null) return value
  switch (shape.form) {
    case 'list':
      return Array.isArray(value) ? (value as readonly Storable[]).map((each) => changed(shape.of, each, change)) : value
    case 'map':
      if (!isObject(value)) return value
      return Object.fromEntries(
        Object.entries(value).map(([name, each]) => [name, each === undefined ? each : changed(shape.of, each, change)]),
      )
    case 'group':
      if (!isObject(value)) return value
      return Object.fromEntries(
        Object.entries(value).map(([name, each]) => {
          const member = Object.hasOwn(shape.members, name) ? shape.members[name] : undefined
          return [name, each === undefined || member === undefined ? each : changed(member.shape, each, change)]
        }),
      )
    case 'tuple': {
      if (!Array.isArray(value)) return value
      const members = Object.values(shape.members)
      return (value as readonly Storable[]).map((each, at) => {
        const member = members[at]
        return member === undefined ? each : changed(member.shape, each, change)
      })
    }
    case 'either': {
      const option = shape.options.find((each) => fits(each, value))
      return option === undefined ? value : changed(option, value, change)
    }
    default:
      return change(shape.facts, value)
  }
}

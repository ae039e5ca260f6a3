import type { Storable } from '../../../src/domain/storable.ts'
import type { FieldFacts, Shape } from '../../store/data-map/field.ts'
import { fits } from '../../store/data-map/fits.ts'

/** One stored value with what the map says of it. */
export interface HeldValue {
  /** As in the map: `members[].email`, `labels{}`, `labels{key}`. */
  readonly path: string
  readonly value: string | number | boolean
  /** Undefined: the map does not know it. */
  readonly facts: FieldFacts | undefined
}

/** A group of values that stand together: an object, or one text or number in a list. */
export interface HeldGroup {
  /** The list or map it is one of; empty for the item itself. */
  readonly path: string
  readonly values: readonly HeldValue[]
}

/** Every value of an item, in groups, by the shape the map gives it. What is null or absent is not held. */
export function* heldGroups(data: Storable | undefined, given: Shape | undefined, path = ''): Generator<HeldGroup> {
  if (data === null || data === undefined) return
  const shape = given?.form === 'either' ? given.options.find((option) => fits(option, data)) : given
  if (Array.isArray(data)) {
    if (shape?.form === 'tuple') return yield* group(namedPlaces(data as readonly Storable[], shape), shape, path)
    const of = shape?.form === 'list' ? shape.of : undefined
    for (const each of data as readonly Storable[]) yield* heldGroups(each, of, `${path}[]`)
    return
  }
  if (typeof data !== 'object') {
    yield { path, values: [{ path, value: data, facts: factsOf(shape) }] }
    return
  }
  if (shape?.form === 'map') {
    for (const [key, value] of Object.entries(data as Readonly<Record<string, Storable | undefined>>)) yield* entry(key, value, shape, path)
    return
  }
  yield* group(data as Readonly<Record<string, Storable | undefined>>, shape, path)
}

/** The plain values of an object stand together; objects and lists in it follow. */
function* group(data: Readonly<Record<string, Storable | undefined>>, shape: Shape | undefined, path: string): Generator<HeldGroup> {
  const own: HeldValue[] = []
  const inner: (() => Generator<HeldGroup>)[] = []
  for (const [name, value] of Object.entries(data)) {
    if (value === null || value === undefined) continue
    const member = shape?.form === 'group' || shape?.form === 'tuple' ? shape.members[name]?.shape : undefined
    const at = path === '' ? name : `${path}.${name}`
    if (typeof value === 'object') inner.push(() => heldGroups(value, member, at))
    else own.push({ path: at, value, facts: factsOf(member) })
  }
  if (own.length > 0) yield { path, values: own }
  for (const walk of inner) yield* walk()
}

/** A list of a fixed order as the object it stands for. */
const namedPlaces = (
  data: readonly Storable[],
  { members }: Extract<Shape, { form: 'tuple' }>,
): Readonly<Record<string, Storable | undefined>> => Object.fromEntries(Object.keys(members).map((name, at) => [name, data[at]]))

/** One entry of a map: its key stands with the plain values it leads to. */
function* entry(key: string, value: Storable | undefined, shape: Extract<Shape, { form: 'map' }>, path: string): Generator<HeldGroup> {
  const named: HeldValue = { path: `${path}{key}`, value: key, facts: shape.key }
  const [first, ...others] = heldGroups(value, shape.of, `${path}{}`)
  const isFlat = first !== undefined && first.path === `${path}{}`
  yield { path: `${path}{}`, values: isFlat ? [named, ...first.values] : [named] }
  if (first !== undefined && !isFlat) yield first
  yield* others
}

const factsOf = (shape: Shape | undefined): FieldFacts | undefined => (shape !== undefined && 'facts' in shape ? shape.facts : undefined)

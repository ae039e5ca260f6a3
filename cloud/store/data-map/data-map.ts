import { itemKinds, type ItemKind } from '../kinds.ts'
import type { FieldFacts, Shape } from './field.ts'
import type { KindFacts } from './kind-facts.ts'
import { alsoLogged } from './also-logged.ts'

const undrawn = (kind: ItemKind): KindFacts => ({
  ...itemKinds[kind],
  logged: itemKinds[kind].mirrored || alsoLogged.has(kind),
  class: 'operations',
  subject: 'installation',
  retention: 'not drawn yet',
  erasure: 'not drawn yet',
})

/** The data map: everything that can be stored, once. */
export const dataMap: Readonly<Record<ItemKind, KindFacts>> = Object.fromEntries(
  (Object.keys(itemKinds) as ItemKind[]).map((kind) => [kind, undrawn(kind)]),
) as Record<ItemKind, KindFacts>

/** One leaf of a kind's data: `path` as `members[].email` or `labels{}`; keys of maps are leaves of their own, `labels{key}`. */
export interface Leaf {
  readonly path: string
  readonly form: 'text' | 'number' | 'flag'
  readonly isOptional: boolean
  readonly facts: FieldFacts
}

/** Every leaf of what an item of this kind may hold, in the order of the map. */
export function leavesOf(kind: ItemKind): readonly Leaf[] {
  const shape = dataMap[kind].data?.shape
  return shape === undefined ? [] : [...walk(shape, '', false)]
}

function* walk(shape: Shape, path: string, isOptional: boolean): Generator<Leaf> {
  if (shape.form === 'list') yield* walk(shape.of, `${path}[]`, isOptional)
  else if (shape.form === 'map') {
    yield { path: `${path}{key}`, form: 'text', isOptional, facts: shape.key }
    yield* walk(shape.of, `${path}{}`, isOptional)
  } else if (shape.form === 'group') {
    for (const [name, member] of Object.entries(shape.members)) {
      yield* walk(member.shape, path === '' ? name : `${path}.${name}`, isOptional || member.isOptional)
    }
  } else yield { path, form: shape.form, isOptional: isOptional || shape.isNullable, facts: shape.facts }
}

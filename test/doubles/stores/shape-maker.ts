import type { Storable } from '../../../src/domain/storable.ts'
import type { Shape } from '../../../cloud/store/data-map/field.ts'
import type { Seeded } from '../seeded.ts'

const words = ['', 'a', 'edge-3', 'grüße 🙂', '__proto__', 'constructor', 'toJSON', '0'] as const

/** Some value of a shape, other for each call. */
export function valueOf(shape: Shape, random: Seeded): Storable {
  if (shape.isNullable && random.below(4) === 0) return null
  switch (shape.form) {
    case 'list':
      return Array.from({ length: random.below(4) }, () => valueOf(shape.of, random))
    case 'map':
      return Object.fromEntries(Array.from({ length: random.below(4) }, () => [random.pick(words), valueOf(shape.of, random)]))
    case 'tuple':
      return Object.values(shape.members).flatMap(({ shape: of, isOptional }) => (isOptional ? [] : [valueOf(of, random)]))
    case 'group':
      return Object.fromEntries(
        Object.entries(shape.members).flatMap(([name, { shape: of, isOptional }]) =>
          isOptional && random.below(2) === 0 ? [] : [[name, valueOf(of, random)]],
        ),
      )
    case 'either':
      return valueOf(random.pick(shape.options), random)
    default:
      if (shape.values !== undefined) return random.pick(shape.values)
      if (shape.form === 'number') return random.pick([0, -1, 1.5, 1_700_000_000_000])
      if (shape.form === 'flag') return random.below(2) === 0
      return random.pick(words)
  }
}

/** Everything that is wrong somewhere in an otherwise right value: members too many, places too many, numbers that are none. */
export function* spoilt(shape: Shape, value: Storable, extra: unknown): Generator {
  if (value === null || value === undefined) return
  if (shape.form === 'list' && Array.isArray(value)) {
    for (const [at, each] of (value as readonly Storable[]).entries())
      for (const bad of spoilt(shape.of, each, extra)) yield value.with(at, bad)
  } else if (shape.form === 'map') {
    for (const [name, each] of Object.entries(value))
      for (const bad of spoilt(shape.of, each as Storable, extra)) yield { ...(value as object), ...Object.fromEntries([[name, bad]]) }
  } else if (shape.form === 'tuple' && Array.isArray(value)) {
    yield [...(value as readonly Storable[]), ...Object.values(shape.members).map(() => extra), extra]
    for (const [at, { shape: of }] of Object.values(shape.members).entries())
      for (const bad of spoilt(of, value[at] as Storable, extra)) yield value.with(at, bad)
  } else if (shape.form === 'group') {
    yield { ...(value as object), unheard: extra }
    yield Object.assign(Object.create({ inherited: 1 }) as object, value)
    for (const [name, { shape: of, isOptional }] of Object.entries(shape.members)) {
      const member = (value as Readonly<Record<string, Storable>>)[name]
      if (member === undefined) continue
      if (!isOptional) yield Object.fromEntries(Object.entries(value).filter(([each]) => each !== name))
      for (const bad of spoilt(of, member, extra)) yield { ...(value as object), [name]: bad }
    }
  } else if (shape.form === 'number') {
    for (const bad of [NaN, Infinity, '1', [1], { at: 1 }, true]) yield bad
  } else if (shape.form === 'text' || shape.form === 'flag' || shape.form === 'plain') {
    for (const bad of [['a'], { at: 'a' }, NaN]) yield bad
  }
}

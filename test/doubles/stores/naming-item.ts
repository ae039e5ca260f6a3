import { dataMap, kindNames, type ItemKind } from '../../../cloud/store/data-map/data-map.ts'
import type { FieldFacts, Names, Shape } from '../../../cloud/store/data-map/field.ts'
import { asItemWrite } from '../../../cloud/store/item-rules.ts'
import type { ItemKey, ItemWrite } from '../../../cloud/store/port.ts'
import type { Storable } from '../../../src/domain/storable.ts'

type Ids = Readonly<Record<Names, string>>

/**
 * An item of a kind in which every field is there, lists and maps have one member, and every field that names somebody names them.
 * `variant` chooses among forms where there are several.
 */
export function namingItem(key: ItemKey, kind: ItemKind, ids: Ids, variant = 0): ItemWrite {
  return asItemWrite({ ...key, kind, data: named(dataMap[kind].data.shape, ids, variant) })
}

/** Every kind that the mirror has. */
export const mirroredKindNames: readonly ItemKind[] = kindNames.filter((kind) => dataMap[kind].mirrored)

function named(shape: Shape, ids: Ids, variant: number): Storable {
  const idOf = ({ names }: FieldFacts) => (names === undefined ? undefined : ids[names])
  switch (shape.form) {
    case 'list':
      return [named(shape.of, ids, variant)]
    case 'tuple':
      return Object.values(shape.members).map((member) => named(member.shape, ids, variant))
    case 'map':
      return { [idOf(shape.key) ?? 'x']: named(shape.of, ids, variant) }
    case 'group':
      return Object.fromEntries(Object.entries(shape.members).map(([name, member]) => [name, named(member.shape, ids, variant)]))
    case 'either': {
      const option = shape.options[variant % shape.options.length]
      return option === undefined ? null : named(option, ids, variant)
    }
    default: {
      const [value] = shape.values ?? []
      return idOf(shape.facts) ?? value ?? (shape.form === 'number' ? 1 : shape.form === 'flag' ? true : 'x')
    }
  }
}

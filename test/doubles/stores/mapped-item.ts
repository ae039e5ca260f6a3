import { dataMap, type ItemKind } from '../../../cloud/store/data-map/data-map.ts'
import type { Shape } from '../../../cloud/store/data-map/field.ts'
import { asItemWrite } from '../../../cloud/store/item-rules.ts'
import type { ItemWrite } from '../../../cloud/store/port.ts'
import type { Storable } from '../../../src/domain/storable.ts'

/** An item that the data map takes: what a test names, and something for every other field that has to be there. */
export function mappedItem(partition: string, sort: string, kind: ItemKind, named: object = {}): ItemWrite {
  const filled = something(dataMap[kind].data.shape)
  return asItemWrite({ partition, sort, kind, data: { ...(filled as object), ...named } })
}

function something(shape: Shape): Storable {
  if (shape.isNullable) return null
  switch (shape.form) {
    case 'list':
      return []
    case 'tuple':
      return Object.values(shape.members).flatMap((member) => (member.isOptional ? [] : [something(member.shape)]))
    case 'map':
      return {}
    case 'group':
      return Object.fromEntries(
        Object.entries(shape.members).flatMap(([name, member]) => (member.isOptional ? [] : [[name, something(member.shape)]])),
      )
    case 'either': {
      const [first] = shape.options
      return first === undefined ? null : something(first)
    }
    default: {
      const [value] = shape.values ?? []
      return value ?? (shape.form === 'number' ? 1 : shape.form === 'flag' ? true : 'x')
    }
  }
}

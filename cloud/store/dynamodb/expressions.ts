import type { Attributes } from './attributes.ts'

/** Every attribute an overwrite may leave behind from the item before. */
const replaceable = ['d', 'z', 'b', 'e', 't', 'x'] as const

/**
 * The update that replaces an item's content. The marker is only set where none is: the index key of a pending item stays the
 * same, so writing it again touches no index.
 */
export function overwriteExpression(content: Attributes, marker: Attributes): { UpdateExpression: string; values: Attributes } {
  const sets = [
    ...Object.keys(content).map((name) => `${name} = :${name}`),
    ...Object.keys(marker).map((name) => `${name} = if_not_exists(${name}, :${name})`),
  ]
  const removes = replaceable.filter((name) => content[name] === undefined)
  const values = Object.fromEntries(Object.entries({ ...content, ...marker }).map(([name, value]) => [`:${name}`, value]))
  return { UpdateExpression: `SET ${sets.join(', ')}${removes.length > 0 ? ` REMOVE ${removes.join(', ')}` : ''}`, values }
}

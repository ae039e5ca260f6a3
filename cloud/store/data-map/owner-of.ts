import type { StoredItem } from '../port.ts'

const textAt = (data: unknown, name: string): string | undefined => {
  const value = typeof data === 'object' && data !== null ? (data as Readonly<Record<string, unknown>>)[name] : undefined
  return typeof value === 'string' ? value : undefined
}
const after = (text: string, prefix: string) => (text.startsWith(prefix) ? text.slice(prefix.length) : undefined)

/**
 * The person or the space an item belongs to, whose key seals what the map says and whose erasure takes it: by where it lies, or else
 * by the id at the top of its data. Undefined for what belongs to nobody yet.
 */
export function ownerOf(
  { partition, sort, data }: Pick<StoredItem, 'partition' | 'sort' | 'data'>,
  kind: 'person' | 'space',
): string | undefined {
  if (kind === 'person') return after(partition, 'person#') ?? textAt(data, 'personId')
  if (partition === 'audit-deliveries' || partition === 'audit-heads' || partition === 'message-spaces') return sort
  return after(partition, 'space/') ?? after(partition, 'audit/') ?? textAt(data, 'spaceId')
}

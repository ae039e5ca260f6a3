import { z } from 'zod'
import { canonicalUuid } from '../../../src/domain/ids.ts'

/** A name for addresses: letters, digits and dashes, with the first group of the id, so that no two are alike. */
export function slugOf(name: string, id: string): string {
  const words = name
    .normalize('NFKD')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-+|-+$/g, '')
    .slice(0, 40)
  return `${words === '' ? 'space' : words}-${id.slice(0, 8)}`
}

/** A time as management objects say it (cloud-api §1.2). */
export function timeText(atMs: number): string {
  return new Date(atMs).toISOString()
}

/** The ids of a list parted by commas; what is no id names nothing, so it is passed over. */
export function idsIn<Id extends string>(list: string): readonly Id[] {
  return list.split(',').flatMap((text) => (canonicalUuid(text.trim()) as Id | undefined) ?? [])
}

/** A query parameter that is such a list. */
export const idList = z.string().max(100_000)

/** An id that may stand in quotes or braces: one client sends it so (cloud-api §7.3). */
export function unwrappedId(text: string | undefined): string | undefined {
  return canonicalUuid(text?.replace(/^(?:"(.*)"|\{(.*)\})$/, '$1$2'))
}

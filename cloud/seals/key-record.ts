import { z } from 'zod'
import type { KeySubject } from '../../src/domain/key-subject.ts'
import type { ItemKey, ItemWrite, StoredItem } from '../store/port.ts'
import { subjectName } from './key-provider.ts'

const keyRecord = z.discriminatedUnion('state', [
  z.object({
    state: z.literal('usable'),
    /** The last seals; earlier ones open what was not sealed again yet. */
    keys: z.array(z.object({ keyId: z.string(), wrapped: z.string(), madeAtMs: z.number() })).min(1),
  }),
  z.object({ state: z.literal('destroyed'), destroyedAtMs: z.number() }),
])

/** What lies apart of the keys of one subject: wrapped keys, or that they are gone and since when. */
export type KeyRecord = z.output<typeof keyRecord>

const prefix = 'seal-key/'
const sort = 'seal-key'

/** Where the keys of a subject lie in the store apart: a partition each. */
export const keyPlace = (subject: KeySubject): ItemKey => ({ partition: `${prefix}${subjectName(subject)}`, sort })

/** Whose keys an item of the store apart holds; undefined when it holds something else. */
export function subjectOf({ partition, sort: at }: ItemKey): KeySubject | undefined {
  if (at !== sort || !partition.startsWith(prefix)) return undefined
  const [, kind = '', id = ''] = /^(person|space|installation)\/(.+)$/.exec(partition.slice(prefix.length)) ?? []
  return id === '' ? undefined : { kind: kind as KeySubject['kind'], id }
}

export const keyRecordOf = ({ data }: Pick<StoredItem, 'data'>): KeyRecord => keyRecord.parse(data)

export const keyItem = (subject: KeySubject, record: KeyRecord): ItemWrite => ({ ...keyPlace(subject), kind: 'seal-key', data: record })

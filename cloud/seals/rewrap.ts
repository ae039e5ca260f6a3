import type { ItemKey, MetadataStore } from '../store/port.ts'
import type { Clock } from '../../src/support/clock.ts'
import type { KeySubject } from '../../src/domain/key-subject.ts'
import { ThroughlineError } from '../../src/errors/throughline-error.ts'
import { randomBytes } from 'node:crypto'
import { dataKeyBytes, subjectName, type KeyProvider } from './key-provider.ts'
import { keyItem, keyPlace, keyRecordOf, subjectOf, type KeyRecord } from './key-record.ts'

type Usable = Extract<KeyRecord, { state: 'usable' }>
type Change = (record: Usable, subject: KeySubject) => Promise<Usable>

const pageKeys = 200
const atOnce = 16

/** Keys of people and spaces, seen one by one as they lie apart. */
export interface KeyWalk {
  /** Every record behind a place; `onPage` hears after each page where the next begins. */
  all(
    after: ItemKey | undefined,
    work: (subject: KeySubject, record: KeyRecord) => Promise<void>,
    onPage?: (next: ItemKey | undefined) => Promise<void>,
  ): Promise<void>
  /** Changes the record of a subject unless it is destroyed; asked again when somebody else wrote it. Answers whether it changed. */
  change(subject: KeySubject, to: Change): Promise<boolean>
}

export function createKeyWalk(apart: MetadataStore): KeyWalk {
  return {
    async all(after, work, onPage = async () => {}) {
      let next = after
      do {
        const page = await apart.everything({ limit: pageKeys, ...(next === undefined ? {} : { after: next }) })
        const waiting = page.items.flatMap((item) => {
          const subject = item.isDeleted ? undefined : subjectOf(item)
          return subject === undefined ? [] : [{ subject, record: keyRecordOf(item) }]
        })
        // A key service answers in milliseconds; many at a time make thousands of keys a matter of minutes.
        const worker = async () => {
          for (let each = waiting.pop(); each !== undefined; each = waiting.pop()) await work(each.subject, each.record)
        }
        await Promise.all(Array.from({ length: atOnce }, worker))
        next = page.next
        await onPage(next)
      } while (next !== undefined)
    },

    async change(subject, to) {
      for (;;) {
        const item = await apart.read(keyPlace(subject))
        const record = item && keyRecordOf(item)
        if (item === undefined || record?.state !== 'usable') return false
        const changed = await to(record, subject)
        if (changed === record) return false
        if ((await apart.write(keyItem(subject, changed), item.revision)) !== undefined) return true
      }
    },
  }
}

/** Wraps keys under the master of now. Throws KEYS_UNAVAILABLE, SEAL_BROKEN. */
export function rewrapping(provider: KeyProvider, installationId: string): Change {
  return async (record, subject) => {
    const context = { subject: subjectName(subject), installation: installationId }
    const isThere = (wrapped: string) => provider.name === 'file' && provider.masterOf(wrapped) === provider.currentMaster()
    if (record.keys.every(({ wrapped }) => isThere(wrapped))) return record
    const keys = await Promise.all(
      record.keys.map(async (each) => (isThere(each.wrapped) ? each : { ...each, wrapped: await provider.rewrap(each.wrapped, context) })),
    )
    return { ...record, keys }
  }
}

/** Gives a subject a key made at `atMs`, once; the ones before stay to open what they sealed. */
export function renewing(provider: KeyProvider, installationId: string, atMs: number): Change {
  return async (record, subject) => {
    if (record.keys.some(({ madeAtMs }) => madeAtMs >= atMs)) return record
    const bytes = randomBytes(dataKeyBytes)
    const wrapped = await provider.wrap(bytes, { subject: subjectName(subject), installation: installationId })
    bytes.fill(0)
    return { ...record, keys: [...record.keys, { keyId: randomBytes(8).toString('hex'), wrapped, madeAtMs: atMs }] }
  }
}

/** Drops what was made before `beforeMs`, where a later key has taken over. */
export function dropping(beforeMs: number): Change {
  return async (record) => {
    const keys = record.keys.filter(({ madeAtMs }) => madeAtMs >= beforeMs)
    return keys.length === 0 || keys.length === record.keys.length ? record : { ...record, keys }
  }
}

/** Whether a thrown thing says that something does not open. */
export const isBroken = (thrown: unknown): boolean => thrown instanceof ThroughlineError && thrown.code === 'SEAL_BROKEN'

/** A moment later than every key that is there, so that what a rotation makes is newer also where a clock went back. */
export async function laterThanAllKeys(walk: KeyWalk, clock: Clock): Promise<number> {
  let latestMs = 0
  await walk.all(undefined, async (_, record) => {
    if (record.state === 'usable') latestMs = Math.max(latestMs, ...record.keys.map(({ madeAtMs }) => madeAtMs))
  })
  return Math.max(clock.nowMs(), latestMs + 1)
}

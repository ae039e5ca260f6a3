import { createSecretKey, randomBytes, type KeyObject } from 'node:crypto'
import type { KeySubject, SubjectKeys } from '../../src/domain/key-subject.ts'
import { ThroughlineError } from '../../src/errors/throughline-error.ts'
import type { Clock } from '../../src/support/clock.ts'
import type { MetadataStore } from '../store/port.ts'
import { dataKeyBytes, sealBroken, subjectName, type KeyProvider } from './key-provider.ts'
import { keyItem, keyPlace, keyRecordOf, type KeyRecord } from './key-record.ts'

/** A data key in memory, and the id under which seals name it. */
export interface DataKey {
  readonly keyId: string
  readonly key: KeyObject
}

/** The keys of people, spaces and the installation, for whoever seals. Both throw KEYS_UNAVAILABLE and STORE_UNAVAILABLE. */
export interface KeyRing extends SubjectKeys {
  /** The key that seals now, made at its first use. Throws ERASED when it was destroyed. */
  sealing(subject: KeySubject): Promise<DataKey>
  /** The key of this id; undefined when the subject has none such. */
  opening(subject: KeySubject, keyId: string): Promise<DataKey | 'destroyed' | undefined>
  /** As `state`, at most a minute old. */
  known(subject: KeySubject): Promise<'none' | 'usable' | 'destroyed'>
}

export const keyLimits = {
  /** For so long a destruction by another process may go unnoticed; its record is looked at again then. */
  recordMs: 60_000,
  /** For so long an unwrapped key is used before its provider is asked again, while its record stays the same. */
  unwrappedMs: 600_000,
  /** Subjects whose keys are in memory at a time. */
  subjects: 20_000,
  /** Questions to the provider at a time. */
  atOnce: 32,
} as const

type Known = { readonly atMs: number; readonly record: KeyRecord; readonly keys: readonly DataKey[]; readonly unwrappedAtMs: number }

/** One record a subject in the store apart; makers at once agree on the key of whoever wrote first. */
export function createSubjectKeys(deps: {
  readonly apart: MetadataStore
  readonly provider: KeyProvider
  readonly installationId: string
  readonly clock: Clock
}): KeyRing {
  const { apart, provider, installationId, clock } = deps
  const known = new Map<string, Known>()
  const loading = new Map<string, Promise<Known | undefined>>()
  /** Destructions of this process: what was being read before one does not count after it. */
  let era = 0
  const inTurn = limited(keyLimits.atOnce)

  const contextOf = (subject: KeySubject) => ({ subject: subjectName(subject), installation: installationId })

  const keep = (name: string, state: Known): Known => {
    known.delete(name)
    known.set(name, state)
    if (known.size > keyLimits.subjects) known.delete(known.keys().next().value ?? '')
    return state
  }

  const unwrapAll = async (subject: KeySubject, record: KeyRecord, before: Known | undefined): Promise<Known> => {
    const atMs = clock.monotonicMs()
    if (record.state === 'destroyed') return { atMs, record, keys: [], unwrappedAtMs: atMs }
    const isSame = before !== undefined && JSON.stringify(before.record) === JSON.stringify(record)
    if (isSame && before.unwrappedAtMs + keyLimits.unwrappedMs > atMs) return { ...before, atMs }
    const unwrapped = record.keys.map(({ wrapped }) => inTurn(() => provider.unwrap(wrapped, contextOf(subject))))
    const keys = (await Promise.all(unwrapped)).map((bytes, at) => {
      const key = createSecretKey(bytes)
      bytes.fill(0)
      return { keyId: record.keys[at]?.keyId ?? '', key }
    })
    return { atMs, record, keys, unwrappedAtMs: atMs }
  }

  const make = async (subject: KeySubject): Promise<void> => {
    const bytes = randomBytes(dataKeyBytes)
    const wrapped = await inTurn(() => provider.wrap(bytes, contextOf(subject)))
    bytes.fill(0)
    const key = { keyId: randomBytes(8).toString('hex'), wrapped, madeAtMs: clock.nowMs() }
    // Whoever was first has made it; everybody reads what stands there now.
    await apart.write(keyItem(subject, { state: 'usable', keys: [key] }), 'absent')
  }

  const load = async (subject: KeySubject, name: string, isWanted: boolean): Promise<Known | undefined> => {
    for (;;) {
      const asOf = era
      const item = await apart.read(keyPlace(subject))
      if (item === undefined && !isWanted) return undefined
      if (item === undefined) await make(subject)
      else {
        const state = await unwrapAll(subject, keyRecordOf(item), known.get(name))
        if (asOf === era) return keep(name, state)
      }
    }
  }

  /** What is known of a subject, at most a minute old. */
  const look = (subject: KeySubject, isWanted: boolean, isFresh = false): Promise<Known | undefined> | Known => {
    const name = subjectName(subject)
    const state = known.get(name)
    if (!isFresh && state !== undefined && state.atMs + keyLimits.recordMs > clock.monotonicMs()) return state
    const lane = `${name} ${isWanted}`
    const running = loading.get(lane)
    if (running !== undefined && !isFresh) return running
    const mine = load(subject, name, isWanted).finally(() => {
      if (loading.get(lane) === mine) loading.delete(lane)
    })
    loading.set(lane, mine)
    return mine
  }

  return {
    async sealing(subject) {
      const state = await look(subject, true)
      const newest = state?.keys.at(-1)
      if (newest === undefined) throw new ThroughlineError('ERASED', 'This was erased; nothing more is kept of it.')
      return newest
    },

    async opening(subject, keyId) {
      const find = (state: Known | undefined) =>
        state?.record.state === 'destroyed' ? 'destroyed' : state?.keys.find((each) => each.keyId === keyId)
      // Another process may have made a newer key within the minute.
      return find(await look(subject, false)) ?? find(await look(subject, false, true))
    },

    async known(subject) {
      return (await look(subject, false))?.record.state ?? 'none'
    },

    async destroy(subject) {
      const name = subjectName(subject)
      for (;;) {
        const item = await apart.read(keyPlace(subject))
        const before = item && keyRecordOf(item)
        // Written again when it stands there already: the store leaves no trace of what was overwritten only once a write got through.
        const destroyedAtMs = before?.state === 'destroyed' ? before.destroyedAtMs : clock.nowMs()
        const written = await apart.write(keyItem(subject, { state: 'destroyed', destroyedAtMs }), item?.revision ?? 'absent')
        era++
        known.delete(name)
        loading.clear()
        if (written !== undefined) return
      }
    },

    async state(subject) {
      const item = await apart.read(keyPlace(subject))
      return item === undefined ? 'none' : keyRecordOf(item).state
    },
  }
}

/** At most so many at a time; the others wait. */
function limited(most: number): <T>(work: () => Promise<T>) => Promise<T> {
  const waiting: (() => void)[] = []
  let running = 0
  return async (work) => {
    if (running >= most) await new Promise<void>((resolve) => void waiting.push(resolve))
    else running++
    try {
      return await work()
    } finally {
      const next = waiting.shift()
      if (next === undefined) running--
      else next()
    }
  }
}

/** A key that has to be there to open something. Throws SEAL_BROKEN. */
export function keyToOpen(found: DataKey | 'destroyed' | undefined): DataKey {
  if (found === undefined || found === 'destroyed') throw sealBroken()
  return found
}

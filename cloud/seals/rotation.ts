import type { KeySubject } from '../../src/domain/key-subject.ts'
import type { Clock } from '../../src/support/clock.ts'
import type { MetadataStore } from '../store/port.ts'
import { subjectName, type KeyProvider } from './key-provider.ts'
import type { KeyRecord } from './key-record.ts'
import type { SealKey } from './master-keys.ts'
import { createResealer } from './reseal.ts'
import { createKeyWalk, dropping, isBroken, renewing, rewrapping, type KeyWalk } from './rewrap.ts'
import { createRotationRecords, type PastRotation, type Rotation } from './rotation-record.ts'
import { createSeals } from './seals.ts'
import { createSubjectKeys } from './subject-keys.ts'

export interface RotationDeps {
  /** The items as they lie at rest. */
  readonly raw: MetadataStore
  readonly apart: MetadataStore
  /** Its newest master is the one that is to wrap from now on. */
  readonly provider: KeyProvider
  readonly installationId: string
  /** Keys that older versions sealed with. */
  readonly oldKeys: () => readonly SealKey[]
  /** For so long a backup, or a copy of changes, may need a key that seals nothing any more; and the oldest backup that is there. */
  readonly backups: { readonly keptMs: number; readonly oldestAtMs: number | undefined }
  readonly clock: Clock
  /** Hears how far it is, in a sentence. */
  readonly tell: (line: string) => void
  /** Before it is noted as ended: for the audit. */
  readonly onEnd?: (report: RotationReport) => Promise<void>
}

/** What a rotation did; a rotation that was cut off counts from where it went on. */
export interface RotationReport {
  readonly isDataKeys: boolean
  /** Keys wrapped again, data keys made, and old data keys dropped. */
  readonly wrapped: number
  readonly made: number
  readonly dropped: number
  /** Items sealed again. */
  readonly resealed: number
  /** Keys and items that do not open and were left as they are. */
  readonly broken: number
}

const tellEveryMs = 2_000
/** A process that made no look at a record for a minute still seals with the key before; a day leaves room for a clock that is off. */
const marginMs = 86_400_000

/**
 * Brings every key under the newest master, and with `isDataKeys` every sealed item under a new key of its person or space. Each step
 * may be repeated and is noted, so that a rotation that was killed goes on where it was. Old data keys go when no backup can need them
 * and nothing is sealed with them. Throws KEYS_UNAVAILABLE, STORE_UNAVAILABLE, CONFLICT.
 */
export async function runRotation(deps: RotationDeps, begun: Rotation): Promise<RotationReport> {
  const { raw, apart, provider, installationId, oldKeys, clock, tell, onEnd = async () => {} } = deps
  const records = createRotationRecords(apart)
  const walk = createKeyWalk(apart)
  const counts = { wrapped: 0, made: 0, dropped: 0, resealed: 0, broken: 0 }
  let rotation = begun
  let toldAtMs = clock.monotonicMs()
  const note = async (change: Partial<Rotation>) => records.note((rotation = { ...rotation, ...change }))
  const say = (sentence: () => string) => {
    if (clock.monotonicMs() - toldAtMs < tellEveryMs) return
    toldAtMs = clock.monotonicMs()
    tell(sentence())
  }
  const { startedAtMs, isDataKeys } = rotation
  const rewrap = rewrapping(provider, installationId)
  const renew = renewing(provider, installationId, startedAtMs)
  const broken = new Set<string>()

  const renewOne = async (subject: KeySubject): Promise<void> => {
    try {
      if (await walk.change(subject, rewrap)) counts.wrapped++
      if (isDataKeys && (await walk.change(subject, renew))) counts.made++
    } catch (thrown) {
      // A record that was damaged must not hold up all others.
      if (!isBroken(thrown)) throw thrown
      broken.add(subjectName(subject))
    }
  }
  const isBehind = (record: KeyRecord) =>
    record.state === 'usable' &&
    (record.keys.some(({ wrapped }) => provider.masterOf(wrapped) !== provider.currentMaster()) ||
      (isDataKeys && record.keys.every(({ madeAtMs }) => madeAtMs < startedAtMs)))

  const keysStage = async () => {
    const master = provider.currentMaster()
    // Another master than before the crash: what is already passed is under the other one.
    if (rotation.master !== master) await note({ master, after: null })
    for (let left = 1; left > 0;) {
      await walk.all(rotation.after ?? undefined, renewOne, async (next) => {
        await note({ after: next ?? null })
        say(() => `${counts.wrapped} keys are wrapped again.`)
      })
      left = 0
      // What a running cloud made meanwhile under the master before is passed once more.
      await walk.all(undefined, async (subject, record) => {
        if (isBehind(record) && !broken.has(subjectName(subject))) left++
      })
    }
    await note({ stage: 'items', after: null })
  }

  const itemsStage = async (due: PastRotation | undefined) => {
    if (isDataKeys || due !== undefined) {
      const watched = due === undefined ? new Set<string>() : await madeBefore(walk, due.startedAtMs)
      // A ring of its own, which has looked at no record before the new keys were there.
      const ring = createSubjectKeys({ apart, provider, installationId, clock })
      const isWatched = (subject: KeySubject, keyId: string) => watched.has(`${subjectName(subject)} ${keyId}`)
      const resealer = createResealer({ raw, ring, seals: createSeals(ring, oldKeys), until: 'newest', isWatched })
      let seen = 0
      // What is to be dropped was looked for everywhere, and by this run: a restore may have brought it back since another one.
      await resealer.all(due === undefined ? (rotation.after ?? undefined) : undefined, async (page, next) => {
        seen += page.seen
        counts.resealed += page.written
        counts.broken += page.broken
        await note({ after: next ?? null, hasFound: rotation.hasFound || page.watched > 0 || page.broken > 0 })
        say(() => `${seen} items are looked at, ${counts.resealed} of them sealed again.`)
      })
    }
    await note({ stage: 'drop', after: null })
  }

  const dropStage = async (past: readonly PastRotation[], due: PastRotation | undefined) => {
    const nowMs = clock.nowMs()
    let left = past.filter((each) => each.startedAtMs !== startedAtMs)
    if (due !== undefined && rotation.hasFound)
      // Backups since then may need them, too: their time begins anew.
      left = [{ ...due, endedAtMs: nowMs }, ...left.filter((each) => each.startedAtMs > due.startedAtMs)]
    else if (due !== undefined) {
      const drop = dropping(due.startedAtMs)
      await walk.all(undefined, async (subject) => {
        if (await walk.change(subject, drop)) counts.dropped++
      })
      left = left.filter((each) => each.startedAtMs > due.startedAtMs)
    }
    await records.notePast(isDataKeys ? [...left, { startedAtMs, endedAtMs: nowMs }] : left)
  }

  if (rotation.stage === 'keys') await keysStage()
  const past = await records.past()
  const due = dueOf(past, deps)
  if (rotation.stage === 'items' || due !== undefined) await itemsStage(due)
  await dropStage(past, due)
  const report = { isDataKeys, ...counts, broken: counts.broken + broken.size }
  await onEnd(report)
  await records.end()
  return report
}

/** The latest rotation whose old keys no backup can need any more. */
function dueOf(past: readonly PastRotation[], { backups: { keptMs, oldestAtMs }, clock }: RotationDeps): PastRotation | undefined {
  const beforeMs = Math.min(clock.nowMs() - keptMs, oldestAtMs ?? Infinity) - marginMs
  return past
    .filter(({ endedAtMs }) => endedAtMs < beforeMs)
    .toSorted((a, b) => a.startedAtMs - b.startedAtMs)
    .at(-1)
}

/** The keys made before a moment, where a later one has taken over: subject and id in one word. */
async function madeBefore(walk: KeyWalk, beforeMs: number): Promise<Set<string>> {
  const found = new Set<string>()
  await walk.all(undefined, async (subject, record) => {
    if (record.state !== 'usable' || record.keys.every(({ madeAtMs }) => madeAtMs < beforeMs)) return
    for (const { keyId, madeAtMs } of record.keys) if (madeAtMs < beforeMs) found.add(`${subjectName(subject)} ${keyId}`)
  })
  return found
}

import { createHash, randomBytes } from 'node:crypto'
import { asThroughlineError } from '../../../src/errors/throughline-error.ts'
import type { KeySubject, SubjectKeys } from '../../../src/domain/key-subject.ts'
import type { Auditor } from '../../../src/domain/audit.ts'
import type { Clock } from '../../../src/support/clock.ts'
import type { Log } from '../../../src/support/log.ts'
import type { MetadataStore, StoredItem } from '../../store/port.ts'
import type { Ledger } from '../ledger/ledger.ts'
import { noteCleared } from '../ledger/replay-ledger.ts'
import type { BackupList, MirrorView } from '../ports.ts'
import type { CertificateClaims } from '../certificate/claims.ts'
import { certificateClaims } from './certificate-claims.ts'
import { countOwn } from './count-own.ts'
import { createErasureMailBox } from './mail-box.ts'
import { confirmationMail, type ErasureMail } from './confirmation-mail.ts'
import { idHashesMax, mailKeptMs, settleMs, tokensMax, type ErasureRecord } from './erasure-record.ts'
import { createErasureRecords } from './erasure-records.ts'
import { createOneAtATime } from './one-at-a-time.ts'
import { shownOf, type ShownErasure } from './shown-erasure.ts'
import { eraseFromStore, tracesLeft } from './store-part.ts'
import { tailsOf } from './tails.ts'

/** Whoever asked for an erasure can look at it with the token. */
export interface BegunErasure {
  readonly erasureId: string
  readonly token: string
}

/**
 * Erasures from the moment they are asked for to their certificate (D4). Whoever takes people and spaces apart tells how far it is;
 * what follows is done here, goes on after a crash at any point, and waits for what is away.
 */
export interface Erasures {
  /** Before anything happens. Asked again for the same subject, it is the same erasure with one more token. */
  begin(subject: KeySubject, mailTo?: string): Promise<BegunErasure>
  /** Nothing was erased after all, and nothing will be. */
  cancel(subject: KeySubject): Promise<void>
  /** Nobody gets in any more and every space is left: from here on no write brings them back. */
  note(subject: KeySubject): Promise<void>
  /** What was theirs is taken away; the rest goes on by itself. */
  rowsGone(subject: KeySubject): Promise<void>
  /** Undefined for a token that shows nothing. */
  look(token: string): Promise<ShownErasure | undefined>
  /** Goes on with whatever is not done; at start, and from time to time. */
  resume(): Promise<void>
  /** Resolves when nothing runs at the moment. */
  settled(): Promise<void>
  close(): Promise<void>
}

/** What must not stay half done; structurally the metadata side's notes of unfinished work. */
export interface ErasureNotes {
  note(name: string, data: { readonly atMs: number }): Promise<void>
  list(prefix: string): Promise<readonly StoredItem[]>
  find(name: string): Promise<StoredItem | undefined>
  strike(item: StoredItem): Promise<void>
}

export interface ErasuresDeps {
  /** Items as they lie at rest, not guarded by the ledger: what is erased has to be found and changed. */
  readonly raw: MetadataStore
  readonly apart: MetadataStore
  readonly ledger: Ledger
  readonly notes: ErasureNotes
  /** Whether whoever takes the subject apart has it on its own list of work. */
  readonly isUnderWay: (subject: KeySubject) => Promise<boolean>
  /** Has that work finished now, because it broke off and nobody is at it any more. It tells here how far it came. */
  readonly finish: (subject: KeySubject) => Promise<void>
  readonly keys: SubjectKeys
  /** Undefined: there is no mirror. */
  readonly mirror: MirrorView | undefined
  readonly backups: BackupList | undefined
  /** What stands for the subject in the mirror, so that a certificate can be checked against a copy of it. */
  readonly mirrorNames?: ((subject: KeySubject) => readonly string[]) | undefined
  readonly sign: (claims: CertificateClaims) => Promise<string>
  readonly auditor: Auditor
  /** Undefined: there is no mail server, so no address is kept either. */
  readonly deliver: ((mail: ErasureMail) => Promise<'taken' | 'later' | 'refused'>) | undefined
  readonly publicUrl: string
  readonly clock: Clock
  readonly log: Log
}

const notePrefix = 'erasure/'
/** How often what waits is tried again. */
const tickMs = 30_000
/** Whoever takes a subject apart for longer than this has broken off: nobody waits so long for an answer. */
const brokenOffMs = 60_000
/** How long one try waits for the mirror. */
const mirrorWaitedMs = 20_000

const idBytes = 32
const secretBytes = 32
const hashOfSecret = (secret: Uint8Array) => createHash('sha256').update(secret).digest('hex')

export function createErasures(deps: ErasuresDeps): Erasures {
  const {
    raw,
    apart,
    ledger,
    notes,
    isUnderWay,
    finish,
    keys,
    mirror,
    mirrorNames,
    backups,
    sign,
    auditor,
    deliver,
    publicUrl,
    clock,
    log,
  } = deps
  const mailBox = createErasureMailBox(apart)
  const records = createErasureRecords({ raw, clock })
  const { read, change, stepped } = records
  const strike = async (erasureId: string) => {
    const work = await notes.find(`${notePrefix}${erasureId}`)
    if (work !== undefined) await notes.strike(work)
  }
  const forgetMail = async (erasureId: string) => {
    await mailBox.forget(erasureId)
    await change(erasureId, ({ mail, ...rest }) => (mail === undefined ? undefined : rest))
  }

  /** Answers false while it has to wait. */
  const askMirror = async (erasureId: string, subject: KeySubject): Promise<boolean> => {
    const sink = mirror?.status().sink ?? 'off'
    if (mirror === undefined || sink === 'off') {
      await stepped(erasureId, ['mirror'], { mirror: { sink: 'off', tables: 0, rowsLeft: 0 } })
      return true
    }
    try {
      await mirror.caughtUp(mirrorWaitedMs)
      const about = await mirror.rowsAbout(subject)
      const rowsLeft = about.reduce((sum, { rows }) => sum + rows, 0)
      if (rowsLeft > 0) {
        log.warn('erasure_mirror_not_clean', { rows: rowsLeft })
        return false
      }
      await stepped(erasureId, ['mirror'], { mirror: { sink, tables: about.length, rowsLeft } })
      return true
    } catch (thrown) {
      if (asThroughlineError(thrown).code !== 'MIRROR_UNAVAILABLE') throw thrown
      return false
    }
  }

  const certify = async (erasureId: string, record: ErasureRecord): Promise<void> => {
    const doneAtMs = clock.nowMs()
    const { kind, rowsErased, hadKey = false } = record
    const tails = tailsOf(doneAtMs, { sink: record.mirror?.sink ?? 'off', backups: (await backups?.list()) ?? [], hadKey })
    const about = { doneAtMs, tails: [...tails], publicUrl, keyId: ledger.hashes.keyId }
    const certificate = await sign(certificateClaims(erasureId, record, about))
    let isMine = false
    await change(erasureId, (now) => {
      // Another process may have been as far: one certificate counts.
      if (now.certificate !== undefined) return undefined
      isMine = true
      const { id: _gone, ...rest } = now
      return { ...rest, tails: [...tails], certificate, steps: { ...now.steps, certificate: doneAtMs } }
    })
    if (!isMine) return
    const details = { kind, rows: rowsErased }
    await auditor.record({ action: 'erasure-certified', spaceId: undefined, personId: undefined, via: 'none', subject: undefined, details })
    log.info('erasure_certified', { kind, rows: rowsErased })
  }

  /** The one mail, in one of two forms; answers whether nothing more has to be sent. */
  const mailOut = async (erasureId: string, { mail, requestedAtMs, certificate, kind }: ErasureRecord): Promise<boolean> => {
    if (mail === undefined) return true
    const ageMs = clock.nowMs() - requestedAtMs
    const isLast = ageMs >= mailKeptMs - 3_600_000
    if (certificate === undefined && !isLast) return false
    const to = ageMs < mailKeptMs ? await mailBox.open(erasureId, mail) : undefined
    if (to !== undefined && deliver !== undefined) {
      const link = `${publicUrl}/erased#${to.token}`
      const sent = await deliver(
        confirmationMail({ to: to.email, link, kind, publicUrl, erasureId, isCertified: certificate !== undefined }),
      )
      if (sent === 'later') return false
      if (sent === 'taken') await stepped(erasureId, ['mail'])
    }
    await forgetMail(erasureId)
    return true
  }

  /** As far as it goes now. */
  const advance = async (erasureId: string): Promise<void> => {
    const found = await read(erasureId)
    let record = found?.record
    if (found === undefined || record === undefined) {
      await mailBox.forget(erasureId)
      return strike(erasureId)
    }
    const { id } = record
    if (id !== undefined) {
      const subject: KeySubject = { kind: record.kind, id }
      if (record.steps.rows === undefined) {
        if (await isUnderWay(subject)) {
          if (clock.nowMs() - record.requestedAtMs >= brokenOffMs) await finish(subject)
          return
        }
        if (!ledger.has(subject)) return dropIfBrokenOff(erasureId, found.item)
        // It was noted and is not on any list of work: all of it was done before that was written down here.
        await stepped(erasureId, ['shut', 'left', 'noted', 'rows'])
      }
      record = await erase(erasureId, subject)
    }
    if (record === undefined) return
    const isMailed = await mailOut(erasureId, record)
    if (record.certificate !== undefined && isMailed) await strike(erasureId)
  }

  const erase = async (erasureId: string, subject: KeySubject): Promise<ErasureRecord | undefined> => {
    let record = (await read(erasureId))?.record
    if (record === undefined) return undefined
    if (record.steps.traces === undefined) {
      const { erased, unnamed } = await eraseFromStore(raw, subject)
      const { rowsErased, rowsUnnamed } = record
      record = await stepped(erasureId, ['traces'], { rowsErased: rowsErased + erased, rowsUnnamed: rowsUnnamed + unnamed })
    }
    if (record?.steps.key === undefined) {
      const state = await keys.state(subject)
      await keys.destroy(subject)
      record = await stepped(erasureId, ['key'], { hadKey: state !== 'none' })
    }
    if (record?.steps.checked === undefined) {
      const waitMs = (record?.steps.noted ?? 0) + settleMs - clock.nowMs()
      if (waitMs > 0) {
        clock.after(waitMs, () => soon(erasureId))
        return record
      }
      // What was on its way when the ledger was noted has landed by now.
      if ((await tracesLeft(raw, subject)) > 0) {
        const { erased, unnamed } = await eraseFromStore(raw, subject)
        await change(erasureId, (now) => ({ ...now, rowsErased: now.rowsErased + erased, rowsUnnamed: now.rowsUnnamed + unnamed }))
        if ((await tracesLeft(raw, subject)) > 0) return record
      }
      record = await stepped(erasureId, ['checked'])
      if ((await notes.list(notePrefix)).length <= 1) await noteCleared(raw, ledger.count())
    }
    if (record?.steps.mirror === undefined) {
      if (!(await askMirror(erasureId, subject))) return record
      record = (await read(erasureId))?.record
    }
    if (record !== undefined && record.certificate === undefined) {
      await certify(erasureId, record)
      record = (await read(erasureId))?.record
    }
    return record
  }

  /**
   * Whoever asked heard no answer, so nothing was promised and nothing happened. But for a moment a request that goes on looks the
   * same: it is given time, and one that was made meanwhile has changed what was read here.
   */
  const dropIfBrokenOff = async (erasureId: string, item: StoredItem): Promise<void> => {
    const work = await notes.find(`${notePrefix}${erasureId}`)
    if (work !== undefined && clock.nowMs() - (work.data as { atMs: number }).atMs < brokenOffMs) return
    if (!(await raw.remove(item, item.revision))) return
    await mailBox.forget(erasureId)
    if (work !== undefined) await notes.strike(work)
  }

  const drop = async (erasureId: string): Promise<void> => {
    await mailBox.forget(erasureId)
    await records.remove(erasureId)
    await strike(erasureId)
  }

  let isClosed = false
  const atWork = createOneAtATime(advance)
  const soon = (erasureId: string): void => {
    if (isClosed) return
    // Whatever is away comes back; the work is noted and tried again.
    void atWork.run(erasureId).catch((thrown: unknown) => log.warn('erasure_waits', { code: asThroughlineError(thrown).code }))
  }
  const resume = async () => {
    for (const { sort } of await notes.list(notePrefix)) soon(sort.slice(notePrefix.length))
  }
  let isResuming = false
  const stopTick = clock.every(tickMs, () => {
    if (isResuming) return
    isResuming = true
    void resume()
      .catch(() => log.warn('erasures_unread'))
      .finally(() => (isResuming = false))
  })

  return {
    async begin(subject, mailTo) {
      const erasureId = ledger.hashOf(subject)
      const secret = randomBytes(secretBytes)
      const token = Buffer.concat([Buffer.from(erasureId, 'base64url'), secret]).toString('base64url')
      const tokenHash = hashOfSecret(secret)
      await notes.note(`${notePrefix}${erasureId}`, { atMs: clock.nowMs() })
      const mail = mailTo === undefined || deliver === undefined ? undefined : await mailBox.seal(erasureId, { email: mailTo, token })
      const own = await countOwn(raw, subject)
      const fresh: ErasureRecord = {
        kind: subject.kind,
        id: subject.id,
        tokenHashes: [tokenHash],
        requestedAtMs: clock.nowMs(),
        steps: {},
        rowsErased: own.rows,
        rowsUnnamed: 0,
        idHashes: [...(mirrorNames?.(subject) ?? []), ...own.ids].slice(0, idHashesMax).map((id) => ledger.hashes.hashOfId(id)),
        ...(mail === undefined ? {} : { mail }),
      }
      for (;;) {
        if ((await records.add(erasureId, fresh)) !== undefined) break
        const joined = await change(erasureId, (now) => ({ ...now, tokenHashes: [...now.tokenHashes, tokenHash].slice(-tokensMax) }))
        if (joined !== undefined) break
      }
      return { erasureId, token }
    },

    cancel: (subject) => drop(ledger.hashOf(subject)),

    async note(subject) {
      const erasureId = ledger.hashOf(subject)
      await stepped(erasureId, ['shut', 'left'])
      await ledger.note(subject)
      await stepped(erasureId, ['noted'])
    },

    async rowsGone(subject) {
      const erasureId = ledger.hashOf(subject)
      const record = await stepped(erasureId, ['rows'])
      if (record !== undefined) soon(erasureId)
    },

    async look(token) {
      const bytes = Buffer.from(token, 'base64url')
      if (bytes.length !== idBytes + secretBytes || bytes.toString('base64url') !== token) return undefined
      const found = await read(bytes.subarray(0, idBytes).toString('base64url'))
      // The hashes are of 256 random bits: comparing them gives nothing away that could be used.
      if (found === undefined || !found.record.tokenHashes.includes(hashOfSecret(bytes.subarray(idBytes)))) return undefined
      return shownOf(found.record)
    },

    resume,
    settled: () => atWork.settled(),
    async close() {
      isClosed = true
      stopTick()
      await atWork.close()
    },
  }
}

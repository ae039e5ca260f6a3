import type { SpaceId } from '../../../src/domain/ids.ts'
import type { Seals } from '../../../src/domain/seals.ts'
import { deliveryPlace } from '../../../src/domain/self-sealed.ts'
import { asThroughlineError, ThroughlineError } from '../../../src/errors/throughline-error.ts'
import type { Clock } from '../../../src/support/clock.ts'
import type { Log } from '../../../src/support/log.ts'
import type { Outbound } from '../../outbound/outbound.ts'
import type { MetadataStore } from '../../store/port.ts'
import type { ChainEntry } from '../chain-entry.ts'
import { auditKeys, entriesOf, entrySort, headOf } from '../chain-items.ts'
import { auditLimits } from '../limits.ts'
import {
  deliveryData,
  deliveryKinds,
  deliveryPartition,
  stateKey,
  type DeliveryData,
  type DeliveryKind,
  type DeliveryState,
} from './delivery-record.ts'
import { readState } from './delivery-settings.ts'
import { syslogMessages, webhookMessage } from './messages.ts'

export const deliveryLimits = {
  /** How often it is looked whether there is something to deliver. */
  lookMs: 2_000,
  /** Most entries of one request. */
  batch: 100,
  /** Pauses after a failure: doubled each time, between these, up to half of it shorter at random. */
  pauseMinMs: 2_000,
  pauseMaxMs: 600_000,
} as const

/** Sends the audit to outside tools. */
export interface Deliveries {
  /** Looks now, and starts what is due; resolves when what was started is over. */
  look(): Promise<void>
  close(): void
}

interface Job {
  isRunning: boolean
  dueMs: number
}

export interface DeliveriesDeps {
  readonly store: MetadataStore
  readonly seals: Seals
  readonly outbound: Pick<Outbound, 'post' | 'sendTls'>
  /** What syslog messages say they come from. */
  readonly hostName: string
  readonly clock: Clock
  readonly log: Log
  readonly random?: () => number
}

/**
 * At least once and in order: how far a target came is kept after it took a batch, so a crash in between, or another process, sends
 * that batch again under the same ids. Each target has a turn of its own: one that hangs delays nobody else.
 */
export function createDeliveries(deps: DeliveriesDeps): Deliveries {
  const { store, seals, outbound, hostName, clock, log, random = Math.random } = deps
  const jobs = new Map<string, Job>()
  let isClosed = false

  const send = async (spaceId: SpaceId, { webhook, syslog }: DeliveryData, kind: DeliveryKind, entries: readonly ChainEntry[]) => {
    if (kind === 'syslog' && syslog !== undefined)
      await outbound.sendTls(syslog.host, syslog.port, syslogMessages(spaceId, entries, hostName))
    if (kind === 'webhook' && webhook !== undefined) {
      const secret = await seals.open(webhook.sealedSecret, deliveryPlace(spaceId, 'secret'))
      const { headers, body } = webhookMessage(spaceId, entries, secret, clock.nowMs())
      const { status } = await outbound.post(await seals.open(webhook.sealedUrl, deliveryPlace(spaceId, 'url')), headers, body)
      if (status < 200 || status > 299) throw new ThroughlineError('OUTBOUND_FAILED', `It answered with status ${status}.`)
    }
  }

  const keep = async (spaceId: SpaceId, kind: DeliveryKind, state: DeliveryState) => {
    const key = stateKey(spaceId, kind)
    const current = await store.read(key)
    await store.write({ ...key, kind: 'audit-delivery', data: state }, current?.revision ?? 'absent')
  }

  /** Sends what waits, batch by batch. */
  const deliver = async (spaceId: SpaceId, kind: DeliveryKind, data: DeliveryData, job: Job) => {
    let state = await readState(store, spaceId, kind, data[kind]?.fromSeq ?? 0)
    for (;;) {
      const entries = await entriesAfter(store, spaceId, state.seq)
      const last = entries.at(-1)
      if (last === undefined || isClosed) return
      try {
        await send(spaceId, data, kind, entries)
        state = { seq: last.seq, deliveredAtMs: clock.nowMs(), failures: 0, problem: null, problemAtMs: null }
      } catch (thrown) {
        const { message, code } = asThroughlineError(thrown)
        state = { ...state, failures: state.failures + 1, problem: message, problemAtMs: clock.nowMs() }
        const pauseMs = Math.min(deliveryLimits.pauseMaxMs, deliveryLimits.pauseMinMs * 2 ** Math.min(20, state.failures - 1))
        job.dueMs = clock.monotonicMs() + pauseMs * (1 - random() / 2)
        log.warn('audit_delivery_failed', { space: spaceId, kind, code, failures: state.failures })
      }
      await keep(spaceId, kind, state)
      if (state.problem !== null) return
    }
  }

  const start = async (spaceId: SpaceId, kind: DeliveryKind, data: DeliveryData, job: Job) => {
    job.isRunning = true
    try {
      await deliver(spaceId, kind, data, job)
    } catch {
      log.warn('audit_delivery_not_kept', { space: spaceId, kind })
    } finally {
      job.isRunning = false
    }
  }

  const look = async () => {
    const started: Promise<void>[] = []
    const wanted = new Set<string>()
    let after: string | undefined
    do {
      const page = await store.list(deliveryPartition, after === undefined ? {} : { after })
      for (const item of page.items) {
        const spaceId = item.sort as SpaceId
        const data = deliveryData.parse(item.data)
        for (const kind of deliveryKinds) {
          if (data[kind] === undefined) continue
          // Another target is another job: what the old one hangs at is not waited for.
          const name = `${spaceId} ${kind} ${JSON.stringify(data[kind])}`
          wanted.add(name)
          const job = jobs.get(name) ?? { isRunning: false, dueMs: 0 }
          jobs.set(name, job)
          if (!job.isRunning && job.dueMs <= clock.monotonicMs() && !isClosed) started.push(start(spaceId, kind, data, job))
        }
      }
      after = page.next
    } while (after !== undefined)
    for (const name of jobs.keys()) if (!wanted.has(name)) jobs.delete(name)
    await Promise.all(started)
  }

  const stop = clock.every(deliveryLimits.lookMs, () => void look().catch(() => log.warn('audit_deliveries_unreadable')))

  return {
    look,
    close() {
      isClosed = true
      stop()
    },
  }
}

/** The next entries after a number, as many as one request takes. What went at the end of its time is passed over. */
async function entriesAfter(store: MetadataStore, spaceId: SpaceId, seq: number): Promise<readonly ChainEntry[]> {
  const headItem = await store.read(auditKeys.head(spaceId))
  if (headItem === undefined || headOf(headItem).seq <= seq) return []
  // An entry may lie in an item that began up to a hundred before it.
  const first = Math.max(headOf(headItem).begins.seq, seq + 2 - auditLimits.entriesPerItem)
  const page = await store.list(auditKeys.entryPartition(spaceId), {
    prefix: auditKeys.entryPrefix,
    after: entrySort(first - 1),
    limit: auditLimits.entriesPerItem + deliveryLimits.batch,
  })
  return page.items
    .flatMap((item) => entriesOf(item))
    .filter((entry) => entry.seq > seq)
    .slice(0, deliveryLimits.batch)
}

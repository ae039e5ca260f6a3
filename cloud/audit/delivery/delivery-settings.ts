import { randomBytes } from 'node:crypto'
import type { SpaceId } from '../../../src/domain/ids.ts'
import type { Seals } from '../../../src/domain/seals.ts'
import { deliveryPlace } from '../../../src/domain/self-sealed.ts'
import { ThroughlineError } from '../../../src/errors/throughline-error.ts'
import { parseTarget } from '../../outbound/outbound.ts'
import type { MetadataStore } from '../../store/port.ts'
import { findTail, readHead } from '../chain-items.ts'
import {
  deliveryData,
  deliveryKey,
  deliveryState,
  stateKey,
  type DeliveryData,
  type DeliveryKind,
  type DeliveryState,
} from './delivery-record.ts'

/** How a delivery does, for who looks after it. */
export interface ShownDelivery {
  /** The last entry that the target took. */
  readonly seq: number
  readonly deliveredAtMs: number | null
  readonly problem: string | null
  readonly problemAtMs: number | null
}

/** What was set, but for the secret, and how it does. */
export interface ShownDeliveries extends DeliveryWish {
  readonly webhookState: ShownDelivery | null
  readonly syslogState: ShownDelivery | null
  /** The last entry of the chain; what is above `seq` still has to go. */
  readonly lastSeq: number
}

export interface DeliveryWish {
  readonly webhookUrl: string | null
  readonly syslog: { readonly host: string; readonly port: number } | null
}

/** Where the audit of a space is delivered to outside tools. */
export interface DeliverySettings {
  get(spaceId: SpaceId): Promise<ShownDeliveries>
  /**
   * Replaces both; a target that stays goes on where it was, a new one begins with what comes from now on. Answers the secret of a new
   * webhook, once. Throws OUTBOUND_REFUSED for an address that is not https, CONFLICT.
   */
  set(spaceId: SpaceId, wish: DeliveryWish): Promise<{ readonly secret: string | null }>
}

export function createDeliverySettings({ store, seals }: { readonly store: MetadataStore; readonly seals: Seals }): DeliverySettings {
  const read = async (spaceId: SpaceId) => {
    const item = await store.read(deliveryKey(spaceId))
    return { data: item === undefined ? {} : deliveryData.parse(item.data), revision: item?.revision }
  }
  const lastSeqOf = async (spaceId: SpaceId) => (await findTail(store, spaceId, (await readHead(store, spaceId)).head)).seq
  const shown = async (spaceId: SpaceId, kind: DeliveryKind, fromSeq: number): Promise<ShownDelivery> => {
    const { seq, deliveredAtMs, problem, problemAtMs } = await readState(store, spaceId, kind, fromSeq)
    return { seq, deliveredAtMs, problem, problemAtMs }
  }
  const urlOf = async (spaceId: SpaceId, { webhook }: DeliveryData) =>
    webhook === undefined ? undefined : seals.open(webhook.sealedUrl, deliveryPlace(spaceId, 'url'))

  /** The webhook as it is to be stored, with its secret when it is a new one. */
  const nextHook = async (spaceId: SpaceId, data: DeliveryData, url: string | undefined, fromSeq: number) => {
    if (url === undefined) return { webhook: undefined, secret: null }
    if (url === (await urlOf(spaceId, data))) return { webhook: data.webhook, secret: null }
    const secret = randomBytes(32).toString('base64url')
    const sealedUrl = await seals.seal(url, deliveryPlace(spaceId, 'url'))
    const sealedSecret = await seals.seal(secret, deliveryPlace(spaceId, 'secret'))
    return { webhook: { sealedUrl, sealedSecret, fromSeq }, secret }
  }

  return {
    async get(spaceId) {
      const [{ data }, lastSeq] = await Promise.all([read(spaceId), lastSeqOf(spaceId)])
      const { webhook, syslog } = data
      return {
        webhookUrl: (await urlOf(spaceId, data)) ?? null,
        syslog: syslog === undefined ? null : { host: syslog.host, port: syslog.port },
        webhookState: webhook === undefined ? null : await shown(spaceId, 'webhook', webhook.fromSeq),
        syslogState: syslog === undefined ? null : await shown(spaceId, 'syslog', syslog.fromSeq),
        lastSeq,
      }
    },

    async set(spaceId, { webhookUrl, syslog }) {
      const url = webhookUrl === null ? undefined : parseTarget(webhookUrl).href
      const [{ data, revision }, fromSeq] = await Promise.all([read(spaceId), lastSeqOf(spaceId)])
      const { webhook, secret } = await nextHook(spaceId, data, url, fromSeq)
      const isSameSyslog = data.syslog !== undefined && data.syslog.host === syslog?.host && data.syslog.port === syslog.port
      const next: DeliveryData = {
        ...(webhook === undefined ? {} : { webhook }),
        ...(syslog === null ? {} : { syslog: isSameSyslog ? data.syslog : { ...syslog, fromSeq } }),
      }
      const written = await store.write({ ...deliveryKey(spaceId), kind: 'audit-delivery', data: next }, revision ?? 'absent')
      if (written === undefined) throw new ThroughlineError('CONFLICT', 'Somebody else changed this at the same moment; look again.')
      return { secret }
    },
  }
}

/** How far a delivery came; one that was never tried stands where it began. A state older than the target does not count. */
export async function readState(store: MetadataStore, spaceId: SpaceId, kind: DeliveryKind, fromSeq: number): Promise<DeliveryState> {
  const item = await store.read(stateKey(spaceId, kind))
  const state = item === undefined ? undefined : deliveryState.parse(item.data)
  if (state !== undefined && state.seq >= fromSeq) return state
  return { seq: fromSeq, deliveredAtMs: null, failures: 0, problem: null, problemAtMs: null }
}

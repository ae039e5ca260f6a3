import { createHash, createHmac } from 'node:crypto'
import type { ChainEntry, ChainId } from '../chain-entry.ts'

/** One request to a webhook: its body and the headers that prove where it comes from. */
export interface WebhookMessage {
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/**
 * A batch of entries for a webhook. `Throughline-Signature` is `v1=` and the HMAC-SHA256 in hex, keyed with the secret, over
 * `<Throughline-Delivery>.<Throughline-Time>.<body>`; the delivery's id is the same for the same entries, each entry has one of its own.
 */
export function webhookMessage(chainId: ChainId, entries: readonly ChainEntry[], secret: string, nowMs: number): WebhookMessage {
  const body = JSON.stringify({ events: entries.map((entry) => ({ chain: chainId, ...entry })) })
  const ids = entries.map((entry) => entry.id).join(' ')
  const id = createHash('sha256').update(ids).digest('hex').slice(0, 32)
  const time = String(Math.floor(nowMs / 1_000))
  const signature = createHmac('sha256', secret).update(`${id}.${time}.${body}`).digest('hex')
  return {
    headers: {
      'Content-Type': 'application/json',
      'User-Agent': 'Throughline',
      'Throughline-Delivery': id,
      'Throughline-Time': time,
      'Throughline-Signature': `v1=${signature}`,
    },
    body,
  }
}

/** Facility 13 (log audit), severity 5 (notice): RFC 5424 §6.2.1. */
const priority = 13 * 8 + 5

/** Entries as syslog messages (RFC 5424), each behind its length in bytes (RFC 5425 §4.3). */
export function syslogMessages(chainId: ChainId, entries: readonly ChainEntry[], hostName: string): string {
  const host = hostName.replace(/[^\x21-\x7e]/g, '').slice(0, 255) || '-'
  return entries
    .map((entry) => {
      const { seq, atMs, id, action, hash } = entry
      // 32473 is the number for examples (RFC 5612): there is no enterprise behind an open project.
      const data = `[audit@32473 chain="${escaped(chainId)}" seq="${seq}" id="${escaped(id)}" hash="${escaped(hash)}"]`
      const head = `<${priority}>1 ${new Date(atMs).toISOString()} ${host} throughline - ${action}`
      const line = `${head} ${data} ${JSON.stringify({ chain: chainId, ...entry })}`
      return `${Buffer.byteLength(line)} ${line}`
    })
    .join('')
}

/** Three characters are escaped in a value: RFC 5424 §6.3.3. */
function escaped(text: string): string {
  return text.replace(/["\\\]]/g, '\\$&')
}

import type { OutboundAnswer } from '../../outbound/outbound.ts'
import { isObject, objectOf } from '../../../src/support/json.ts'
import type { Outcome } from '../ports.ts'

/** How soon and how late a receiver may have us come back. */
const retryBounds = { leastMs: 1_000, mostMs: 3_600_000 } as const

/**
 * What an answer means. 2xx is delivered; what passes (429, 408, 425, 5xx) is tried again, when the receiver says or by our own
 * pauses; everything else is refused. Of the receiver's words nothing is told.
 */
export function judgeAnswer({ status, body, retryAfter }: OutboundAnswer, nowMs: number): Outcome {
  if (status >= 200 && status <= 299) return { is: 'delivered' }
  if (status === 429 || status === 408 || status === 425 || status >= 500) {
    const retryAfterMs = retryAfterMsOf(retryAfter, nowMs) ?? hintMsOf(body)
    const problem = status === 429 ? 'The receiver has had enough for now (status 429).' : `The receiver is in trouble (status ${status}).`
    return { is: 'retry', problem, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) }
  }
  if (status === 400 && memberOf(body, 'migrate_to_chat_id') !== undefined)
    return { is: 'refused', problem: 'The group moved and has another id now; give this channel its new chat.' }
  if (status >= 300 && status <= 399)
    return { is: 'refused', problem: `The receiver points to another address (status ${status}); that is not followed.` }
  if (status === 401 || status === 403)
    return { is: 'refused', problem: `The receiver does not accept the key or password of this channel (status ${status}).` }
  if (status === 404 || status === 410)
    return { is: 'refused', problem: `There is nobody at the address of this channel any more (status ${status}).` }
  return { is: 'refused', problem: `The receiver did not take the message (status ${status}).` }
}

const bounded = (ms: number) => Math.min(Math.max(Math.ceil(ms), retryBounds.leastMs), retryBounds.mostMs)

/** Seconds or an HTTP date (RFC 9110 §10.2.3). */
function retryAfterMsOf(text: string | undefined, nowMs: number): number | undefined {
  if (text === undefined) return undefined
  if (/^\s*\d{1,10}\s*$/.test(text)) return bounded(Number(text) * 1_000)
  const at = /^[A-Za-z]{3,9},? /.test(text) && text.length < 64 ? Date.parse(text) : Number.NaN
  return Number.isNaN(at) ? undefined : bounded(at - nowMs)
}

/** Discord says `retry_after` in seconds with a fraction, Telegram `parameters.retry_after` in seconds. */
function hintMsOf(body: string): number | undefined {
  const hint = memberOf(body, 'retry_after')
  return typeof hint === 'number' && Number.isFinite(hint) && hint >= 0 ? bounded(hint * 1_000) : undefined
}

/** A member of a short JSON answer, at its top or among its `parameters`. */
function memberOf(body: string, name: string): unknown {
  if (body.length > 4_096) return undefined
  try {
    const json: unknown = JSON.parse(body)
    return isObject(json) ? (json[name] ?? objectOf(json['parameters'])[name]) : undefined
  } catch {
    return undefined
  }
}

import { setTimeout as sleep } from 'node:timers/promises'
import { ThroughlineError } from '../../../src/errors/throughline-error.ts'
import type { Clock } from '../../../src/support/clock.ts'
import type { Log } from '../../../src/support/log.ts'
import { itemBytesMax, storeUnavailable } from '../item-rules.ts'

/** What a call came to. `held: false`: the condition failed; after more than one try, that may be our own lost success. */
export type Outcome<T> = { readonly held: true; readonly value: T } | { readonly held: false; readonly tries: number }

/** Runs a call under the retry rule; throws STORE_UNAVAILABLE when it cannot be answered. */
export type Sender = <T>(call: (options: { abortSignal: AbortSignal }) => Promise<T>) => Promise<Outcome<T>>

/** Security requirements F3: at most this many jittered tries and this long in total. */
export const retryRule = { tries: 8, totalMs: 10_000, tryMs: 3_000, firstPauseMs: 25, longestPauseMs: 2_000 } as const

const transient = new Set([
  'ProvisionedThroughputExceededException',
  'ThrottlingException',
  'Throttling',
  'RequestLimitExceeded',
  'LimitExceededException',
  'TransactionConflictException',
  'InternalServerError',
  'ServiceUnavailable',
  'ServiceUnavailableException',
  'RequestTimeout',
  'TimeoutError',
  'AbortError',
])
const transientCodes = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
])

export interface SenderDeps {
  readonly clock: Clock
  readonly log: Log
  readonly table: string
  /** A pause between tries; holds the process alive, which the clock's timers do not. */
  readonly pause?: (ms: number) => Promise<unknown>
}

/** Sends calls to DynamoDB by the retry rule; what does not go away by itself is not tried twice. */
export function createSender({ clock, log, table, pause = sleep }: SenderDeps): Sender {
  return async (call) => {
    const deadlineMs = clock.monotonicMs() + retryRule.totalMs
    for (let tries = 1; ; tries++) {
      try {
        const leftMs = Math.max(1, Math.min(retryRule.tryMs, deadlineMs - clock.monotonicMs()))
        return { held: true, value: await call({ abortSignal: AbortSignal.timeout(Math.ceil(leftMs)) }) }
      } catch (cause) {
        const { name, message } = describe(cause)
        if (name === 'ConditionalCheckFailedException') return { held: false, tries }
        if (!isTransient(cause)) {
          log.error('store_refused', { error: name, tries })
          throw refusal(name, message, table, cause)
        }
        const pauseMs = Math.random() * Math.min(retryRule.longestPauseMs, retryRule.firstPauseMs * 2 ** tries)
        if (tries >= retryRule.tries || clock.monotonicMs() + pauseMs >= deadlineMs) {
          log.error('store_unreachable', { error: name, tries })
          throw storeUnavailable('The metadata table does not answer.', cause)
        }
        await pause(pauseMs)
      }
    }
  }
}

function refusal(name: string, message: string, table: string, cause: unknown): ThroughlineError {
  if (name === 'ResourceNotFoundException') {
    return storeUnavailable(`The metadata table ${table} does not exist; run "throughline migrate" first.`, cause)
  }
  if (name === 'ValidationException' && message.includes('size has exceeded')) {
    return new ThroughlineError(
      'BODY_TOO_LARGE',
      `An item is too large for the metadata table; at most ${itemBytesMax} bytes can be stored.`,
      { cause },
    )
  }
  return storeUnavailable(`The metadata table refused a request (${name}).`, cause)
}

function describe(cause: unknown): { name: string; message: string } {
  return cause instanceof Error ? { name: cause.name, message: cause.message } : { name: 'unknown', message: '' }
}

function isTransient(cause: unknown): boolean {
  if (!(cause instanceof Error)) return false
  if (transient.has(cause.name)) return true
  if ('code' in cause && typeof cause.code === 'string' && transientCodes.has(cause.code)) return true
  const status = '$metadata' in cause ? (cause.$metadata as { httpStatusCode?: number } | undefined)?.httpStatusCode : undefined
  return status === undefined ? isWireFailure(cause) : status >= 500 || status === 429
}

/** An answer cut off half way reaches us as a parse error or a bare socket error, without a status. */
function isWireFailure(cause: Error): boolean {
  return cause instanceof SyntaxError || /socket hang up|aborted|ECONN|timed? ?out/i.test(cause.message)
}

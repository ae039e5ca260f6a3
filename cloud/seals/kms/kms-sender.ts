import { setTimeout as sleep } from 'node:timers/promises'
import type { Clock } from '../../../src/support/clock.ts'
import type { Log } from '../../../src/support/log.ts'
import { keysUnavailable, sealBroken } from '../key-provider.ts'

/** Security requirement F3: at most this many jittered tries and this long in total; then for a moment nobody is made to wait again. */
export const kmsRetryRule = { tries: 8, totalMs: 10_000, tryMs: 3_000, firstPauseMs: 25, longestPauseMs: 2_000, restMs: 2_000 } as const

const transient = new Set([
  'ThrottlingException',
  'LimitExceededException',
  'KMSInternalException',
  'DependencyTimeoutException',
  'KeyUnavailableException',
  'InternalFailure',
  'ServiceUnavailable',
  'ServiceUnavailableException',
  'RequestTimeout',
  'TimeoutError',
  'AbortError',
])
const transientCodes = /^(ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH)$/

/** What was wrapped for something else, or was changed. */
const broken = new Set(['InvalidCiphertextException', 'IncorrectKeyException'])

export interface KmsSenderDeps {
  readonly clock: Clock
  readonly log: Log
  /** A pause between tries. */
  readonly pause?: (ms: number) => Promise<unknown>
}

/** Runs a call under the retry rule. Throws KEYS_UNAVAILABLE, or SEAL_BROKEN for what this key did not wrap in this context. */
export type KmsSender = <T>(call: (options: { abortSignal: AbortSignal }) => Promise<T>) => Promise<T>

/** Sends calls to KMS; what does not go away by itself is not tried twice, and what was just unreachable is not waited for again. */
export function createKmsSender({ clock, log, pause = sleep }: KmsSenderDeps): KmsSender {
  let restsUntilMs = 0
  return async (call) => {
    if (restsUntilMs > clock.monotonicMs()) throw keysUnavailable('The key service does not answer.')
    const deadlineMs = clock.monotonicMs() + kmsRetryRule.totalMs
    for (let tries = 1; ; tries++) {
      try {
        const leftMs = Math.max(1, Math.min(kmsRetryRule.tryMs, deadlineMs - clock.monotonicMs()))
        return await call({ abortSignal: AbortSignal.timeout(Math.ceil(leftMs)) })
      } catch (cause) {
        const name = cause instanceof Error ? cause.name : 'unknown'
        if (broken.has(name)) throw sealBroken(cause)
        if (!isTransient(cause)) {
          log.error('key_service_refused', { error: name })
          throw keysUnavailable(`The key service refuses (${name}); look at the key and the rights of THROUGHLINE_KMS_KEY.`, cause)
        }
        const pauseMs = Math.random() * Math.min(kmsRetryRule.longestPauseMs, kmsRetryRule.firstPauseMs * 2 ** tries)
        if (tries >= kmsRetryRule.tries || clock.monotonicMs() + pauseMs >= deadlineMs) {
          restsUntilMs = clock.monotonicMs() + kmsRetryRule.restMs
          log.error('key_service_unreachable', { error: name, tries })
          throw keysUnavailable('The key service does not answer.', cause)
        }
        await pause(pauseMs)
      }
    }
  }
}

function isTransient(cause: unknown): boolean {
  if (!(cause instanceof Error)) return false
  if (transient.has(cause.name)) return true
  if ('code' in cause && typeof cause.code === 'string' && transientCodes.test(cause.code)) return true
  const status = '$metadata' in cause ? (cause.$metadata as { httpStatusCode?: number } | undefined)?.httpStatusCode : undefined
  if (status !== undefined) return status >= 500 || status === 429
  return cause instanceof SyntaxError || /socket hang up|aborted|ECONN|timed? ?out/i.test(cause.message)
}

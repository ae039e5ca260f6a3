import type { ErrorRequestHandler } from 'express'
import { errorKinds, ThroughlineError } from '../../src/errors/throughline-error.ts'
import type { Log } from '../../src/support/log.ts'
import { ComeAgain } from './request-limits.ts'

const byStatus: Readonly<Record<number, ThroughlineError>> = {
  403: new ThroughlineError('NOT_FOUND', 'There is nothing here.'),
  404: new ThroughlineError('NOT_FOUND', 'There is nothing here.'),
  413: new ThroughlineError('BODY_TOO_LARGE', 'The body is too large.'),
  415: new ThroughlineError('MEDIA_TYPE', 'The body is encoded in a way we do not read.'),
}
const malformed = new ThroughlineError('BODY_MALFORMED', 'The request cannot be read.')

/** What libraries throw for bad input carries a status in the 400s; anything else is ours to mend. */
function known(thrown: unknown): ThroughlineError | undefined {
  if (thrown instanceof ThroughlineError) return thrown
  const status = thrown instanceof Error && 'status' in thrown && typeof thrown.status === 'number' ? thrown.status : 500
  return status >= 400 && status < 500 ? (byStatus[status] ?? malformed) : undefined
}

const framesOf = (thrown: unknown): string =>
  thrown instanceof Error
    ? (thrown.stack ?? '')
        .split('\n')
        .filter((line) => line.startsWith('    at '))
        .slice(0, 6)
        .join(' ')
    : ''

/** Turns whatever a route threw into the answer of the table of errors; texts of others' errors never leave, nor reach the log. */
export function createErrorAnswer(log: Log): ErrorRequestHandler {
  return (thrown: unknown, request, response, next) => {
    const error = known(thrown) ?? new ThroughlineError('INTERNAL', 'Something failed inside; see the log.')
    const { http, key } = errorKinds[error.code]
    if (http >= 500 && http !== 503)
      log.error('request_failed', { name: thrown instanceof Error ? thrown.name : 'unknown', frames: framesOf(thrown) })
    if (response.headersSent) {
      next(thrown)
      return
    }
    // What is left of a body nobody reads must not stand before the next request.
    if (!request.complete) response.set('Connection', 'close')
    if (http === 429) response.set('Retry-After', error instanceof ComeAgain ? String(error.retryAfterS) : '60')
    if (http === 503) response.set('Retry-After', '5')
    response.status(http).set('Cache-Control', 'no-store').json({ errorCode: error.code, errorMsgKey: key, errorMessage: error.message })
  }
}

import type { Response } from 'express'
import { errorAnswer } from '../../../src/aclk/otp/answers.ts'
import { asThroughlineError, errorKinds } from '../../../src/errors/throughline-error.ts'
import { RetryLater } from './failures.ts'

/** Sends minified JSON with its length: agents before 1.42 read nothing else (aclk §2.2). */
export function sendJson(response: Response, status: number, json: string): void {
  const body = Buffer.from(json)
  response.writeHead(status, { 'Content-Type': 'application/json', 'Content-Length': body.length, 'Cache-Control': 'no-store' })
  response.end(body)
}

/** Retry delays in seconds for errors that pass by themselves, a little apart for each agent. */
const retryDelayS = () => 5 + Math.floor(Math.random() * 25)

/** Sends the error object all three agent routes share (aclk §2.4), and closes when the body was not read. */
export function sendError(response: Response, thrown: unknown, options?: { nonRetryable?: boolean }): void {
  const error = asThroughlineError(thrown)
  const { http, key } = errorKinds[error.code]
  const delayS = error instanceof RetryLater ? error.retryDelayS : http === 503 || http === 429 ? retryDelayS() : undefined
  if (delayS !== undefined) response.setHeader('Retry-After', String(delayS))
  if (!response.req.complete) response.setHeader('Connection', 'close')
  const answer = errorAnswer({
    code: error.code,
    key,
    // The claim script takes the last line with these capitals for the status line (aclk §1.2).
    message: error.message.replaceAll('HTTP', 'http'),
    ...(options?.nonRetryable === undefined ? {} : { nonRetryable: options.nonRetryable }),
    ...(delayS === undefined ? {} : { retryDelayS: delayS }),
  })
  sendJson(response, http, answer)
}

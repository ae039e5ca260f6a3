import { expect, it } from 'vitest'
import { createHandClock } from '../../../test/doubles/hand-clock.ts'
import { silentLog } from '../../../src/support/log.ts'
import { createSender, retryRule } from './sender.ts'

function named(name: string, more: object = {}): Error {
  return Object.assign(new Error(name), { name, ...more })
}

function startSender() {
  const clock = createHandClock()
  const pauses: number[] = []
  const send = createSender({
    clock,
    log: silentLog,
    table: 'metadata',
    pause: async (ms) => {
      pauses.push(ms)
      clock.advance(ms)
    },
  })
  const failing = (cause: Error, takesMs = 0) => {
    let tries = 0
    const call = async () => {
      tries++
      clock.advance(takesMs)
      throw cause
    }
    return { call, tries: () => tries }
  }
  return { send, pauses, failing, clock }
}

it.each([
  named('ProvisionedThroughputExceededException', { $metadata: { httpStatusCode: 400 } }),
  named('InternalServerError', { $metadata: { httpStatusCode: 500 } }),
  named('Error', { code: 'ECONNREFUSED' }),
  named('TimeoutError'),
  named('Weird', { $metadata: { httpStatusCode: 503 } }),
])('[ST25] tries $name at most 8 times with jittered pauses, then answers STORE_UNAVAILABLE', async (cause) => {
  const { send, pauses, failing } = startSender()
  const { call, tries } = failing(cause)
  await expect(send(call)).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' })
  expect(tries()).toBe(8)
  expect(pauses.length).toBe(7)
  expect(pauses.every((ms) => ms >= 0 && ms <= retryRule.longestPauseMs)).toBe(true)
})

it('[ST25] gives up after 10 s even when tries are left', async () => {
  const { send, failing, clock } = startSender()
  const startMs = clock.monotonicMs()
  const { call, tries } = failing(named('TimeoutError'), 3000)
  await expect(send(call)).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' })
  expect(tries()).toBeLessThan(8)
  expect(clock.monotonicMs() - startMs).toBeLessThanOrEqual(retryRule.totalMs + retryRule.tryMs)
})

it('[ST25] does not repeat what cannot succeed, and says when the table is missing or an item too large', async () => {
  const { send, failing } = startSender()
  const rows = [
    [named('AccessDeniedException', { $metadata: { httpStatusCode: 400 } }), { code: 'STORE_UNAVAILABLE' }],
    [
      named('ResourceNotFoundException', { $metadata: { httpStatusCode: 400 } }),
      { message: 'The metadata table metadata does not exist; run "throughline migrate" first.' },
    ],
    [
      Object.assign(new Error('Item size has exceeded the maximum allowed size'), {
        name: 'ValidationException',
        $metadata: { httpStatusCode: 400 },
      }),
      { code: 'BODY_TOO_LARGE' },
    ],
  ] as const
  for (const [cause, refusal] of rows) {
    const { call, tries } = failing(cause)
    await expect(send(call)).rejects.toMatchObject(refusal)
    expect(tries()).toBe(1)
  }
})

it('[ST25] answers a broken condition with the number of tries, since a later one may have met its own success', async () => {
  const { send } = startSender()
  let tries = 0
  const outcome = await send(async () => {
    tries++
    throw tries === 1 ? named('TimeoutError') : named('ConditionalCheckFailedException', { $metadata: { httpStatusCode: 400 } })
  })
  expect(outcome).toEqual({ held: false, tries: 2 })
})

import { expect, it } from 'vitest'
import { asThroughlineError, errorKinds, ThroughlineError } from './throughline-error.ts'

it('[DM3] every code has a status of an error, a close code a socket may carry, and a key', () => {
  const bad = Object.entries(errorKinds).filter(
    ([, { http, close, key }]) =>
      http < 400 ||
      http > 599 ||
      !(close === 1000 || close === 1002 || close === 1003 || (close >= 1007 && close <= 1013) || (close >= 4000 && close < 5000)) ||
      !/^Err[A-Z]/.test(key),
  )
  expect(bad).toEqual([])
})

it('[DM3] what we did not throw becomes INTERNAL and keeps its text to itself', () => {
  const error = asThroughlineError(new Error('secret inside'))
  expect({ code: error.code, leaks: error.message.includes('secret') }).toEqual({ code: 'INTERNAL', leaks: false })
  const ours = new ThroughlineError('NOT_FOUND', 'No such node.')
  expect(asThroughlineError(ours)).toBe(ours)
})

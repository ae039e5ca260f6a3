import { expect, it } from 'vitest'
import { passkeyProblem } from './passkey-problem.ts'
import { problemCode, signInProblem } from './sign-in-problem.ts'

it('[PP2] a problem brought back from another service is told in words that say what to do', () => {
  expect(problemCode('#problem=LINK_FIRST')).toBe('LINK_FIRST')
  expect([problemCode('#problem=<b>x</b>'), problemCode('#token=abc'), problemCode('')]).toEqual([undefined, undefined, undefined])
  expect(signInProblem('LINK_FIRST').text).toContain('Sign in with a link by mail')
  const other = signInProblem('SOMETHING_NEW')
  expect(['toString', '__proto__', 'constructor'].map((code) => signInProblem(code))).toEqual([other, other, other])
  expect(other.text).toBe('Try again, or choose another way to sign in.')
})

it('[PP3] what a browser refuses about passkeys is told in words that say what to do', () => {
  const names = ['NotAllowedError', 'InvalidStateError', 'SecurityError', 'NotSupportedError', 'SomethingNew']
  const texts = names.map(passkeyProblem)
  expect(new Set(texts).size).toBe(names.length)
  expect(texts[2]).toContain('not an IP address')
  expect(passkeyProblem('AbortError')).toBe(passkeyProblem('NotAllowedError'))
})

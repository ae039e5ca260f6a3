import { expect, it } from 'vitest'
import { problemOf, problemOfThrown } from './problems.ts'

it.each([
  [{ reason: 'rateLimitExceeded' }, 'later rateLimitExceeded'],
  [{ reason: 'stopped' }, 'later stopped'],
  [{ reason: 'somethingNew' }, 'later somethingNew'],
  [{}, 'later backendError'],
  [{ reason: 'notFound' }, 'gone notFound'],
  [{ reason: 'duplicate', message: 'aborted due to' }, 'duplicate duplicate'],
  [{ reason: 'invalidQuery', message: 'Syntax error' }, 'invalid invalidQuery'],
  [{ reason: 'invalidQuery', message: 'Could not serialize access to table p:d.t due to concurrent update' }, 'later concurrent'],
  [{ reason: 'invalidQuery', message: 'statement over table t would affect rows in the streaming buffer' }, 'later streamingBuffer'],
  [{ reason: 'quotaExceeded', message: 'Too many DML statements outstanding against table' }, 'later concurrent'],
])('[BQ7] an error of a job, %o, means %s', (proto, meaning) => {
  const { kind, reason, sentence } = problemOf(proto)
  expect(`${kind} ${reason}`).toBe(meaning)
  expect(sentence).toMatch(/^[A-Z].*\.$/)
})

it.each([
  [{ code: 409, errors: [{ reason: 'duplicate' }] }, 'duplicate duplicate'],
  [{ code: 404 }, 'gone notFound'],
  [{ code: 412 }, 'changed conditionNotMet'],
  [{ code: 400, errors: [{ reason: 'invalid' }] }, 'invalid invalid'],
  [{ code: 403, errors: [{ reason: 'quotaExceeded' }] }, 'later quotaExceeded'],
  [{ code: 403 }, 'later accessDenied'],
  [{ code: 429 }, 'later rateLimitExceeded'],
  [{ code: 502, message: '<html>' }, 'later backendError'],
  [{ code: 'ECONNRESET' }, 'later unreachable'],
  [new Error('Could not load the default credentials. Browse to …'), 'later noCredentials'],
  [new Error('invalid_grant'), 'later noCredentials'],
  [undefined, 'later unreachable'],
])('[BQ10] what the client throws, %o, means %s', (thrown, meaning) => {
  const { kind, reason } = problemOfThrown(thrown)
  expect(`${kind} ${reason}`).toBe(meaning)
})

import { expect, it } from 'vitest'
import { ThroughlineError } from '../../../src/errors/throughline-error.ts'
import { readFunctionAnswer } from './function-answer.ts'
import { problemOfError } from './function-problem.ts'

const read = (body: unknown, httpStatus = 200) =>
  readFunctionAnswer({ text: typeof body === 'string' ? body : JSON.stringify(body), httpStatus })

it('[FN24] tells a table, a mere description and anything else apart', () => {
  expect(read({ type: 'table', columns: {}, data: [], update_every: 3 })).toMatchObject({ kind: 'table', info: { updateEveryS: 3 } })
  expect(read({ columns: {}, data: [] })).toMatchObject({ kind: 'table' })
  expect(read({ status: 200, type: 'table', has_history: false })).toMatchObject({ kind: 'info' })
  expect(read({ type: 'topology', nodes: [] })).toEqual({ kind: 'other', text: '{"type":"topology","nodes":[]}' })
  expect(read('', 304)).toEqual({ kind: 'unchanged' })
  expect(read({ status: 304 })).toEqual({ kind: 'unchanged' })
})

it.each([403, 404, 412, 451, 499, 503, 504])('[FN25] says in words what status %i of an agent means, and quotes the agent', (status) => {
  const answer = read({ status, errorMessage: '<b>Said by the agent</b>' }, status)
  expect(answer).toMatchObject({ kind: 'problem', problem: { code: status, agentWords: '<b>Said by the agent</b>' } })
  if (answer.kind === 'problem') expect(answer.problem.title).toMatch(/^[A-Z].*\.$/u)
})

it('[FN25] takes a status inside the answer, plain text, and what is no JSON at all', () => {
  expect(read({ status: 404, error: 'gone' })).toMatchObject({ kind: 'problem', problem: { code: 404, agentWords: 'gone' } })
  expect(read('Service is starting', 503)).toMatchObject({
    kind: 'problem',
    problem: { code: 503, mayRetry: true, agentWords: 'Service is starting' },
  })
  expect(read('<html>')).toMatchObject({ kind: 'problem', problem: { code: 'AGENT_PROTOCOL' } })
  expect(read([1])).toMatchObject({ kind: 'problem' })
})

it('[FN26] says in words what the cloud refused and what got lost on the way', () => {
  expect(problemOfError(new ThroughlineError('FORBIDDEN', 'x'))).toMatchObject({ title: 'Your role does not allow this.', mayRetry: false })
  expect(problemOfError(new ThroughlineError('AGENT_UNREACHABLE', 'x'))).toMatchObject({ mayRetry: true })
  expect(problemOfError(new ThroughlineError('STORE_UNAVAILABLE', 'The store rests.'))).toMatchObject({ text: 'The store rests.' })
  expect(problemOfError(new TypeError('secret'))).toMatchObject({ code: 'INTERNAL', text: 'Something went wrong on the way.' })
})

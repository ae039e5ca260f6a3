import { expect, it } from 'vitest'
import { encodeQuestion } from '../../src/aclk/query/request.ts'
import { liveLimits } from '../../src/live/limits.ts'
import { askQuestion, tickParts, tickQuestion } from './question.ts'

it('[RL12] asks a tick for three rows at its cadence, with a timeout slightly under the tick', () => {
  expect(tickQuestion('system.cpu%7Cdisk.io', 3, 1_000)).toEqual({
    method: 'GET',
    target:
      '/api/v1/data?context=system.cpu%7Cdisk.io&after=-3&points=3&group=average&format=json&options=jsonwrap,minify,unaligned&timeout=900',
    timeoutMs: 900,
  })
})

it('[RL11] splits contexts so that every target stays below the limit and none is lost', () => {
  const contexts = Array.from({ length: 1_000 }, (_, index) => `some.longer.context_${index}`)
  const parts = tickParts(contexts)
  expect(parts.length).toBeGreaterThan(1)
  expect(Math.max(...parts.map((part) => tickQuestion(part, 99_999, 60_000).target.length))).toBeLessThanOrEqual(liveLimits.targetBytes)
  expect(parts.flatMap((part) => decodeURIComponent(part).split('|'))).toEqual(contexts)
})

it('[RL11] keeps the longest name the protocol allows in a part of its own', () => {
  const name = '\u{3042}'.repeat(200)
  expect(tickParts([name, name])).toEqual([encodeURIComponent(name) + '%7C' + encodeURIComponent(name)])
  expect(tickParts(Array.from({ length: 5 }, () => name))).toHaveLength(2)
})

it.each([
  { question: { kind: 'info' }, target: '/api/v1/info' },
  { question: { kind: 'contexts' }, target: '/api/v1/contexts?options=charts,dimensions,labels' },
  { question: { kind: 'alerts' }, target: '/api/v1/alarms?all' },
  {
    question: { kind: 'data', contexts: ['system.cpu', 'mem/ü'], afterS: -900, beforeS: 0, points: 450 },
    target:
      '/api/v1/data?context=system.cpu%7Cmem%2F%C3%BC&after=-900&before=0&points=450&group=average&format=json&options=jsonwrap,minify,unaligned&timeout=25000',
  },
  {
    question: { kind: 'data', contexts: ['system.cpu'], afterS: 1_700_000_000, beforeS: 1_700_000_600, points: 60 },
    target:
      '/api/v1/data?context=system.cpu&after=1700000000&before=1700000600&points=60&group=average&format=json&options=jsonwrap,minify&timeout=25000',
  },
] as const)('[RL20] turns $question.kind into one fixed target', ({ question, target }) => {
  const built = askQuestion(question)
  expect(built).toEqual({ method: 'GET', target, timeoutMs: 30_000 })
  expect(() => encodeQuestion('id', '/cloud/reply/id', built)).not.toThrow()
})

it('[RL20] refuses a question about the past whose contexts do not fit one target', () => {
  const contexts = Array.from({ length: 200 }, (_, index) => `a.context.with.quite.a.long.name.of.fifty.letters_${index}`)
  expect(() => askQuestion({ kind: 'data', contexts, afterS: -60, beforeS: 0, points: 60 })).toThrow(
    expect.objectContaining({ code: 'URL_TOO_LONG' }),
  )
})

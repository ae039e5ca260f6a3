import { expect, it } from 'vitest'
import { liveLimits } from '../../src/live/limits.ts'
import { tickParts, tickQuestion } from './question.ts'

it('[RL12] asks a tick for three rows at its cadence, with a timeout slightly under the tick', () => {
  expect(tickQuestion('system.cpu%7Cdisk.io', 3, 1_000)).toEqual({
    method: 'GET',
    target:
      '/api/v1/data?context=system.cpu%7Cdisk.io&after=-3&points=3&group=average&format=json&options=jsonwrap,minify,unaligned&timeout=900',
    timeoutMs: 900,
    asker: { role: 'observer', permissions: 0x00b },
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

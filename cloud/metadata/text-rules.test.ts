import { expect, it } from 'vitest'
import { boundedInteger, cleanPassage, cleanText } from './text-rules.ts'

it('[MD37] keeps agent text as one line of plain characters, cut at a character', () => {
  expect(cleanText('line\r\none\u2028two\u0085', 100)).toBe('lineonetwo')
  expect(cleanText('a\u200bb\u00adc\u2060d\ufeffe\u3164f', 100)).toBe('abcdef')
  expect(cleanText('👩‍👩‍👧‍👦 ❤️ می‌خواهم', 100)).toBe('👩‍👩‍👧‍👦 ❤️ می‌خواهم')
  expect(cleanText('😀😀', 7)).toBe('😀')
  expect(cleanText('a\u0301é', 3)).toBe('a\u0301')
  expect(cleanText(undefined, 3)).toBe('')
  expect(cleanText({ toString: () => 'x' }, 3)).toBe('')
})

it('[MD37] answers the fallback for numbers out of bounds', () => {
  const rows = [7, 7n, 0, -1, 1.5, 11, Number.NaN, Infinity, '7', undefined]
  expect(rows.map((value) => boundedInteger(value, 0, 10, 5))).toEqual([7, 7, 0, 5, 5, 5, 5, 5, 5, 5])
})

it('[CR34] a passage keeps its lines and tabs and loses what is no part of a text', () => {
  expect(cleanPassage('one\r\n\ttwo\n\u0000three\u202e\u2028', 100)).toBe('one\r\n\ttwo\nthree')
  expect(cleanPassage('\n'.repeat(50), 7)).toBe('\n'.repeat(7))
  expect(cleanPassage('a\n😀', 4)).toBe('a\n')
})

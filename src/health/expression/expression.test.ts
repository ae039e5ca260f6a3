import { expect, it } from 'vitest'
import { evaluate } from './evaluate.ts'
import { expressionDepth, parseExpression, variablesOf } from './parse.ts'
import { ExpressionError } from './tokens.ts'

const values: Readonly<Record<string, number>> = {
  this: 5,
  status: 1,
  user: 2,
  'disk.sda.reads': 7,
  'a b': 3,
  big: Number.POSITIVE_INFINITY,
}
const result = (text: string) => evaluate(parseExpression(text), (name) => values[name])

it.each([
  ['1 + 2 * 3', 7],
  ['(1 + 2) * 3', 9],
  ['10 - 4 - 3', 3],
  ['-2 * -3', 6],
  ['+4', 4],
  ['7 % 4', 3],
  ['1.5e2 / .5', 300],
  ['abs(-3) + abs(3)', 6],
  ['ABS($user - 5)', 3],
  ['$this > 4', 1],
  ['$this >= 5 && $this <= 5', 1],
  ['$this = 5', 1],
  ['$this == 5', 1],
  ['$this != 5', 0],
  ['$this <> 5', 0],
  ['0.1 + 0.2 == 0.3', 1],
  ['$this > 4 AND NOT ($this > 9)', 1],
  ['1 or 0 and 0', 1],
  ['!3', 0],
  ['1 ? 2 : 3', 2],
  ['0 ? 2 : 0 ? 3 : 4', 4],
  ['$this > (($status >= $WARNING) ? (4) : (6))', 0],
  ['$status == $CLEAR', 1],
  ['$CRITICAL - $REMOVED', 5],
  ['${disk.sda.reads} + $disk.sda.reads', 14],
  ['${a b}', 3],
  ['$big > 100', 1],
  ['inf > 1', 1],
] as const)('[HE1] %s is %d', (text, value) => {
  expect(result(text)).toBe(value)
})

it.each([
  '$missing > 5',
  '$missing',
  '5 + $missing',
  '!$missing',
  '$missing ? 1 : 2',
  '$missing == $other',
  'nan + 1',
  '0 / 0',
  '1 && $missing',
  '0 || $missing',
])('[HE2] %s is undefined, because it rests on what is not there', (text) => {
  expect(result(text)).toBeUndefined()
})

it.each([
  ['0 && $missing', 0],
  ['$missing && 0', 0],
  ['1 || $missing', 1],
  ['$missing || 1', 1],
  ['1 ? 2 : $missing', 2],
  ['$missing == nan', 1],
  ['$this == nan', 0],
  ['$this != nan AND $this < 9', 1],
] as const)('[HE2] %s is %d: the missing value does not decide, or is asked for', (text, value) => {
  expect(result(text)).toBe(value)
})

it.each([
  ['', 0],
  ['1 +', 3],
  ['(1', 2],
  ['1)', 1],
  ['1 2', 2],
  ['$this > # 5', 8],
  ['cpu > 5', 0],
  ['1 ? 2', 5],
  ['${unclosed', 0],
  ['$ 5', 0],
  ['1 + * 2', 4],
] as const)('[HE3] "%s" is refused with the place of the problem', (text, at) => {
  expect(() => parseExpression(text)).toThrow(expect.objectContaining({ name: 'ExpressionError', at }) as Error)
})

it('[HE3] is bounded in length and depth, and reads what is long and flat', () => {
  const nested = `${'('.repeat(expressionDepth + 1)}1${')'.repeat(expressionDepth + 1)}`
  expect(() => parseExpression(nested)).toThrow(ExpressionError)
  expect(() => parseExpression('!'.repeat(1_900) + '1')).toThrow('nested too deeply')
  expect(() => parseExpression('1'.repeat(2_001))).toThrow(ExpressionError)
  expect(result(Array.from({ length: 900 }, () => '1').join('+'))).toBe(900)
})

it('[HE3] names are data: no word reaches an object of the program', () => {
  expect(evaluate(parseExpression('$constructor'), () => undefined)).toBeUndefined()
  expect(evaluate(parseExpression('$__proto__ == nan'), () => undefined)).toBe(1)
  expect(() => parseExpression('constructor')).toThrow(ExpressionError)
})

it('[HE1] tells the variables it reads, each once', () => {
  expect(variablesOf(parseExpression('$a > 1 ? abs($b) : -$a + ${c d}'))).toEqual(['a', 'b', 'c d'])
})

import { expect, it } from 'vitest'
import { labelOf } from './labels.ts'

it('[MX39] a label that every object seems to have is there only if somebody gave it', () => {
  const labels = JSON.parse('{"device":"sda","__proto__":"p"}') as Record<string, string>
  expect(['device', '__proto__', 'constructor', 'toString', 'other'].map((key) => labelOf(labels, key))).toEqual([
    'sda',
    'p',
    undefined,
    undefined,
    undefined,
  ])
  expect(labelOf(undefined, 'device')).toBeUndefined()
})

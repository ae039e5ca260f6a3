import { expect, it } from 'vitest'
import { createWidths } from './metric-widths.ts'

it('[MX36] how wide nodes are is their mean, so that one node of thousands of metrics keeps no other out, and it is told when it grows', () => {
  let grown = 0
  const widths = createWidths(() => void grown++)
  expect(widths.mean('disk.io')).toBeUndefined()
  for (let node = 0; node < 100; node++) widths.note('disk.io', `n${node}`, 3)
  expect([widths.mean('disk.io'), grown]).toEqual([4, 1])
  widths.note('disk.io', 'hostile', 5_000)
  widths.note('disk.io', 'hostile', 5_000)
  expect([widths.mean('disk.io'), grown]).toEqual([64, 2])
  widths.note('disk.io', 'hostile', 1)
  expect([widths.mean('disk.io'), widths.mean('system.cpu'), grown]).toEqual([64, undefined, 2])
})

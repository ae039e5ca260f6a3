import { expect, it } from 'vitest'
import { inWindow } from './in-window.ts'

it('[CX9] tables and files hold the rows of the window alone, without those that only mark a gap', () => {
  const frame = { timesS: [1, 2, 3, 4, 5], series: [{ dimensionId: 'a', name: 'a', values: [1, 2, null, 4, 5] }] }
  expect(inWindow(frame, [2, 4])).toEqual({ timesS: [2, 4], series: [{ dimensionId: 'a', name: 'a', values: [2, 4] }] })
})

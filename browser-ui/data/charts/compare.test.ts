import { expect, it } from 'vitest'
import { alignFrame, change, shiftOf } from './compare.ts'

const frame = (timesS: number[], values: (number | null)[], id = 'a') => ({ timesS, series: [{ dimensionId: id, name: id, values }] })

it('[CX10] an earlier period is laid over the chart, each value at the time so much later', () => {
  const earlier = frame([0, 10, 20, 30], [1, 2, null, 4])
  expect(alignFrame(frame([101, 111, 121, 131], [9, 9, 9, 9]), earlier, 100)[0]?.values).toEqual([1, 2, null, 4])
})

it('[CX10] where the earlier period has no value near, and for series it lacks, there is a gap', () => {
  expect(alignFrame(frame([100, 110, 150], [9, 9, 9]), frame([0, 10], [1, 2]), 100)[0]?.values).toEqual([1, 2, null])
  expect(alignFrame(frame([100, 110], [9, 9], 'new'), frame([0, 10], [1, 2]), 100)[0]?.values).toEqual([null, null])
  expect(alignFrame(frame([100], [9]), { timesS: [], series: [] }, 100)[0]?.values).toEqual([null])
})

it('[CX10] the period before is as long as the window; a day and a week are what they are', () => {
  expect([shiftOf('before', 300), shiftOf('yesterday', 300), shiftOf('week', 300)]).toEqual([300, 86_400, 604_800])
})

it('[CX10] a change has a share only of what was not zero', () => {
  expect(change(6, 4)).toEqual({ by: 2, share: 0.5 })
  expect(change(-6, -4)).toEqual({ by: -2, share: -0.5 })
  expect(change(1, 0)).toEqual({ by: 1, share: undefined })
  expect(change(undefined, 1)).toEqual({ by: undefined, share: undefined })
})

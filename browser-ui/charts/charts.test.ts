import { expect, it } from 'vitest'
import { chartColors, heatColor } from './chart-colors.ts'
import { axisRange, extentOf, isWorthPaint, nearestRow, valueSplits } from './chart-scale.ts'
import { createFrameScheduler } from './frame-scheduler.ts'
import { bucketOrder } from './heat-map.ts'
import { createSeriesRanks } from './series-ranks.ts'

const luminance = (hex: string) => {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5]
    .map((at) => Number.parseInt(hex.slice(at, at + 2), 16) / 255)
    .map((part) => (part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4))
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}
const contrast = (a: string, b: string) => {
  const [high = 0, low = 0] = [luminance(a), luminance(b)].sort((x, y) => y - x)
  return (high + 0.05) / (low + 0.05)
}

it.each(['light', 'dark'] as const)('[UI23] draws every series with at least 3:1 and axis text with 4.5:1 on the %s surface', (name) => {
  const { surface, series, text } = chartColors[name]
  expect(series.filter((color) => contrast(color, surface) < 3)).toEqual([])
  expect(contrast(text, surface)).toBeGreaterThanOrEqual(4.5)
  expect(new Set(series).size).toBe(series.length)
})

it('[UI24] keeps zero in sight, leaves room, and is never flat', () => {
  expect(axisRange(undefined, false)).toEqual([0, 1])
  expect(axisRange([0, 0], false)).toEqual([0, 1])
  expect(axisRange([40, 50], false)).toEqual([0, 54])
  expect(axisRange([-50, 50], false)).toEqual([-58, 58])
  expect(axisRange([-50, -10], false)).toEqual([-54, 0])
  expect(axisRange([0, 99], true)).toEqual([0, 100])
})

it('[UI24] finds the extent of columns with gaps', () => {
  expect(
    extentOf([
      [1, null, -4],
      [null, 9, null],
    ]),
  ).toEqual([-4, 9])
  expect(extentOf([[null], []])).toBeUndefined()
})

it('[UI25] runs what was asked for within a frame together, each once, and not what was taken back', () => {
  const frames: (() => void)[] = []
  const drawn: string[] = []
  const scheduler = createFrameScheduler(
    (run) => frames.push(run),
    () => 0,
  )
  const [a, b, c] = ['a', 'b', 'c'].map((name) => () => void drawn.push(name)) as [() => void, () => void, () => void]
  for (const draw of [a, b, a, c]) scheduler.request(draw)
  scheduler.cancel(b)
  expect(frames.length).toBe(1)
  frames[0]?.()
  expect(drawn).toEqual(['a', 'c'])
  scheduler.request(b)
  expect(frames.length).toBe(2)
})

it('[UI25] leaves to the next frame what does not fit the share of one, in order', () => {
  const frames: (() => void)[] = []
  const drawn: string[] = []
  let nowMs = 0
  const scheduler = createFrameScheduler(
    (run) => frames.push(run),
    () => nowMs,
  )
  for (const name of ['a', 'b', 'c', 'd', 'e'])
    scheduler.request(() => {
      nowMs += 2
      drawn.push(name)
    })
  frames[0]?.()
  expect(drawn).toEqual(['a', 'b'])
  frames[1]?.()
  frames[2]?.()
  expect([drawn, frames.length]).toEqual([['a', 'b', 'c', 'd', 'e'], 3])
})

const line = (dimensionId: string, values: readonly number[]) => ({ dimensionId, name: dimensionId, values })

it('[UI26] orders and colours many series by size, quiet ones last without a colour, and keeps the colours', () => {
  const ranks = createSeriesRanks()
  const rows = (value: number) => Array.from({ length: 30 }, () => value)
  const first = [line('steal', rows(0)), line('user', rows(5)), line('system', rows(9)), line('nice', rows(1)), line('irq', rows(0))]
  expect(ranks.rank(first)).toEqual({ order: [2, 1, 3, 0, 4], colorIndex: [undefined, 1, 0, 2, undefined], active: 3 })
  const later = [line('steal', rows(99)), line('user', rows(50)), line('system', rows(0)), line('nice', rows(0)), line('irq', rows(0))]
  expect(ranks.rank(later).colorIndex).toEqual([3, 1, 0, 2, undefined])
})

it('[UI26] leaves a few series in the order of the agent', () => {
  expect(createSeriesRanks().rank([line('reads', [0]), line('writes', [9])])).toEqual({ order: [0, 1], colorIndex: [0, 1], active: 2 })
})

it('[UI59] paints only when a pixel would change: the edge moved, the past arrived, the window or the series are others', () => {
  const frame = (rows: number, ids = ['user'], valueAt = (row: number) => row) => ({
    timesS: Array.from({ length: rows }, (_, index) => index),
    series: ids.map((id) =>
      line(
        id,
        Array.from({ length: rows }, (_, row) => valueAt(row)),
      ),
    ),
  })
  const range = [0, 3600] as const
  expect(isWorthPaint(frame(100), frame(101), range, [1, 3601])).toBe(false)
  expect(isWorthPaint(frame(100), frame(101), range, [8, 3608])).toBe(true)
  expect(isWorthPaint(frame(100), frame(101), [0, 300], [1, 301])).toBe(true)
  expect(isWorthPaint(frame(100), frame(900), range, range)).toBe(true)
  expect(isWorthPaint(frame(100), frame(100), range, [3300, 3600])).toBe(true)
  expect(isWorthPaint(frame(100), frame(100, ['user', 'nice']), range, range)).toBe(true)
  expect(isWorthPaint(frame(100), frame(100, ['nice']), range, range)).toBe(true)
  // The past of a second node brings no row, but other values; a newest row that is mended is less than a pixel.
  expect(
    isWorthPaint(
      frame(100),
      frame(100, ['user'], (row) => 2 * row),
      range,
      range,
    ),
  ).toBe(true)
  expect(
    isWorthPaint(
      frame(100),
      frame(100, ['user'], (row) => (row === 99 ? 0 : row)),
      range,
      range,
    ),
  ).toBe(false)
})

it('[TM38] marks a value axis at values that are round as they are read', () => {
  expect(valueSplits(0, 54, 5, 1)).toEqual([0, 20, 40])
  expect(valueSplits(0, 100, 4, 1)).toEqual([0, 25, 50, 75, 100])
  expect(valueSplits(-58, 58, 5, 1)).toEqual([-50, -25, 0, 25, 50])
  expect(valueSplits(0, 3 * 1024 ** 2, 4, 1 / 1024 ** 2)).toEqual([0, 1024 ** 2, 2 * 1024 ** 2, 3 * 1024 ** 2])
  expect([valueSplits(0, 0, 4, 1), valueSplits(0, Number.POSITIVE_INFINITY, 4, 1)]).toEqual([[], []])
})

it('[TM39] finds the row nearest to a time', () => {
  const times = [10, 20, 30]
  expect([0, 14, 16, 25.1, 99].map((timeS) => nearestRow(times, timeS))).toEqual([0, 0, 1, 2, 2])
  expect(nearestRow([], 5)).toBeUndefined()
})

it('[TM40] stands the buckets of a heat map by their number, the open one last, or as the agent orders them', () => {
  expect(bucketOrder(['+Inf', '0.5', '10', '2'])).toEqual([1, 3, 2, 0])
  expect(bucketOrder(['le_100', 'le_5', 'le_inf'])).toEqual([1, 0, 2])
  expect(bucketOrder(['fast', 'slow', '3'])).toEqual([0, 1, 2])
})

it.each(['light', 'dark'] as const)(
  '[TM41] colours more of a heat map by steps of lightness in one direction, and nothing not at all: %s',
  (name) => {
    const colors = chartColors[name]
    const steps = colors.heat.map(luminance)
    const isRising = (steps.at(-1) ?? 0) > (steps[0] ?? 0)
    expect(steps).toEqual(steps.toSorted((a, b) => (isRising ? a - b : b - a)))
    expect([heatColor(colors, 0, 10), heatColor(colors, 10, 10), heatColor(colors, Number.NaN, 10), heatColor(colors, 1, 0)]).toEqual([
      undefined,
      colors.heat.at(-1),
      undefined,
      undefined,
    ])
    expect(contrast(colors.heat.at(-1) ?? '', colors.surface)).toBeGreaterThan(3)
  },
)

import { expect, it } from 'vitest'
import type { MergeSource } from '../../../src/live/merge-rows.ts'
import { chartLinesMax, foldSeries, othersId } from './fold-series.ts'

const lines = (count: number) => Array.from({ length: count }, (_, index) => ({ id: `d${index}`, name: `d${index}` }))
const source = (values: readonly number[]): MergeSource => ({
  timesS: Float64Array.of(1),
  stepsS: Float64Array.of(1),
  paceS: 1,
  isUniform: true,
  cadenceS: 1,
  members: values.map((value, series) => ({
    series,
    values: Float64Array.of(value),
    paceS: 1,
    counts: undefined,
    partial: undefined,
    volume: 1,
  })),
})

it('[MX42] up to 250 lines stand by themselves', () => {
  const sources = [source(lines(chartLinesMax).map((_, index) => index))]
  expect(foldSeries(lines(chartLinesMax), sources, false)).toEqual({ series: lines(chartLinesMax), sources })
})

it('[MX42] of 5,000 lines the largest stand by themselves in their order, and every other metric is in one more', () => {
  // The largest are the last, signs do not count.
  const values = lines(5_000).map((_, index) => (index % 2 === 0 ? index : -index))
  const folded = foldSeries(lines(5_000), [source(values), source(values)], false)
  expect(folded.series).toHaveLength(chartLinesMax)
  expect(folded.series.at(-1)).toEqual({ id: othersId, name: '4,751 others' })
  expect(folded.series.slice(0, -1)).toEqual(lines(5_000).slice(4_751))
  for (const { members } of folded.sources) {
    expect(members).toHaveLength(5_000)
    expect(members.filter(({ series }) => series === chartLinesMax - 1)).toHaveLength(4_751)
    expect(members.at(-1)?.series).toBe(chartLinesMax - 2)
  }
})

it('[MX42] for a mean a line is as large as each of its metrics, not as many as it has', () => {
  const many = source(lines(300).map((_, index) => (index === 0 ? 5 : 10 + index)))
  const members = [...many.members, ...Array.from({ length: 1_000 }, () => ({ ...(many.members[0] as (typeof many.members)[0]) }))]
  const first = (isMean: boolean) => foldSeries(lines(300), [{ ...many, members }], isMean).series[0]?.id
  expect([first(false), first(true)]).toEqual(['d0', 'd51'])
})

import { expect, it } from 'vitest'
import {
  choiceOf,
  isolated,
  kindOf,
  kindsFor,
  switched,
  toggled,
  toggledGroup,
  toggledLabel,
  withSetting,
  type CardSettings,
} from './card-settings.ts'

const disk = { id: 'disk.io', units: 'KiB/s', chartType: 'area' }

it('[CX1] a chart shows everything until a person chose: summed, shares of a whole averaged, by dimension', () => {
  expect(choiceOf(disk, {})).toEqual({
    contextId: 'disk.io',
    nodeIds: undefined,
    instances: undefined,
    dimensions: undefined,
    labels: [],
    groupBy: ['dimension'],
    aggregation: 'sum',
  })
  expect(choiceOf({ id: 'system.cpu', units: 'percentage' }, {}).aggregation).toBe('average')
})

it('[CX1] what a person chose replaces it, one by one, and can be taken back', () => {
  const settings = withSetting(withSetting({}, 'aggregation', 'max'), 'instances', ['sda'])
  expect(choiceOf(disk, settings)).toMatchObject({ aggregation: 'max', instances: ['sda'], groupBy: ['dimension'] })
  expect(withSetting(settings, 'instances', undefined)).toEqual({ aggregation: 'max' })
})

it('[CX1] chosen nodes that the page does not show any more do not count', () => {
  const settings: CardSettings = { nodeIds: ['a', 'gone'] }
  expect(choiceOf(disk, settings, ['a', 'b']).nodeIds).toEqual(['a'])
  expect(choiceOf(disk, settings, ['b']).nodeIds).toBeUndefined()
})

it('[CX2] choosing goes from all to all but one, and none is all again', () => {
  const all = ['a', 'b', 'c']
  expect(toggled(all, undefined, 'b')).toEqual(['a', 'c'])
  expect(toggled(all, ['a', 'c'], 'b')).toBeUndefined()
  expect(toggled(all, ['a'], 'a')).toBeUndefined()
  expect(toggled(all, ['c'], 'a')).toEqual(['a', 'c'])
})

it('[CX2] ways to group keep the order in which they were chosen, and one always stays', () => {
  expect(toggledGroup(['dimension'], 'node')).toEqual(['dimension', 'node'])
  expect(toggledGroup(['dimension', 'node'], 'dimension')).toEqual(['node'])
  expect(toggledGroup(['node'], 'node')).toEqual(['node'])
})

it('[CX2] labels are put in and taken out as pairs', () => {
  const one = toggledLabel([], 'mount', '/')
  expect(toggledLabel(one, 'mount', '/home')).toEqual([
    { key: 'mount', value: '/' },
    { key: 'mount', value: '/home' },
  ])
  expect(toggledLabel(one, 'mount', '/')).toEqual([])
})

it('[CX3] a chart is painted as its agent says, as lines if that is unknown, and as a heat map only where the agent says so', () => {
  expect(kindOf(disk, {})).toBe('area')
  expect(kindOf({ chartType: 'pie' }, {})).toBe('line')
  expect(kindOf(disk, { kind: 'stacked' })).toBe('stacked')
  expect(kindsFor(disk)).toEqual(['line', 'area', 'stacked'])
  expect(kindsFor({ chartType: 'heatmap' })).toContain('heatmap')
})

it('[CX4] a series is taken alone, and a second time all are back', () => {
  const ids = ['in', 'out', 'other']
  expect(isolated(ids, [], 'out')).toEqual(['in', 'other'])
  expect(isolated(ids, ['in', 'other'], 'out')).toEqual([])
  expect(isolated(ids, ['in', 'other'], 'in')).toEqual(['out', 'other'])
})

it('[CX4] a series is switched off and on, and when none is left all are back', () => {
  const ids = ['in', 'out']
  expect(switched(ids, [], 'out')).toEqual(['out'])
  expect(switched(ids, ['out'], 'out')).toEqual([])
  expect(switched(ids, ['out'], 'in')).toEqual([])
})

it('[CX4] another grouping brings every series back', () => {
  expect(withSetting({ hidden: ['in'] }, 'groupBy', ['node'])).toEqual({ groupBy: ['node'] })
  expect(withSetting({ hidden: ['in'] }, 'aggregation', 'max')).toEqual({ hidden: ['in'], aggregation: 'max' })
})

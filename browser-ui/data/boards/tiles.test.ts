import { expect, it } from 'vitest'
import { boardWith, chartTile, textTile } from '../../../test/doubles/benches/board-documents.ts'
import { boardLimits } from '../../../src/domain/board.ts'
import { boardDocument } from '../../../src/domain/board-schema.ts'
import {
  chartWith,
  copyName,
  emptyBoard,
  isFull,
  newTileId,
  settingsOf,
  withChart,
  withCopy,
  withText,
  withTile,
  withoutTile,
} from './tiles.ts'

const nodeIds = ['22222222-2222-4222-8222-222222222222']

it('[BD38] charts and texts are put in the first free place, copied, removed and put back', () => {
  const one = withChart(emptyBoard('Web'), 'a', 'system.cpu', { groupBy: ['node'], kind: 'area', hidden: ['user'] })
  expect(one).toEqual(boardWith([chartTile('a', { groupBy: ['node'], chartType: 'area' })]))
  const two = withText(one, 't', 'Words')
  expect(two.tiles[1]).toEqual(textTile('t', { x: 6, w: 4, h: 3 }))
  const three = withCopy(two, 'a', 'b')
  expect(three.tiles.at(-1)).toMatchObject({ id: 'b', x: 6, y: 3, groupBy: ['node'] })
  expect(withCopy(three, 'gone', 'c')).toBe(three)
  const without = withoutTile(three, 't')
  expect(without.tiles.map(({ id, y }) => `${id} ${y}`)).toEqual(['a 0', 'b 0'])
  const back = withTile(without, textTile('t', { x: 6, w: 4, h: 3 }))
  expect(back).toEqual(three)
  for (const board of [one, two, three, without, back]) expect(boardDocument.safeParse(board).success).toBe(true)
})

it('[BD38] a chart is set as its card understands it, and back', () => {
  const settings = {
    nodeIds,
    instances: ['disk.sda'],
    dimensions: ['reads'],
    labels: [{ key: 'device', value: 'sda' }],
    groupBy: ['node', 'label:device'],
    aggregation: 'max',
    kind: 'stacked',
  } as const
  const tile = chartWith(chartTile('a', { title: 'Disks' }), settings)
  expect(settingsOf(tile)).toEqual(settings)
  expect(tile).toMatchObject({ title: 'Disks', nodes: nodeIds, chartType: 'stacked' })
  expect(chartWith(tile, {})).toEqual(chartTile('a', { title: 'Disks' }))
  expect(settingsOf(chartTile('a'))).toEqual({})
})

it('[BD38] what is made here is within the limits of a board', () => {
  expect(newTileId()).toMatch(/^[\w-]{13}$/)
  expect(newTileId()).not.toBe(newTileId())
  expect(copyName('x'.repeat(boardLimits.nameChars))).toHaveLength(boardLimits.nameChars)
  expect(isFull(boardWith(Array.from({ length: boardLimits.tiles }, (_, n) => textTile(`t${n}`))))).toBe(true)
  expect(isFull(boardWith([textTile('t')]))).toBe(false)
  const many = chartWith(chartTile('a'), { nodeIds: Array.from({ length: 2_000 }, () => nodeIds[0] ?? '') })
  expect(many.nodes).toHaveLength(boardLimits.nodes)
})

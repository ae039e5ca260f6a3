import { expect, it } from 'vitest'
import { chartTile, textTile } from '../../../test/doubles/benches/board-documents.ts'
import { agoWords } from '../time/ago-words.ts'
import { daysLeftWords, personWords, placeWords, sideWords, tileName, tilesWords, unknownWords } from './board-words.ts'

it('[BD39] says in words who changed a board when, and how long a deleted one can be restored', () => {
  expect([-5_000, 59_000, 60_000, 3_599_000, 3_600_000, 47 * 3_600_000, 48 * 3_600_000].map(agoWords)).toEqual([
    'just now',
    'just now',
    '1 min ago',
    '59 min ago',
    '1 h ago',
    '47 h ago',
    '2 days ago',
  ])
  expect([0, 1, 86_400_000, 86_400_001].map(daysLeftWords)).toEqual(['less than a day', '1 day', '1 day', '2 days'])
  expect(personWords({ personId: 'a', email: 'a@b.example' }, 'a')).toBe('you')
  expect(personWords({ personId: 'b', email: 'a@b.example' }, 'a')).toBe('a@b.example')
  expect(personWords({ personId: 'b', email: null }, 'a')).toBe('somebody who is no longer here')
  expect([0, 1, 2].map(tilesWords)).toEqual(['empty', '1 tile', '2 tiles'])
})

it('[BD39] names tiles and what each side of a conflict has', () => {
  expect(tileName(chartTile('a'))).toBe('system.cpu')
  expect(tileName(chartTile('a', { title: 'Load' }))).toBe('Load')
  expect(tileName(textTile('t', { text: '\n## The **web** servers\nmore' }))).toBe('The web servers')
  expect(tileName(textTile('t', { text: ' \n' }))).toBe('Empty text')
  expect(tileName(textTile('t', { text: 'x'.repeat(900) }))).toHaveLength(81)
  expect(placeWords(textTile('t', { x: 3, y: 2 }))).toBe('column 4, row 3, 6 wide, 2 high')
  expect(sideWords(undefined)).toBe('Removed')
  expect(sideWords('Web')).toBe('Web')
  expect(sideWords(textTile('t', { text: '' }))).toBe('An empty text')
  expect(sideWords(chartTile('a'))).toBe('system.cpu, all nodes of the room')
  expect(
    sideWords(
      chartTile('a', {
        title: 'L',
        nodes: ['x'],
        dimensions: ['u', 's'],
        groupBy: ['node', 'label:role'],
        aggregation: 'max',
        chartType: 'area',
      }),
    ),
  ).toBe('“L” (system.cpu), 1 node, 2 dimensions, by node and label role, max, area')
})

it('[BD30] an imported board says which contexts nobody collects', () => {
  expect(unknownWords([])).toBeUndefined()
  expect(unknownWords(['a.b'])).toBe('No node collects a.b at the moment. The charts stay on the board and wait.')
  expect(unknownWords(['a', 'b', 'c', 'd', 'e'])).toContain('a, b, c and 2 more')
  expect(unknownWords(['x'.repeat(5_000)])?.length).toBeLessThan(200)
})

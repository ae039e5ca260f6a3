import { expect, it } from 'vitest'
import { boardWith, chartTile, textTile } from '../../../test/doubles/benches/board-documents.ts'
import { boardFileName, boardFileText, unknownContexts } from './board-file.ts'
import { readBoardFile } from './read-board-file.ts'

const board = boardWith([
  chartTile('a', { title: 'Load', nodes: ['22222222-2222-4222-8222-222222222222'], groupBy: ['node', 'label:role'], chartType: 'area' }),
  textTile('t', { x: 6, h: 5, text: '# Words\n“quoted” \\ 😀' }),
])

it('[BD29] what was exported is imported as it was', () => {
  expect(readBoardFile(boardFileText(board))).toEqual(board)
  expect(readBoardFile(JSON.stringify(board))).toEqual(board)
})

it('[BD29] a layout that overlaps is put in order', () => {
  const overlapping = boardWith([textTile('a'), textTile('b'), textTile('c', { y: 50 })])
  expect(readBoardFile(JSON.stringify(overlapping)).tiles.map(({ y }) => y)).toEqual([0, 2, 4])
})

it.each([
  ['', /not JSON/],
  ['{"a":', /not JSON/],
  ['[1,2]', /no board that was exported/],
  ['{"panels":[]}', /no board that was exported/],
  [JSON.stringify({ type: 'throughline-board', board: 5 }), /no board that was exported/],
  [JSON.stringify({ ...board, format: 2 }), /newer version \(format 2\)/],
  [JSON.stringify({ ...board, format: 'x' }), /The board of this file has something else in “format”/],
  [JSON.stringify({ ...board, values: [1] }), /The board of this file has a part that boards do not have/],
  [JSON.stringify(boardWith([textTile('t'), { ...chartTile('a'), w: 99 }])), /Tile 2 of this file has more in “w”/],
  [JSON.stringify(boardWith([{ ...chartTile('a'), latest: 1 } as never])), /Tile 1 of this file has a part that boards do not have/],
  [JSON.stringify(boardWith([{ ...chartTile('a'), kind: 'video' } as never])), /Tile 1 of this file has something else in “kind”/],
  ['{"format":1,"name":"x","tiles":[],"__proto__":{"a":1}}', /has a part that boards do not have/],
  [JSON.stringify(boardWith([textTile('t', { text: 'x'.repeat(20_001) })])), /Tile 1 of this file has more in “text”/],
  [' '.repeat(4 * 1024 * 1024 + 1), /too large/],
])('[BD30] %.60s is refused in one sentence', (text, sentence) => {
  expect(() => readBoardFile(text)).toThrow(sentence)
})

it('[BD30] contexts that the room does not have stay on the board and are named', () => {
  expect(unknownContexts(board, new Set(['system.ram']))).toEqual(['system.cpu'])
  expect(unknownContexts(board, new Set(['system.cpu']))).toEqual([])
})

it.each([
  ['Web servers', 'Web servers.board.json'],
  ['../../etc/passwd', 'etc passwd.board.json'],
  ['C:\\x | y > z', 'C x y z.board.json'],
  ['.hidden', 'hidden.board.json'],
  ['-rf', 'rf.board.json'],
  ['CON', 'board CON.board.json'],
  ['lpt1.txt', 'board lpt1.txt.board.json'],
  ['\u202egnp.exe\u0000', 'gnp.exe.board.json'],
  ['', 'board.board.json'],
  ['///', 'board.board.json'],
  ['Übersicht 😀', 'Übersicht 😀.board.json'],
  ['x'.repeat(500), `${'x'.repeat(80)}.board.json`],
])('[BD31] the board %j is exported as %j', (name, file) => {
  expect(boardFileName(name)).toBe(file)
})

import type { BoardTile, ChartTile } from '../../../src/domain/board.ts'
import type { BoardPerson } from './board-answers.ts'
import type { MergeConflict } from './merge.ts'
import { parseMarkup } from './markup.ts'

/** In how many days something ends, in words. */
export function daysLeftWords(ms: number): string {
  const days = Math.ceil(ms / 86_400_000)
  return days <= 0 ? 'less than a day' : days === 1 ? '1 day' : `${days} days`
}

/** A person as boards name them. */
export function personWords({ personId, email }: BoardPerson, myId: string | undefined): string {
  if (personId === myId) return 'you'
  return email ?? 'somebody who is no longer here'
}

const wordsMax = 80

export const tilesWords = (tiles: number): string => (tiles === 0 ? 'empty' : tiles === 1 ? '1 tile' : `${tiles} tiles`)

/** What to say of charts whose contexts nobody collects; undefined when there are none. */
export function unknownWords(contextIds: readonly string[]): string | undefined {
  if (contextIds.length === 0) return undefined
  const named = contextIds.slice(0, 3).map((id) => id.slice(0, wordsMax))
  const more = contextIds.length > named.length ? ` and ${contextIds.length - named.length} more` : ''
  return `No node collects ${named.join(', ')}${more} at the moment. The charts stay on the board and wait.`
}

/** What a tile is called where it has to be named: its title, its context, or its first words. */
export function tileName(tile: BoardTile): string {
  if (tile.kind === 'chart') return tile.title ?? tile.contextId
  const [first] = parseMarkup(tile.text)
  const inline = first === undefined ? [] : first.kind === 'heading' ? first.content : (first.lines[0] ?? [])
  const words = inline
    .map(({ text }) => text)
    .join('')
    .trim()
  return words === '' ? 'Empty text' : words.length > wordsMax ? `${words.slice(0, wordsMax)}…` : words
}

/** Where a tile stands, as a screen reader is told. */
export function placeWords({ x, y, w, h }: Pick<BoardTile, 'x' | 'y' | 'w' | 'h'>): string {
  return `column ${x + 1}, row ${y + 1}, ${w} wide, ${h} high`
}

/** What one side of a conflict has, in a few words. */
export function sideWords(side: MergeConflict['mine']): string {
  if (side === undefined) return 'Removed'
  if (typeof side === 'string') return side
  if (side.kind === 'text') return side.text.trim() === '' ? 'An empty text' : side.text.slice(0, 400)
  return chartWords(side)
}

function chartWords({ title, contextId, nodes, dimensions, instances, groupBy, aggregation, chartType }: ChartTile): string {
  const count = (list: readonly string[] | undefined, noun: string) => (list === undefined ? [] : [`${list.length} ${noun}`])
  return [
    title === undefined ? contextId : `“${title}” (${contextId})`,
    nodes === 'room' ? 'all nodes of the room' : `${nodes.length} ${nodes.length === 1 ? 'node' : 'nodes'}`,
    ...count(instances, 'instances'),
    ...count(dimensions, 'dimensions'),
    ...(groupBy === undefined ? [] : [`by ${groupBy.map((by) => by.replace(/^label:/u, 'label ')).join(' and ')}`]),
    ...(aggregation === undefined ? [] : [aggregation]),
    ...(chartType === undefined ? [] : [chartType]),
  ].join(', ')
}

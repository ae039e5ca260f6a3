import { isNumeric } from './cell-format.ts'
import { isShowable, type FunctionColumn } from './function-table.ts'

/** What a person chose about columns; empty is the agent's own choice. Ids of columns that are not there are kept for later. */
export interface ColumnChoice {
  /** Shown although the agent hides it (true), or hidden although it shows it (false). */
  readonly shown: ReadonlyMap<string, boolean>
  /** Order from left to right; columns that are not in it come after, in the agent's order. */
  readonly order: readonly string[]
}

export const agentsChoice: ColumnChoice = { shown: new Map(), order: [] }

/** All columns people can see, in the order chosen: those that stick come first. */
export function orderedColumns(columns: readonly FunctionColumn[], choice: ColumnChoice): readonly FunctionColumn[] {
  const places = new Map(choice.order.map((id, place) => [id, place]))
  const place = (column: FunctionColumn) => places.get(column.id) ?? choice.order.length + column.index
  const byAgent = (column: FunctionColumn) => (choice.order.length > 0 ? 0 : column.isSticky ? 0 : 1)
  return columns.filter(isShowable).toSorted((a, b) => byAgent(a) - byAgent(b) || place(a) - place(b))
}

export function isColumnShown(column: FunctionColumn, choice: ColumnChoice): boolean {
  return choice.shown.get(column.id) ?? column.isVisible
}

/** The columns on screen. A table that would show none shows its first. */
export function visibleColumns(columns: readonly FunctionColumn[], choice: ColumnChoice): readonly FunctionColumn[] {
  const ordered = orderedColumns(columns, choice)
  const shown = ordered.filter((column) => isColumnShown(column, choice))
  return shown.length > 0 ? shown : ordered.slice(0, 1)
}

export function withColumnShown(choice: ColumnChoice, id: string, isShown: boolean): ColumnChoice {
  return { ...choice, shown: new Map(choice.shown).set(id, isShown) }
}

/** The choice after a column moved by so many places. */
export function withColumnMoved(columns: readonly FunctionColumn[], choice: ColumnChoice, id: string, by: number): ColumnChoice {
  const order = orderedColumns(columns, choice).map((column) => column.id)
  const from = order.indexOf(id)
  if (from === -1) return choice
  order.splice(from, 1)
  order.splice(Math.max(0, Math.min(order.length, from + by)), 0, id)
  return { ...choice, order }
}

/** The few columns that say most, for a small screen: what names a row, then what it is sorted by, then the rest as they come. */
export function cardColumns(
  columns: readonly FunctionColumn[],
  sortIds: readonly string[],
  count: number,
): { readonly title: FunctionColumn | undefined; readonly facts: readonly FunctionColumn[] } {
  const title =
    columns.find((column) => column.isSticky && !isNumeric(column)) ?? columns.find((column) => !isNumeric(column)) ?? columns[0]
  const rest = columns.filter((column) => column !== title)
  const weight = (column: FunctionColumn) => (sortIds.includes(column.id) ? 0 : column.isKey ? 1 : column.visualization === 'bar' ? 2 : 3)
  return { title, facts: rest.toSorted((a, b) => weight(a) - weight(b)).slice(0, count) }
}

/** Width of a column, pixels: by what it holds and by the longest of some of its texts; never by what comes later. */
export function columnWidthPx(column: FunctionColumn, texts: readonly string[]): number {
  const longest = texts.reduce((most, text) => Math.max(most, Math.min(text.length, 60)), 0)
  const words = column.name.split(/\s+/u)
  const head = Math.max(...words.map((word) => Math.min(word.length, 18)), Math.ceil(Math.min(column.name.length, 60) / 2)) * 7.6 + 44
  const body = longest * 7.2 + (column.visualization === 'bar' ? 64 : column.visualization === 'pill' ? 48 : 28)
  const least = column.type === 'timestamp' ? 168 : column.isWide ? 320 : 76
  const most = column.isWide ? 640 : isNumeric(column) ? 210 : 280
  return Math.round(Math.min(most, Math.max(least, head, body)))
}

/** How far from the left each of the first columns stays when the table is scrolled sideways: those that stick, as long as they leave room. */
export function stickyLefts(
  columns: readonly FunctionColumn[],
  widths: readonly number[],
  roomPx: number,
): readonly (number | undefined)[] {
  let left = 0
  let isOver = false
  return columns.map((column, place) => {
    const width = widths[place] ?? 0
    isOver ||= place > 0 && (!(column.isSticky || column.isKey) || left + width > roomPx)
    if (isOver) return undefined
    const mine = left
    left += width
    return mine
  })
}

import { cellText, cellTextLength, timeText, type CellFormat } from '../../data/functions/cell-format.ts'
import { timeZone } from '../../ui/account/time-zone.ts'

/** A cell as it is on screen: times in the zone a person chose. A page is drawn anew when that changes. */
export function shownText(column: CellFormat, value: unknown, maxLength = cellTextLength): string {
  return cellText(column, value, timeZone.format.zone, maxLength)
}

/** An instant as date and time to the second, in the zone a person chose; '–' for none. */
export function shownTime(epochMs: number | undefined): string {
  return timeText(epochMs, timeZone.format.zone) ?? '–'
}

/** When a log entry was written, to the millisecond. */
export function shownLogTime(timeUs: number): string {
  const ms = Math.floor(timeUs / 1_000)
  return `${shownTime(ms)}.${String(((ms % 1_000) + 1_000) % 1_000).padStart(3, '0')}`
}

import { timeText } from '../../../data/functions/cell-format.ts'

/** When an entry was written, to the millisecond, in this browser's zone. */
export function logTime(timeUs: number): string {
  const ms = Math.floor(timeUs / 1_000)
  const text = timeText(ms)
  return text === undefined ? '–' : `${text}.${String(((ms % 1_000) + 1_000) % 1_000).padStart(3, '0')}`
}

/** An instant as the field for date and time of a form wants it, in this browser's zone. */
export function fieldTime(epochS: number): string {
  const text = timeText(epochS * 1_000)
  return text === undefined || text === '–' ? '' : text.replace(' ', 'T')
}

/** What such a field holds as epoch seconds; undefined when it holds no time. */
export function timeOfField(value: string): number | undefined {
  const ms = new Date(value).getTime()
  return Number.isFinite(ms) ? Math.floor(ms / 1_000) : undefined
}

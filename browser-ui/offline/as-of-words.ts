const minuteMs = 60_000

/** A time as people say it: the hour today, with the day when it is longer ago. */
export function asOfWords(asOfMs: number, nowMs: number, locale?: string): string {
  const at = new Date(asOfMs)
  const isToday = at.toDateString() === new Date(nowMs).toDateString()
  const time = at.toLocaleTimeString(locale, { hour: '2-digit', minute: '2-digit' })
  if (isToday || nowMs - asOfMs < minuteMs) return time
  return `${at.toLocaleDateString(locale, { day: 'numeric', month: 'short' })}, ${time}`
}

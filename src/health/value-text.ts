/** Digits behind the point by the size of a number, as agents write values; trailing zeros go. */
const digits = [
  [1_000, 0],
  [100, 1],
  [10, 2],
  [1, 3],
  [0.1, 4],
] as const

/** A value with its unit as agents write it, such as `12.35%` or `7 things`; `-` for none. */
export function valueText(value: number | undefined, units: string): string {
  if (value === undefined || Number.isNaN(value)) return '-'
  if (!Number.isFinite(value)) return value > 0 ? 'infinite' : '-infinite'
  const places = digits.find(([from]) => Math.abs(value) >= from)?.[1] ?? 5
  const number = String(Number(value.toFixed(places)))
  if (units === '') return number
  if (/^(?:%|percent(?:age)?|pcent)$/.test(units)) return `${number}%`
  return /^[\p{L}\p{N}]/u.test(units) ? `${number} ${units}` : `${number}${units}`
}

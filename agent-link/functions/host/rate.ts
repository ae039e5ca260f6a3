/** How much a counter grew a second; null without an earlier reading, and when it went back (a reset). */
export function perSecond(now: number | undefined, before: number | undefined, seconds: number): number | null {
  if (now === undefined || before === undefined || now < before || seconds <= 0) return null
  return (now - before) / seconds
}

/** Two decimals, as tables show them; what is not known stays so. */
export function round2(value: number | null): number | null {
  return value === null || !Number.isFinite(value) ? null : Math.round(value * 100) / 100
}

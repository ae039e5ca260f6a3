/** How much a counter grew a second; null without an earlier reading, and when it went back (a reset). */
export function perSecond(now: number | undefined, before: number | undefined, seconds: number): number | null {
  if (now === undefined || before === undefined || now < before || seconds <= 0) return null
  return (now - before) / seconds
}

/** As many decimals as a table shows; what is not known stays so. */
const rounding = (factor: number) => (value: number | null) =>
  value === null || !Number.isFinite(value) ? null : Math.round(value * factor) / factor
export const round2 = rounding(100)
export const round3 = rounding(1_000)

/** Round values for the marks of an axis from `low` to `high`, about `wished` of them: steps of 1, 2 or 5 times a power of ten. */
export function valueTicks(low: number, high: number, wished: number): readonly number[] {
  const raw = (high - low) / Math.max(1, wished)
  if (!(raw > 0) || !Number.isFinite(raw)) return []
  const power = 10 ** Math.floor(Math.log10(raw))
  const step = power * ([1, 2, 5, 10].find((factor) => factor * power >= raw * (1 - 1e-9)) ?? 10)
  const first = Math.ceil(low / step - 1e-9)
  const last = Math.floor(high / step + 1e-9)
  return Array.from({ length: last - first + 1 }, (_, index) => Number(((first + index) * step).toPrecision(12)))
}

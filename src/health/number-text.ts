/** A finite number as agents read numbers in expressions and lookups: digits and a point, never an exponent. */
export function numberText(value: number): string {
  const plain = String(value)
  if (!plain.includes('e')) return plain
  if (Number.isInteger(value)) return BigInt(value).toString()
  return value.toFixed(20).replace(/\.?0+$/, '')
}

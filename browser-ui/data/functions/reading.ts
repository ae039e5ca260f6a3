/** A JSON object, or an empty one: what an agent sends has any shape. */
export function objectOf(value: unknown): Readonly<Record<string, unknown>> {
  return isObject(value) ? value : {}
}

/** Whether a value is a JSON object: neither null nor an array. */
export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The items of a JSON array; nothing for any other value. */
export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

/** The texts among the items of a JSON array. */
export function textsOf(value: unknown): readonly string[] {
  return listOf(value).filter((item) => typeof item === 'string')
}

/** A text of at most `maxLength` characters, or the fallback for any other value. */
export function textOr(value: unknown, fallback: string, maxLength = 1_000): string {
  return typeof value === 'string' ? value.slice(0, maxLength) : fallback
}

/** A finite number; numbers in text count, as old agents write them. Else the fallback. */
export function numberOr<F>(value: unknown, fallback: F): number | F {
  if (typeof value === 'number') return Number.isFinite(value) ? value : fallback
  if (typeof value !== 'string' || value.trim() === '') return fallback
  const parsed = Number(value)
  return Number.isFinite(parsed) ? parsed : fallback
}

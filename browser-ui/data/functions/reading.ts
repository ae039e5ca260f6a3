import { listOf } from '../json.ts'

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

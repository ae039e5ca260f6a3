import { ThroughlineError } from '../errors/throughline-error.ts'

/** Bytes for people. */
export function byteText(bytes: number): string {
  const units = ['bytes', 'KiB', 'MiB', 'GiB', 'TiB']
  const at = Math.min(units.length - 1, Math.max(0, Math.floor(Math.log2(Math.max(bytes, 1)) / 10)))
  return `${at === 0 ? bytes : (bytes / 1024 ** at).toFixed(1)} ${units[at] ?? ''}`
}

/** A moment for people, in UTC, to the second. */
export const momentText = (atMs: number): string => `${new Date(atMs).toISOString().slice(0, 19).replace('T', ' ')} UTC`

/** Reads `2026-11-25`, `2026-11-25T10:00` or the same with seconds and zone; without a zone it is UTC. Throws USAGE. */
export function readMoment(text: string): number {
  const form = /^\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d{1,3})?)?)?(?:Z|[+-]\d\d:\d\d)?$/
  const hasZone = /(?:Z|[+-]\d\d:\d\d)$/.test(text) && text.length > 10
  const atMs = form.test(text) ? Date.parse(`${text.replace(' ', 'T')}${text.length > 10 && !hasZone ? 'Z' : ''}`) : Number.NaN
  if (Number.isNaN(atMs)) throw new ThroughlineError('USAGE', `--until wants a moment such as 2026-11-25T10:00, not "${text}".`)
  return atMs
}

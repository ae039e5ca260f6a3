const two = (n: number) => String(n).padStart(2, '0')

/** A time as ISO 8601 with its zone's offset, such as `2026-03-12T14:03:22+01:00`; `offsetS` is how far the zone is ahead of UTC then. */
export function isoTime(timeS: number, offsetS: number): string {
  const local = new Date(Math.round(timeS + offsetS) * 1000).toISOString().slice(0, 19)
  if (offsetS === 0) return `${local}Z`
  const minutes = Math.round(Math.abs(offsetS) / 60)
  return `${local}${offsetS < 0 ? '-' : '+'}${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`
}

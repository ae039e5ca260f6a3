/** Whether this machine knows a time zone by this name (IANA, such as `Europe/Berlin`, or `UTC`). */
export function isTimeZone(name: string): boolean {
  if (name === '') return false
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).format(0) !== ''
  } catch {
    return false
  }
}

/** The time zone of this machine. */
export function machineZone(): string {
  return new Intl.DateTimeFormat().resolvedOptions().timeZone
}

/** Every zone a person can choose, UTC first. */
export function allZones(): readonly string[] {
  return ['UTC', ...Intl.supportedValuesOf('timeZone').filter((zone) => zone !== 'UTC')]
}

/** The zones whose name or offset has all words of a search; `europe ber` finds `Europe/Berlin`. */
export function searchZones(zones: readonly string[], search: string): readonly string[] {
  const words = search
    .toLowerCase()
    .split(/[\s/_]+/u)
    .filter((word) => word !== '')
  return zones.filter((zone) => words.every((word) => zone.toLowerCase().replaceAll('_', ' ').includes(word)))
}

/** Seconds that a zone's clocks are ahead of UTC. */
export type ZoneOffset = (timeS: number) => number

/** Offsets change at whole quarters of an hour only. */
const blockS = 900
const mostBlocks = 512

/** The offset of a zone, asked from the machine once for each quarter of an hour: cheap enough for every label of every chart. */
export function zoneOffset(zone: string): ZoneOffset {
  if (zone === 'UTC') return () => 0
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  })
  const known = new Map<number, number>()
  const ask = (timeS: number) => {
    const parts: Record<string, number> = {}
    for (const { type, value } of format.formatToParts(timeS * 1000)) parts[type] = Number(value)
    const { year = 1970, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts
    return Date.UTC(year, month - 1, day, hour, minute, second) / 1000 - timeS
  }
  return (timeS) => {
    const block = Math.floor(timeS / blockS)
    const found = known.get(block)
    if (found !== undefined) return found
    if (known.size >= mostBlocks) known.clear()
    const offset = ask(block * blockS)
    known.set(block, offset)
    return offset
  }
}

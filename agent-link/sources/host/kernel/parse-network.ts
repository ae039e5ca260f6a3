/** Counters of one interface of /proc/net/dev. */
export interface InterfaceCounters {
  readonly receivedBytes: number
  readonly receivedPackets: number
  readonly receivedErrors: number
  readonly receivedDrops: number
  readonly multicast: number
  readonly sentBytes: number
  readonly sentPackets: number
  readonly sentErrors: number
  readonly sentDrops: number
}

/** Reads /proc/net/dev without the loopback interface. */
export function parseNetDev(text: string): ReadonlyMap<string, InterfaceCounters> {
  const interfaces = new Map<string, InterfaceCounters>()
  for (const line of text.split('\n')) {
    const cut = line.indexOf(':')
    const name = line.slice(0, Math.max(cut, 0)).trim()
    if (name === '' || name === 'lo') continue
    const words = line
      .slice(cut + 1)
      .trim()
      .split(/ +/)
    if (words.length < 12) continue
    const at = (index: number) => Number(words[index])
    interfaces.set(name, {
      receivedBytes: at(0),
      receivedPackets: at(1),
      receivedErrors: at(2),
      receivedDrops: at(3),
      multicast: at(7),
      sentBytes: at(8),
      sentPackets: at(9),
      sentErrors: at(10),
      sentDrops: at(11),
    })
  }
  return interfaces
}

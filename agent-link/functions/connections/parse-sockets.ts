/** One socket of /proc/net/{tcp,tcp6,udp,udp6}. */
export interface SocketEntry {
  readonly protocol: 'tcp' | 'tcp6' | 'udp' | 'udp6'
  readonly state: string
  readonly localAddress: string
  readonly localPort: number
  readonly remoteAddress: string
  readonly remotePort: number
  readonly uid: number
  readonly inode: number
}

/** The kernel's numbers of TCP states. */
const tcpStates: readonly string[] = [
  'unknown',
  'established',
  'syn-sent',
  'syn-received',
  'fin-wait1',
  'fin-wait2',
  'time-wait',
  'close',
  'close-wait',
  'last-ack',
  'listen',
  'closing',
  'syn-received',
]

/** Reads one of the four tables; lines that are cut short are left out. */
export function parseSockets(protocol: SocketEntry['protocol'], text: string): readonly SocketEntry[] {
  const sockets: SocketEntry[] = []
  for (const line of text.split('\n')) {
    const words = line.trim().split(/\s+/)
    const local = parseEndpoint(words[1])
    const remote = parseEndpoint(words[2])
    if (words.length < 10 || local === undefined || remote === undefined) continue
    const stateNumber = Number.parseInt(words[3] ?? '', 16)
    sockets.push({
      protocol,
      state: protocol.startsWith('udp') ? (remote.port === 0 ? 'unconnected' : 'established') : (tcpStates[stateNumber] ?? 'unknown'),
      localAddress: local.address,
      localPort: local.port,
      remoteAddress: remote.address,
      remotePort: remote.port,
      uid: Number(words[7]),
      inode: Number(words[9]),
    })
  }
  return sockets
}

function parseEndpoint(word: string | undefined): { readonly address: string; readonly port: number } | undefined {
  const match = /^([0-9A-F]{8}|[0-9A-F]{32}):([0-9A-F]{4})$/i.exec(word ?? '')
  if (match === null) return undefined
  const [, hex = '', port = ''] = match
  return { address: hex.length === 8 ? ipv4(bytesOf(hex)) : ipv6(bytesOf(hex)), port: Number.parseInt(port, 16) }
}

/** The kernel prints addresses as words of its own byte order; every host we run on is little-endian. */
function bytesOf(hex: string): readonly number[] {
  const bytes: number[] = []
  for (let word = 0; word < hex.length; word += 8) {
    for (let at = 6; at >= 0; at -= 2) bytes.push(Number.parseInt(hex.slice(word + at, word + at + 2), 16))
  }
  return bytes
}

const ipv4 = (bytes: readonly number[]) => bytes.join('.')

/** As RFC 5952 writes it: lower case, no leading zeros, the longest run of zeros cut; mapped IPv4 addresses as IPv4. */
function ipv6(bytes: readonly number[]): string {
  if (bytes.slice(0, 10).every((byte) => byte === 0) && bytes[10] === 0xff && bytes[11] === 0xff) return ipv4(bytes.slice(12))
  const groups = Array.from({ length: 8 }, (_, index) => (bytes[index * 2] ?? 0) * 256 + (bytes[index * 2 + 1] ?? 0))
  let best = { start: -1, length: 1 }
  for (let start = 0; start < 8; start++) {
    let length = 0
    while (start + length < 8 && groups[start + length] === 0) length++
    if (length > best.length) best = { start, length }
  }
  const text = (from: number, to?: number) =>
    groups
      .slice(from, to)
      .map((group) => group.toString(16))
      .join(':')
  return best.start < 0 ? text(0) : `${text(0, best.start)}::${text(best.start + best.length)}`
}

/** Where an address is: this host, a private network, the link, many, everybody or nowhere. */
export function addressSpace(address: string): 'loopback' | 'private' | 'link-local' | 'multicast' | 'public' | 'any' {
  if (address === '0.0.0.0' || address === '::') return 'any'
  if (address.startsWith('127.') || address === '::1') return 'loopback'
  if (address.includes(':')) {
    if (/^fe[89ab]/.test(address)) return 'link-local'
    if (/^f[cd]/.test(address)) return 'private'
    return address.startsWith('ff') ? 'multicast' : 'public'
  }
  if (address.startsWith('169.254.')) return 'link-local'
  if (/^(?:10\.|192\.168\.|172\.(?:1[6-9]|2\d|3[01])\.|100\.(?:6[4-9]|[7-9]\d|1[01]\d|12[0-7])\.)/.test(address)) return 'private'
  return /^(?:22[4-9]|23\d)\./.test(address) ? 'multicast' : 'public'
}

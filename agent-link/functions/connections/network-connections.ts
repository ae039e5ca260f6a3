import { sensitiveAccess } from '../access.ts'
import type { HostFiles } from '../host/host-files.ts'
import type { HostFunction, RequiredParameter } from '../host-function.ts'
import { parseNames } from '../processes/parse-process.ts'
import type { Column } from '../table/column.ts'
import type { Cell, Table } from '../table/table.ts'
import { addressSpace, parseSockets } from './parse-sockets.ts'
import type { SocketEntry } from './parse-sockets.ts'
import { readOwners } from './read-owners.ts'

/** No more rows than this. */
const connectionLimit = 10_000
/** Of each of the four tables; a hundred thousand connections. */
const tableBytes = 16 * 1024 * 1024

const kinds = ['tcp', 'tcp6', 'udp', 'udp6'] as const

type Direction = 'listen' | 'inbound' | 'outbound' | 'local'

/** A socket with what belongs to it. */
interface Connection extends SocketEntry {
  readonly direction: Direction
  /** The port that is served, at whichever end. */
  readonly servicePort: number
  readonly pid: number | null
  readonly process: string | null
  readonly user: string
}

const view: RequiredParameter = {
  id: 'sockets',
  name: 'Sockets',
  help: 'All connections alike in one row, or each by itself.',
  type: 'select',
  unique_view: true,
  options: [
    { id: 'aggregated', name: 'Alike in one row', defaultSelected: true },
    { id: 'detailed', name: 'Each by itself' },
  ],
}

const shared = {
  direction: { id: 'Direction', name: 'Direction', type: 'string', isSticky: true },
  protocol: { id: 'Protocol', name: 'Protocol', type: 'string' },
  state: { id: 'State', name: 'State', type: 'string', visualization: 'pill' },
  process: { id: 'Process', name: 'Process', type: 'string' },
  user: { id: 'User', name: 'User', type: 'string' },
  remoteSpace: { id: 'RemoteAddressSpace', name: 'Remote network', type: 'string' },
} as const satisfies Record<string, Column>

const detailedColumns = [
  shared.direction,
  shared.protocol,
  shared.state,
  shared.process,
  { id: 'PID', name: 'PID', type: 'integer', sort: 'ascending', filter: 'none' },
  shared.user,
  { id: 'LocalIP', name: 'Local address', type: 'string' },
  { id: 'LocalPort', name: 'Local port', type: 'integer', sort: 'ascending', filter: 'multiselect' },
  { id: 'RemoteIP', name: 'Remote address', type: 'string' },
  { id: 'RemotePort', name: 'Remote port', type: 'integer', sort: 'ascending', filter: 'multiselect' },
  shared.remoteSpace,
  { id: 'Inode', name: 'Socket', type: 'integer', isHidden: true, filter: 'none' },
] as const satisfies readonly Column[]

const aggregatedColumns = [
  shared.direction,
  shared.protocol,
  shared.state,
  shared.process,
  shared.user,
  { id: 'ServicePort', name: 'Port of the service', type: 'integer', sort: 'ascending', filter: 'multiselect' },
  shared.remoteSpace,
  { id: 'Remotes', name: 'Remote addresses', type: 'integer', summary: 'max' },
  { id: 'Count', name: 'Connections', type: 'bar-with-integer', visualization: 'bar', summary: 'sum' },
] as const satisfies readonly Column[]

export interface NetworkConnectionsDeps {
  readonly files: HostFiles
}

/** Who talks to whom: the sockets of this host's own network, with the processes that hold them as far as the agent may see. */
export function createNetworkConnectionsFunction({ files }: NetworkConnectionsDeps): HostFunction {
  async function readConnections(signal: AbortSignal): Promise<readonly Connection[]> {
    const sockets = kinds.flatMap((kind) => parseSockets(kind, files.read(`proc/net/${kind}`, tableBytes) ?? ''))
    const owners = await readOwners(files, new Set(sockets.map(({ inode }) => inode).filter((inode) => inode > 0)), signal)
    const users = parseNames(files.read('etc/passwd', 1024 * 1024) ?? '')
    const listening = new Set(sockets.filter(isListening).map(portKey))
    return sockets.map((socket) => {
      const owner = owners.get(socket.inode)
      const user = users.get(socket.uid) ?? String(socket.uid)
      const direction = directionOf(socket, listening)
      const servicePort = servicePortOf(socket, direction, listening)
      return { ...socket, direction, servicePort, pid: owner?.pid ?? null, process: owner?.name ?? null, user }
    })
  }

  return {
    name: 'network-connections',
    help: 'The connections and listening ports of this host, with the processes behind them.',
    tags: 'network',
    priority: 15,
    timeoutS: 10,
    updateEveryS: 5,
    access: sensitiveAccess,
    hasHistory: false,
    acceptedParameters: ['sockets'],
    requiredParameters: [view],
    isOffered: () => files.exists('proc/net/tcp') || files.exists('proc/net/udp'),
    async call({ args, signal }) {
      const wanted = args.text('sockets') ?? 'aggregated'
      if (wanted !== 'aggregated' && wanted !== 'detailed')
        return { kind: 'refused', status: 400, message: 'sockets is aggregated or detailed.' }
      const connections = await readConnections(signal)
      return { kind: 'table', table: wanted === 'detailed' ? detailed(connections) : aggregated(connections) }
    },
  }
}

const isListening = ({ state }: SocketEntry) => state === 'listen' || state === 'unconnected'
/** A port listens for IPv4 and IPv6 alike: one socket often serves both. */
const portKey = ({ protocol, localPort }: SocketEntry) => `${protocol.slice(0, 3)} ${localPort}`

function directionOf(socket: SocketEntry, listening: ReadonlySet<string>): Direction {
  if (isListening(socket)) return 'listen'
  const isLocal = socket.localAddress === socket.remoteAddress || addressSpace(socket.remoteAddress) === 'loopback'
  if (isLocal) return 'local'
  return listening.has(portKey(socket)) ? 'inbound' : 'outbound'
}

function detailed(connections: readonly Connection[]): Table {
  const rows = connections.slice(0, connectionLimit).map((one): readonly Cell[] => {
    const isOpenEnded = one.direction === 'listen'
    return [
      one.direction,
      one.protocol,
      one.state,
      one.process,
      one.pid,
      one.user,
      one.localAddress,
      one.localPort,
      isOpenEnded ? null : one.remoteAddress,
      isOpenEnded ? null : one.remotePort,
      isOpenEnded ? null : addressSpace(one.remoteAddress),
      one.inode,
    ]
  })
  return {
    columns: detailedColumns,
    rows,
    defaultSortColumn: 'Direction',
    charts: { Connections: { name: 'Connections', type: 'bar', columns: ['Direction'] } },
    defaultCharts: [
      ['Connections', 'Direction'],
      ['Connections', 'Process'],
    ],
    groupBy: ['Direction', 'Protocol', 'State', 'Process', 'User', 'LocalIP', 'LocalPort', 'RemoteIP', 'RemotePort', 'RemoteAddressSpace'],
  }
}

/** Connections to the same service of the same process, counted. */
function aggregated(connections: readonly Connection[]): Table {
  const groups = new Map<string, { readonly cells: readonly Cell[]; readonly remotes: Set<string>; count: number }>()
  for (const one of connections) {
    const isOpenEnded = one.direction === 'listen'
    const cells: Cell[] = [
      one.direction,
      one.protocol,
      one.state,
      one.process,
      one.user,
      one.servicePort,
      isOpenEnded ? null : addressSpace(one.remoteAddress),
    ]
    const key = JSON.stringify(cells)
    const group = groups.get(key) ?? { cells, remotes: new Set<string>(), count: 0 }
    groups.set(key, group)
    group.count++
    if (!isOpenEnded) group.remotes.add(one.remoteAddress)
  }
  const rows = [...groups.values()].sort((a, b) => b.count - a.count).slice(0, connectionLimit)
  return {
    columns: aggregatedColumns,
    rows: rows.map(({ cells, remotes, count }) => [...cells, remotes.size, count]),
    defaultSortColumn: 'Count',
    charts: { Connections: { name: 'Connections', type: 'stacked-bar', columns: ['Count'] } },
    defaultCharts: [
      ['Connections', 'Direction'],
      ['Connections', 'Process'],
    ],
    groupBy: ['Direction', 'Protocol', 'State', 'Process', 'User', 'ServicePort', 'RemoteAddressSpace'],
  }
}

/** Of a connection within this host both ends are ours: the one that listens, else the lower port, since callers get high ones. */
function servicePortOf(socket: SocketEntry, direction: Direction, listening: ReadonlySet<string>): number {
  const { localPort, remotePort } = socket
  if (direction === 'outbound') return remotePort
  if (direction !== 'local' || listening.has(portKey(socket))) return localPort
  return listening.has(portKey({ ...socket, localPort: remotePort })) ? remotePort : Math.min(localPort, remotePort)
}

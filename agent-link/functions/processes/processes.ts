import { agentPermission, holdsPermissions } from '../../../src/domain/agent-permission.ts'
import type { Clock } from '../../../src/support/clock.ts'
import { parsePattern } from '../../sources/host/query/pattern.ts'
import { sensitiveAccess } from '../access.ts'
import type { FunctionArguments } from '../arguments.ts'
import type { HostFiles } from '../host/host-files.ts'
import type { HostFunction } from '../host-function.ts'
import { createIntervals } from '../host/intervals.ts'
import type { Interval } from '../host/intervals.ts'
import type { Patience } from '../host/patience.ts'
import { inTurns } from '../host/turns.ts'
import type { Cell } from '../table/table.ts'
import { categoryOf } from './category.ts'
import { commandLineColumn, processColumns } from './columns.ts'
import { parseCommandLine, parseNames } from './parse-process.ts'
import { readProcesses } from './read-processes.ts'
import type { Process } from './read-processes.ts'

/** No more rows than this; those that use the most CPU stay. */
const processLimit = 10_000
/** More of a command line helps nobody. */
const commandLineBytes = 4_096

export interface ProcessesDeps {
  readonly files: HostFiles
  readonly patience: Patience
  readonly clock: Clock
}

interface Row {
  readonly pid: number
  readonly cpu: number
  readonly cells: readonly Cell[]
}

/** What runs on this host and what it uses: read from /proc when asked, CPU and I/O over the time since the call before. */
export function createProcessesFunction({ files, patience, clock }: ProcessesDeps): HostFunction {
  const intervals = createIntervals({ clock, take: (signal) => readProcesses(files, signal) })

  function facts() {
    return {
      users: parseNames(files.read('etc/passwd', 1024 * 1024) ?? ''),
      groups: parseNames(files.read('etc/group', 1024 * 1024) ?? ''),
      uptimeS: Number.parseFloat(files.read('proc/uptime') ?? ''),
      memoryKib: Number(/^MemTotal:\s+(\d+) kB/m.exec(files.read('proc/meminfo') ?? '')?.[1] ?? Number.NaN),
    }
  }

  /** The command lines of these processes; those a stuck process holds back are left out. */
  async function commandLines(rows: readonly Row[], signal: AbortSignal): Promise<ReadonlyMap<number, string>> {
    const lines = new Map<number, string>()
    for (const { pid } of rows) {
      if (signal.aborted) break
      const text = await patience.attempt(`cmdline ${pid}`, () => files.readSlow(`proc/${pid}/cmdline`, commandLineBytes))
      if (text !== undefined) lines.set(pid, parseCommandLine(text))
    }
    return lines
  }

  return {
    name: 'processes',
    help: 'What runs on this host, with the CPU, memory and I/O each process uses now.',
    tags: 'top',
    priority: 10,
    timeoutS: 10,
    updateEveryS: 2,
    access: sensitiveAccess,
    hasHistory: false,
    acceptedParameters: ['category', 'user', 'group', 'process', 'pid', 'uid', 'gid'],
    requiredParameters: [],
    isOffered: () => files.exists('proc/self/stat'),
    async call({ args, permissions, signal }) {
      const interval = await intervals.measure(signal)
      const known = facts()
      const isWanted = filterOf(args)
      const found: Row[] = []
      await inTurns([...interval.now.values()], signal, (process) => {
        const names = namesOf(process, known)
        if (isWanted(process, names)) found.push(rowOf(process, names, interval, known))
        return undefined
      })
      const rows = found.length > processLimit ? found.sort((a, b) => b.cpu - a.cpu).slice(0, processLimit) : found
      const showsCommandLine = holdsPermissions(permissions, agentPermission.viewConfig)
      const lines = showsCommandLine ? await commandLines(rows, signal) : undefined
      return {
        kind: 'table',
        table: {
          columns: showsCommandLine ? [...processColumns, commandLineColumn] : processColumns,
          rows: rows.map(({ pid, cells }) => (lines ? [...cells, lines.get(pid) ?? null] : cells)),
          defaultSortColumn: 'CPU',
          charts: {
            CPU: { name: 'CPU', type: 'stacked-bar', columns: ['UserCPU', 'SysCPU'] },
            Memory: { name: 'Memory', type: 'stacked-bar', columns: ['Resident', 'Swap'] },
            Storage: { name: 'Storage', type: 'stacked-bar', columns: ['PReads', 'PWrites'] },
          },
          defaultCharts: [
            ['CPU', 'Category'],
            ['Memory', 'Category'],
          ],
          groupBy: ['Category', 'Cmd', 'State', 'User', 'Group', 'Uid', 'Gid'],
        },
      }
    },
  }
}

type ProcessInterval = Interval<ReadonlyMap<number, Process>>

interface Names {
  readonly category: string
  readonly user: string | null
  readonly group: string | null
}

interface Facts {
  readonly users: ReadonlyMap<number, string>
  readonly groups: ReadonlyMap<number, string>
  readonly uptimeS: number
  readonly memoryKib: number
}

function namesOf({ stat, status }: Process, { users, groups }: Facts): Names {
  return {
    category: categoryOf(stat),
    user: status ? (users.get(status.uid) ?? String(status.uid)) : null,
    group: status ? (groups.get(status.gid) ?? String(status.gid)) : null,
  }
}

/** What the arguments ask for; texts are simple patterns, several arguments must all match. */
function filterOf(args: FunctionArguments): (process: Process, names: Names) => boolean {
  const pattern = (key: string) => parsePattern(args.text(key))
  const numbers = (key: string) => (args.text(key) === undefined ? undefined : new Set(args.list(key).map(Number)))
  const [category, user, group, name] = ['category', 'user', 'group', 'process'].map(pattern)
  const [pids, uids, gids] = ['pid', 'uid', 'gid'].map(numbers)
  return ({ stat, status }, names) =>
    (category?.(names.category) ?? true) &&
    (user?.(names.user ?? '') ?? true) &&
    (group?.(names.group ?? '') ?? true) &&
    (name?.(stat.name) ?? true) &&
    (pids?.has(stat.pid) ?? true) &&
    (uids === undefined || (status !== undefined && uids.has(status.uid))) &&
    (gids === undefined || (status !== undefined && gids.has(status.gid)))
}

/** A process's cells in the order of {@link processColumns}. */
function rowOf({ stat, status, io }: Process, names: Names, { before, seconds }: ProcessInterval, facts: Facts): Row {
  const earlier = before.get(stat.pid)
  // A pid may have been given to another process meanwhile.
  const past = earlier?.stat.startedS === stat.startedS ? earlier : undefined
  // What began within the interval did everything within it; what was only not seen before has no rates yet.
  const hasRates = past !== undefined || stat.startedS >= facts.uptimeS - seconds - 1
  const rate = (now: number | undefined, then: number | undefined) =>
    !hasRates || now === undefined || (past !== undefined && then === undefined) ? null : round(Math.max(0, now - (then ?? 0)) / seconds)
  const percent = (now: number, then: number | undefined) => rate(now * 100, then === undefined ? undefined : then * 100)
  const kibS = (now: number | undefined, then: number | undefined) =>
    rate(now === undefined ? undefined : now / 1024, then === undefined ? undefined : then / 1024)
  const mib = (kib: number | undefined) => (kib === undefined ? null : round(kib / 1024))
  const cpu = percent(stat.userS + stat.systemS, past && past.stat.userS + past.stat.systemS)
  const cells: Cell[] = [
    stat.pid,
    stat.name,
    names.category,
    stat.state,
    names.user,
    names.group,
    status?.uid ?? null,
    status?.gid ?? null,
    stat.ppid,
    cpu,
    percent(stat.userS, past?.stat.userS),
    percent(stat.systemS, past?.stat.systemS),
    status === undefined || !(facts.memoryKib > 0) ? null : round((status.residentKib / facts.memoryKib) * 100),
    mib(status?.residentKib),
    round(stat.virtualBytes / 1024 ** 2),
    mib(status?.swapKib),
    kibS(io?.storageRead, past?.io?.storageRead),
    kibS(io?.storageWritten, past?.io?.storageWritten),
    kibS(io?.read, past?.io?.read),
    kibS(io?.written, past?.io?.written),
    stat.threads,
    stat.nice,
    Number.isFinite(facts.uptimeS) ? Math.max(0, Math.round(facts.uptimeS - stat.startedS)) : null,
  ]
  return { pid: stat.pid, cpu: cpu ?? 0, cells }
}

const round = (value: number) => Math.round(value * 100) / 100

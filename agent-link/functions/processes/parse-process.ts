/** What /proc/<pid>/stat tells of a process. Times are seconds. */
export interface ProcessStat {
  readonly pid: number
  readonly name: string
  readonly state: string
  readonly ppid: number
  readonly userS: number
  readonly systemS: number
  readonly nice: number
  readonly threads: number
  /** After boot. */
  readonly startedS: number
  readonly virtualBytes: number
}

/** Clock ticks of the kernel's interface to programs; the same on every Linux. */
const ticksPerSecond = 100

const states: Readonly<Record<string, string>> = {
  R: 'running',
  S: 'sleeping',
  D: 'uninterruptible',
  Z: 'zombie',
  T: 'stopped',
  t: 'traced',
  I: 'idle',
  X: 'dead',
  P: 'parked',
}

/** Reads /proc/<pid>/stat. The name stands in parentheses and may hold anything, parentheses and newlines too. Undefined when cut short. */
export function parseProcessStat(text: string): ProcessStat | undefined {
  const open = text.indexOf('(')
  const close = text.lastIndexOf(')')
  if (open < 0 || close < open) return undefined
  const words = text.slice(close + 2).split(' ')
  if (words.length < 21) return undefined
  const at = (index: number) => Number(words[index])
  return {
    pid: Number.parseInt(text, 10),
    name: text.slice(open + 1, close),
    state: states[words[0] ?? ''] ?? 'unknown',
    ppid: at(1),
    userS: at(11) / ticksPerSecond,
    systemS: at(12) / ticksPerSecond,
    nice: at(16),
    threads: at(17),
    startedS: at(19) / ticksPerSecond,
    virtualBytes: at(20),
  }
}

/** What only /proc/<pid>/status tells: the effective ids, and memory in KiB (kernel threads have none). */
export interface ProcessStatus {
  readonly uid: number
  readonly gid: number
  readonly residentKib: number
  readonly swapKib: number
}

/** Reads /proc/<pid>/status; undefined when the ids are missing. */
export function parseProcessStatus(text: string): ProcessStatus | undefined {
  const ids = (name: string) => new RegExp(`^${name}:\\t\\d+\\t(\\d+)`, 'm').exec(text)?.[1]
  const kib = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(text)?.[1] ?? 0)
  const uid = ids('Uid')
  const gid = ids('Gid')
  if (uid === undefined || gid === undefined) return undefined
  return { uid: Number(uid), gid: Number(gid), residentKib: kib('VmRSS'), swapKib: kib('VmSwap') }
}

/** Bytes a process has read and written: of storage, and in all. */
export interface ProcessIo {
  readonly storageRead: number
  readonly storageWritten: number
  readonly read: number
  readonly written: number
}

/** Reads /proc/<pid>/io; undefined when a counter is missing. */
export function parseProcessIo(text: string): ProcessIo | undefined {
  const number = (name: string) => Number(new RegExp(`^${name}: (\\d+)$`, 'm').exec(text)?.[1] ?? Number.NaN)
  const io = { storageRead: number('read_bytes'), storageWritten: number('write_bytes'), read: number('rchar'), written: number('wchar') }
  return Object.values(io).some(Number.isNaN) ? undefined : io
}

/** The words of /proc/<pid>/cmdline, which ends them with NUL; empty for kernel threads. */
export function parseCommandLine(text: string): string {
  return text.replace(/\0+$/, '').replaceAll('\0', ' ')
}

/** Names by id of /etc/passwd or /etc/group; of an id that stands there twice the first name counts. */
export function parseNames(text: string): ReadonlyMap<number, string> {
  const names = new Map<number, string>()
  for (const line of text.split('\n')) {
    const [name = '', , id = ''] = line.split(':')
    if (name !== '' && /^\d{1,10}$/.test(id) && !names.has(Number(id))) names.set(Number(id), name)
  }
  return names
}

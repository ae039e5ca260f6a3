import type { HostFiles } from '../host/host-files.ts'
import { inTurns } from '../host/turns.ts'
import { parseProcessIo, parseProcessStat, parseProcessStatus } from './parse-process.ts'
import type { ProcessIo, ProcessStat, ProcessStatus } from './parse-process.ts'

/** One process as it is now; what the kernel does not let us see is undefined. */
export interface Process {
  readonly stat: ProcessStat
  readonly status: ProcessStatus | undefined
  readonly io: ProcessIo | undefined
}

/** Every process that can be seen, by pid. One that ends meanwhile is left out. */
export async function readProcesses(files: HostFiles, signal: AbortSignal): Promise<ReadonlyMap<number, Process>> {
  const pids = listPids(files)
  const processes = new Map<number, Process>()
  await inTurns(pids, signal, (pid) => {
    const stat = parseProcessStat(files.read(`proc/${pid}/stat`) ?? '')
    if (stat === undefined) return undefined
    const status = parseProcessStatus(files.read(`proc/${pid}/status`) ?? '')
    processes.set(pid, { stat, status, io: parseProcessIo(files.read(`proc/${pid}/io`) ?? '') })
    return undefined
  })
  return processes
}

/** The numbers in /proc. */
export function listPids(files: HostFiles): readonly number[] {
  return (files.list('proc') ?? []).filter((name) => /^[1-9]\d{0,9}$/.test(name)).map(Number)
}

/** Ticks of one CPU line of /proc/stat, in the kernel's order; guest time is taken out of user and nice, where the kernel counts it too. */
export interface CpuTicks {
  readonly user: number
  readonly nice: number
  readonly system: number
  readonly idle: number
  readonly iowait: number
  readonly irq: number
  readonly softirq: number
  readonly steal: number
  readonly guest: number
  readonly guestNice: number
}

export interface KernelStat {
  readonly total: CpuTicks | undefined
  readonly cores: ReadonlyMap<string, CpuTicks>
  readonly interrupts: number | undefined
  readonly contextSwitches: number | undefined
  readonly forks: number | undefined
  readonly running: number | undefined
  readonly blocked: number | undefined
}

/** Reads /proc/stat; lines that are missing stay undefined. */
export function parseStat(text: string): KernelStat {
  let total: CpuTicks | undefined
  const cores = new Map<string, CpuTicks>()
  const numbers: Record<string, number> = {}
  for (const line of text.split('\n')) {
    if (line.startsWith('cpu')) {
      const [name = '', ...ticks] = line.split(/ +/)
      if (name === 'cpu') total = cpuTicks(ticks)
      else cores.set(name, cpuTicks(ticks))
      continue
    }
    // Only the first number counts: the rest of `intr` is a long list of single interrupts.
    const cut = line.indexOf(' ')
    if (cut > 0) numbers[line.slice(0, cut)] = Number.parseInt(line.slice(cut + 1, cut + 24), 10)
  }
  return {
    total,
    cores,
    interrupts: numbers['intr'],
    contextSwitches: numbers['ctxt'],
    forks: numbers['processes'],
    running: numbers['procs_running'],
    blocked: numbers['procs_blocked'],
  }
}

function cpuTicks(words: readonly string[]): CpuTicks {
  const at = (index: number) => Number(words[index] ?? 0)
  const guest = at(8)
  const guestNice = at(9)
  return {
    user: at(0) - guest,
    nice: at(1) - guestNice,
    system: at(2),
    idle: at(3),
    iowait: at(4),
    irq: at(5),
    softirq: at(6),
    steal: at(7),
    guest,
    guestNice,
  }
}

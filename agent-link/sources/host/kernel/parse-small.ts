/** /proc/loadavg: the three averages, runnable and existing scheduling entities. Undefined when the text is something else. */
export function parseLoadavg(
  text: string,
): { readonly load1: number; readonly load5: number; readonly load15: number; readonly active: number } | undefined {
  const match = /^(\S+) (\S+) (\S+) \d+\/(\d+)/.exec(text)
  if (match === null) return undefined
  return { load1: Number(match[1]), load5: Number(match[2]), load15: Number(match[3]), active: Number(match[4]) }
}

/** /proc/uptime: seconds since boot. */
export function parseUptime(text: string): number | undefined {
  const match = /^(\d+(?:\.\d+)?) /.exec(text)
  return match === null ? undefined : Number(match[1])
}

/** One line of a pressure file: percentages of the last 10, 60, 300 s and the stall total in microseconds. */
export interface PressureLine {
  readonly avg10: number
  readonly avg60: number
  readonly avg300: number
  readonly totalUs: number
}

/** /proc/pressure/*: `some` and `full`, as far as present. */
export function parsePressure(text: string): { readonly some: PressureLine | undefined; readonly full: PressureLine | undefined } {
  const line = (name: string): PressureLine | undefined => {
    const match = new RegExp(`^${name} avg10=(\\S+) avg60=(\\S+) avg300=(\\S+) total=(\\d+)`, 'm').exec(text)
    return match === null
      ? undefined
      : { avg10: Number(match[1]), avg60: Number(match[2]), avg300: Number(match[3]), totalUs: Number(match[4]) }
  }
  return { some: line('some'), full: line('full') }
}

export type ProcessState = 'running' | 'sleeping_interruptible' | 'sleeping_uninterruptible' | 'zombie' | 'stopped'

/** The state letter in /proc/<pid>/stat, behind the name, which may hold anything but ends at the last parenthesis. */
export function parseProcessState(text: string): ProcessState | undefined {
  switch (text[text.lastIndexOf(')') + 2]) {
    case 'R':
      return 'running'
    case 'S':
    case 'I':
      return 'sleeping_interruptible'
    case 'D':
      return 'sleeping_uninterruptible'
    case 'Z':
      return 'zombie'
    case 'T':
    case 't':
      return 'stopped'
    default:
      return undefined
  }
}

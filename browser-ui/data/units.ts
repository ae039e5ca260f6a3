/** How values of one unit are shown at one size: shown = value × factor, followed by `label`. */
export interface UnitScale {
  readonly factor: number
  readonly label: string
}

interface Ladder {
  readonly steps: readonly { readonly size: number; readonly label: string }[]
}

const iec: Ladder = { steps: ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'].map((label, power) => ({ size: 1024 ** power, label })) }
const bits: Ladder = { steps: ['b', 'kb', 'Mb', 'Gb', 'Tb'].map((label, power) => ({ size: 1000 ** power, label })) }
const shortTimes = [
  { size: 1e-9, label: 'ns' },
  { size: 1e-6, label: 'µs' },
  { size: 1e-3, label: 'ms' },
  { size: 1, label: 's' },
]
const time: Ladder = { steps: shortTimes }
/** Times that stand alone, such as how long a host is up; `ms/s` is better left in seconds. */
const longTime: Ladder = {
  steps: [...shortTimes, { size: 60, label: 'min' }, { size: 3600, label: 'h' }, { size: 86_400, label: 'd' }],
}
const metric = (unit: string, powers: readonly number[]): Ladder => ({
  steps: powers.map((power) => ({ size: 1000 ** power, label: `${prefixes[power] ?? ''}${unit}` })),
})
const prefixes: Readonly<Record<number, string>> = { [-3]: 'n', [-2]: 'µ', [-1]: 'm', 1: 'k', 2: 'M', 3: 'G' }
const hertz = metric('Hz', [0, 1, 2, 3])
const watts = metric('W', [-1, 0, 1, 2])
const volts = metric('V', [-1, 0, 1])
const amperes = metric('A', [-1, 0, 1])

/** Unit words of agents: the ladder they stand on, and their own size on it. */
const known: Readonly<Record<string, readonly [Ladder, number]>> = {
  B: [iec, 1],
  byte: [iec, 1],
  bytes: [iec, 1],
  octets: [iec, 1],
  KiB: [iec, 1024],
  KB: [iec, 1024],
  MiB: [iec, 1024 ** 2],
  MB: [iec, 1024 ** 2],
  GiB: [iec, 1024 ** 3],
  GB: [iec, 1024 ** 3],
  TiB: [iec, 1024 ** 4],
  bits: [bits, 1],
  kilobits: [bits, 1000],
  megabits: [bits, 1e6],
  gigabits: [bits, 1e9],
  ns: [time, 1e-9],
  nanoseconds: [time, 1e-9],
  us: [time, 1e-6],
  µs: [time, 1e-6],
  microseconds: [time, 1e-6],
  milliseconds: [time, 1e-3],
  ms: [time, 1e-3],
  seconds: [time, 1],
  s: [time, 1],
  minutes: [time, 60],
  hours: [time, 3600],
  Hz: [hertz, 1],
  kHz: [hertz, 1e3],
  MHz: [hertz, 1e6],
  GHz: [hertz, 1e9],
  Watts: [watts, 1],
  watts: [watts, 1],
  W: [watts, 1],
  Volts: [volts, 1],
  volts: [volts, 1],
  V: [volts, 1],
  Amps: [amperes, 1],
  Ampere: [amperes, 1],
  A: [amperes, 1],
}

/** Unit words that read better as a sign and are never scaled. */
const signs: Readonly<Record<string, string>> = {
  Celsius: '°C',
  celsius: '°C',
  Fahrenheit: '°F',
  degrees: '°',
  RPM: 'rpm',
}

/** The unit at which a chart whose largest magnitude is `maxAbs` reads best. Counts above ten thousand get k, M, G. */
export function scaleFor(units: string, maxAbs: number): UnitScale {
  if (isPercentage(units)) return { factor: 1, label: '%' }
  const slash = units.indexOf('/')
  const word = slash === -1 ? units : units.slice(0, slash)
  const rest = slash === -1 ? '' : units.slice(slash)
  // The agent's word may be any, such as `constructor`.
  const sign = Object.hasOwn(signs, word) ? signs[word] : undefined
  if (sign !== undefined) return { factor: 1, label: `${sign}${rest}` }
  const place = Object.hasOwn(known, word) ? known[word] : undefined
  if (place === undefined) return countScale(units, maxAbs)
  const [, size] = place
  const ladder = place[0] === time && rest === '' ? longTime : place[0]
  const base = maxAbs * size
  const step =
    ladder.steps.findLast((candidate) => base >= candidate.size) ??
    (base > 0 ? ladder.steps[0] : ladder.steps.findLast((candidate) => candidate.size <= size))
  return step === undefined ? { factor: 1, label: units } : { factor: ratio(size, step.size), label: `${step.label}${rest}` }
}

/** A quotient without the dust of binary fractions: powers of ten stay powers of ten. */
function ratio(size: number, step: number): number {
  return Number((size / step).toPrecision(15))
}

function countScale(units: string, maxAbs: number): UnitScale {
  if (maxAbs < 10_000) return { factor: 1, label: units }
  const [size, letter] = maxAbs >= 1e12 ? [1e12, 'T'] : maxAbs >= 1e9 ? [1e9, 'G'] : maxAbs >= 1e6 ? [1e6, 'M'] : [1e3, 'k']
  return { factor: 1 / size, label: `${letter} ${units}` }
}

/** Whether values of this unit are shares of a whole: several instances are averaged, never added. */
export function isPercentage(units: string): boolean {
  return units.startsWith('%') || units.toLowerCase().startsWith('percent')
}

/** A number with about three digits, for legends and axes; '–' for a gap. */
export function formatNumber(value: number | null | undefined): string {
  if (value === null || value === undefined || Number.isNaN(value)) return '–'
  if (Number.isInteger(value)) return String(value)
  const size = Math.abs(value)
  // What rounds up to one more digit before the point has one less behind it.
  const digits = size >= 99.95 ? 0 : size >= 9.995 ? 1 : 2
  const text = value.toFixed(size < 0.005 && size >= 0.0005 ? 3 : digits)
  return text === '-0' || /^-0\.0+$/u.test(text) ? text.slice(1) : text
}

/** Bytes as a person reads them: `15.6 GiB`. */
export function formatBytes(bytes: number): string {
  const scale = scaleFor('bytes', bytes)
  return `${formatNumber(bytes * scale.factor)} ${scale.label}`
}

/** Seconds as days, hours, minutes: the two largest that matter. */
export function formatDuration(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds))
  const parts = [
    [Math.floor(whole / 86_400), 'd'],
    [Math.floor(whole / 3600) % 24, 'h'],
    [Math.floor(whole / 60) % 60, 'min'],
    [whole % 60, 's'],
  ] as const
  const first = parts.findIndex(([count]) => count > 0)
  if (first === -1) return '0 s'
  return parts
    .slice(first, first + 2)
    .filter(([count]) => count > 0)
    .map(([count, unit]) => `${count} ${unit}`)
    .join(' ')
}

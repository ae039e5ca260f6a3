import type { TimeFormat } from './format-time.ts'

/** The marks of a time axis and what is written under them. */
export interface TimeAxis {
  readonly splitsS: readonly number[]
  readonly labels: readonly string[]
}

const dayS = 86_400
/** Steps that people count in, seconds. */
const steps = [
  1,
  2,
  5,
  10,
  15,
  30,
  60,
  120,
  300,
  600,
  900,
  1800,
  3600,
  7200,
  10_800,
  21_600,
  43_200,
  dayS,
  2 * dayS,
  5 * dayS,
  7 * dayS,
  14 * dayS,
] as const

/** Marks at round local times, at most `most` of them; a mark at midnight is named by its day, and so are all when days apart. */
export function timeAxis(fromS: number, toS: number, most: number, format: TimeFormat): TimeAxis {
  const spanS = toS - fromS
  const stepS = steps.find((step) => spanS / step <= Math.max(1, most)) ?? 30 * dayS
  const splitsS: number[] = []
  const labels: string[] = []
  // Counted on local clocks, so that marks stay on round hours and midnights also across a change of the clocks.
  const firstLocalS = Math.ceil((fromS + format.offsetS(fromS) - 3600) / stepS) * stepS
  for (let localS = firstLocalS; splitsS.length <= most; localS += stepS) {
    const timeS = localS - format.offsetS(localS - format.offsetS(localS))
    if (timeS > toS) break
    // An hour that does not exist, or exists twice, must not put two marks on one place.
    if (timeS < fromS || timeS <= (splitsS.at(-1) ?? Number.NEGATIVE_INFINITY)) continue
    splitsS.push(timeS)
    labels.push(localS % dayS === 0 ? format.day(timeS, toS) : format.clock(timeS, stepS < 60))
  }
  return { splitsS, labels }
}

/** About half of a character of an axis label, CSS pixels; rather too much than too little. */
const halfCharPx = 3.1

/** The labels under their marks, without those at the far end that would reach more than `beyondPx` over it. */
export function wholeLabels({ splitsS, labels }: TimeAxis, toS: number, pxPerS: number, beyondPx: number): readonly string[] {
  return labels.map((label, index) => {
    const roomPx = (toS - (splitsS[index] ?? toS)) * pxPerS + beyondPx
    return label.length * halfCharPx > roomPx ? '' : label
  })
}

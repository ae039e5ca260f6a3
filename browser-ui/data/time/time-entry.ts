import { lengthText, type TimeFormat } from './format-time.ts'
import { windowLimits } from './timeline.ts'

export type TimeEntry =
  | { readonly span: readonly [number, number]; readonly problem?: never }
  | { readonly span?: never; readonly problem: string; readonly field: 'from' | 'to' }

/** Two entered times as a span, or one sentence about what is wrong with them. `nowS`: the newest there can be. */
export function readTimeEntry(from: string, to: string, format: TimeFormat, nowS: number): TimeEntry {
  const fromS = format.parseField(from)
  const toS = format.parseField(to)
  if (fromS === undefined) return { problem: 'Enter the date and time at which to begin.', field: 'from' }
  if (toS === undefined) return { problem: 'Enter the date and time at which to end.', field: 'to' }
  if (fromS >= toS) return { problem: 'The end has to be after the beginning.', field: 'to' }
  if (fromS >= nowS) return { problem: 'The beginning is still to come: pick an earlier one.', field: 'from' }
  if (toS - fromS < windowLimits.minS) return { problem: `Pick at least ${windowLimits.minS} seconds.`, field: 'to' }
  if (toS - fromS > windowLimits.maxS)
    return { problem: `That is ${lengthText(toS - fromS)}; at most ${lengthText(windowLimits.maxS)} fit.`, field: 'from' }
  return { span: [fromS, Math.min(toS, nowS)] }
}

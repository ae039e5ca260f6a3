import { simulatedHistoryS } from './host.ts'

/** The rows an agent answers: times are the ends of intervals, epoch seconds, oldest first. */
export interface AnswerWindow {
  readonly stepS: number
  readonly timesS: readonly number[]
}

const relativeMaxS = 94_608_000

/** The rules of time of agents (agent-api §7): relative ends, order, alignment, as many points as asked and stored. */
export function answerWindow(query: URLSearchParams, updateEveryS: number, nowS: number): AnswerWindow {
  const given = (name: string, fallback: number) => {
    const value = Number(query.get(name) ?? fallback)
    return Number.isFinite(value) ? Math.trunc(value) : fallback
  }
  const newest = nowS - 1
  const isRelative = (value: number) => Math.abs(value) <= relativeMaxS
  let before = given('before', 0)
  before = before === 0 ? newest : isRelative(before) ? newest - Math.abs(before) : before
  let after = given('after', -600)
  after = after === 0 ? nowS - simulatedHistoryS : isRelative(after) ? before - Math.abs(after) : after
  if (after > before) [after, before] = [before, after]
  if (before > newest) [after, before] = [after - (before - newest), newest]
  after = Math.max(after, nowS - simulatedHistoryS)
  const isUnaligned = /\bunaligned\b/.test(query.get('options') ?? '')
  const spanS = Math.max(updateEveryS, before - after)
  const points = Math.min(86_400, Math.max(1, given('points', 0) || Math.floor(spanS / updateEveryS)))
  const stepS = Math.max(1, Math.ceil(spanS / points / updateEveryS)) * updateEveryS
  const grid = isUnaligned ? updateEveryS : stepS
  const last = Math.floor(before / grid) * grid
  const count = Math.max(1, Math.min(points, Math.floor(spanS / stepS)))
  return { stepS, timesS: Array.from({ length: count }, (_, index) => last - (count - 1 - index) * stepS) }
}

/** The mean of the samples of one row, as agents aggregate over time; long rows are sampled at sixty of their seconds. */
export function meanOfRow(sample: (timeS: number) => number, timeS: number, stepS: number, updateEveryS: number): number {
  const stride = Math.max(updateEveryS, Math.ceil(stepS / 60 / updateEveryS) * updateEveryS)
  let sum = 0
  let count = 0
  for (let at = timeS; at > timeS - stepS; at -= stride) {
    const value = sample(at)
    if (Number.isNaN(value)) continue
    sum += value
    count += 1
  }
  return count === 0 ? Number.NaN : Math.round((sum / count) * 1e7) / 1e7
}

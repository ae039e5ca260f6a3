import { ThroughlineError } from '../../../src/errors/throughline-error.ts'
import { createRuleDays, numbersOf } from './rule-days.ts'
import type { ZoneClock } from './zone-clock.ts'

/** The starts of a rule in a zone, in order. Both throw BODY_UNPROCESSABLE when the next one is further away than is looked. */
export interface RuleStarts {
  /** Those at this time and after it, the earliest first. */
  after(fromMs: number): Generator<number, undefined>
  /** Those at this time and before it, the latest first. */
  before(untilMs: number): Generator<number, undefined>
}

const dayMs = 86_400_000
const hourMs = 3_600_000
/** More than clocks are ever set by at once. */
const setBackMostMs = 3 * hourMs

/** How far is looked for the next start: days (some four hundred years; counting them takes a few hundredths of a second), and hours of days that fit. */
const looks = { days: 150_000, hours: 2_000 }

const tooFar = () =>
  new ThroughlineError('BODY_UNPROCESSABLE', 'This rule never fits, or so rarely that it cannot be worked out; make it simpler.')

/** Where these places, counted from either end, are among so many; in order. */
function placesIn(places: readonly number[], count: number): readonly number[] {
  const found = places.map((place) => (place > 0 ? place - 1 : count + place)).filter((at) => at >= 0 && at < count)
  return [...new Set(found)].sort((a, b) => a - b)
}

/** The starts of a checked rule without COUNT and UNTIL. */
export function createRuleStarts(parts: ReadonlyMap<string, string>, startsAtMs: number, clock: ZoneClock): RuleStarts {
  return parts.get('FREQ') === 'HOURLY' ? startsOfHours(parts, startsAtMs, clock) : startsOfDays(parts, startsAtMs, clock)
}

/** Rules of days and more: the same times of day on each day that fits. Those that a zone leaves out are no starts. */
function startsOfDays(parts: ReadonlyMap<string, string>, startsAtMs: number, clock: ZoneClock): RuleStarts {
  const startLocalMs = clock.localOf(startsAtMs)
  const startDay = Math.floor(startLocalMs / dayMs)
  const days = createRuleDays(parts, startDay)
  const base = days.periodOf(startDay)
  const interval = Number(parts.get('INTERVAL') ?? 1)
  const ofStartMs = startLocalMs - startDay * dayMs
  const hours = numbersOf(parts, 'BYHOUR') ?? [Math.floor(ofStartMs / hourMs)]
  const minutes = numbersOf(parts, 'BYMINUTE') ?? [Math.floor((ofStartMs % hourMs) / 60_000)]
  const times = [...new Set(hours.flatMap((hour) => minutes.map((minute) => hour * hourMs + minute * 60_000 + (ofStartMs % 60_000))))]
  times.sort((a, b) => a - b)
  const places = numbersOf(parts, 'BYSETPOS')

  /** The starts of a period as the clock on the wall shows them, in this direction; whole days before `fromMs` in it are left out. */
  function* localsOf([fromDay, toDay]: readonly [number, number], fromMs: number, step: 1 | -1): Generator<number> {
    const fitting: number[] = []
    for (let day = fromDay; day < toDay; day++) if (days.fits(day)) fitting.push(day)
    const localAt = (at: number) => (fitting[Math.floor(at / times.length)] ?? 0) * dayMs + (times[at % times.length] ?? 0)
    const count = fitting.length * times.length
    if (places !== undefined) {
      const found = placesIn(places, count).map(localAt)
      yield* step === 1 ? found : found.toReversed()
      return
    }
    for (const day of step === 1 ? fitting : fitting.toReversed()) {
      if (((step === 1 ? day + 1 : day) * dayMs - fromMs) * step < 0) continue
      for (const time of step === 1 ? times : times.toReversed()) yield day * dayMs + time
    }
  }

  function* walk(atMs: number, step: 1 | -1): Generator<number, undefined> {
    // Some hours further than the clock says: it may have been set back or forward.
    const fromLocalMs = clock.localOf(atMs) - step * setBackMostMs
    const near = Math.floor(fromLocalMs / dayMs)
    const round = step === 1 ? Math.floor : Math.ceil
    let period = base + round((days.periodOf(near) - base) / interval) * interval
    if (step === 1 && period < base) period = base
    for (let left = looks.days; ; period += step * interval) {
      const span = days.spanOf(period)
      if (step === -1 && span[1] <= startDay) return undefined
      left -= span[1] - span[0]
      if (left < 0) throw tooFar()
      for (const localMs of localsOf(span, fromLocalMs, step)) {
        if ((localMs - fromLocalMs) * step < 0) continue
        // The start itself may be the second of two times that read the same.
        const startMs = localMs === startLocalMs ? startsAtMs : clock.instantOf(localMs)
        if (startMs === undefined || startMs < startsAtMs || (startMs - atMs) * step < 0) continue
        left = looks.days
        yield startMs
      }
    }
  }
  return { after: (fromMs) => walk(Math.max(fromMs, startsAtMs), 1), before: (untilMs) => walk(untilMs, -1) }
}

/** Rules of hours: so many hours after one another, however clocks are set, as far as day and hour on the wall fit. */
function startsOfHours(parts: ReadonlyMap<string, string>, startsAtMs: number, clock: ZoneClock): RuleStarts {
  const days = createRuleDays(parts, Math.floor(clock.localOf(startsAtMs) / dayMs))
  const stepMs = Number(parts.get('INTERVAL') ?? 1) * hourMs
  const hours = numbersOf(parts, 'BYHOUR')
  const minutes = parts.has('BYMINUTE') ? [...new Set(numbersOf(parts, 'BYMINUTE'))].sort((a, b) => a - b) : undefined
  const places = numbersOf(parts, 'BYSETPOS')

  /** The starts within one hour. */
  const startsOf = (hourAtMs: number, localMs: number) => {
    const minute = Math.floor((localMs % hourMs) / 60_000)
    const all = minutes?.map((each) => hourAtMs + (each - minute) * 60_000) ?? [hourAtMs]
    return places === undefined ? all : placesIn(places, all.length).map((at) => all[at] ?? hourAtMs)
  }

  function* walk(atMs: number, step: 1 | -1): Generator<number, undefined> {
    let left = { ...looks }
    // Minutes may stand before or after that of the start.
    let turn = Math.floor((atMs - startsAtMs) / stepMs) - step
    if (step === 1) turn = Math.max(turn, -1)
    for (; turn >= -1; turn += step) {
      const hourAtMs = startsAtMs + turn * stepMs
      const localMs = clock.localOf(hourAtMs)
      let day = Math.floor(localMs / dayMs)
      if (--left.hours < 0) throw tooFar()
      if (!days.fits(day)) {
        while (!days.fits(day)) {
          if (--left.days < 0) throw tooFar()
          day += step
        }
        // To the last turn before that day begins, or after it ends; a zone is less than a day off.
        const edgeMs = (step === 1 ? day : day + 1) * dayMs - (localMs - hourAtMs)
        const edge = Math.floor((edgeMs - step * setBackMostMs - startsAtMs) / stepMs) + (step === 1 ? 0 : 1)
        if ((edge - turn) * step > 1) turn = edge - step
        continue
      }
      if (hours !== undefined && !hours.includes(Math.floor((localMs - day * dayMs) / hourMs))) continue
      const starts = startsOf(hourAtMs, localMs)
      for (const startMs of step === 1 ? starts : starts.toReversed()) {
        if (startMs < startsAtMs || (startMs - atMs) * step < 0) continue
        left = { ...looks }
        yield startMs
      }
    }
    return undefined
  }
  return { after: (fromMs) => walk(Math.max(fromMs, startsAtMs), 1), before: (untilMs) => walk(untilMs, -1) }
}

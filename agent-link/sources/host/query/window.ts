/** What a request asks of time; numbers as sent. */
export interface AskedWindow {
  readonly after: number
  readonly before: number
  readonly points: number
  readonly isUnaligned: boolean
}

/** What is stored of the matched charts; epoch seconds. */
export interface StoredRange {
  readonly nowS: number
  readonly firstS: number
  readonly lastS: number
  /** The finest collection step among them. */
  readonly updateEveryS: number
}

/** The rows to answer: `points` of them, `stepS` apart, the newest at `beforeS`; each covers the `stepS` up to its time. */
export interface Window {
  readonly beforeS: number
  readonly stepS: number
  readonly points: number
  /** Collection steps in a row. */
  readonly group: number
}

/** Magnitudes up to this are relative: three years of seconds (agent-api §7 rule 1). */
const relativeUpToS = 94_608_000
/** Oldest time that can be asked (agent-api §7 rule 4). */
const oldestS = 10 * 365 * 86_400
/** Rows in one answer (agent-api §7 rule 4). */
export const pointsLimit = 86_400

/** Turns a wish into rows (agent-api §7); behaviour where that page is silent was observed on an agent 1.37.1. */
export function resolveWindow(asked: AskedWindow, stored: StoredRange): Window {
  const { updateEveryS, nowS } = stored
  const newestS = floorTo(Math.min(stored.lastS, nowS - 1), updateEveryS)
  const isRelative = isRelativeTime(asked.before) && isRelativeTime(asked.after)
  let before = asked.before === 0 ? newestS : absolute(asked.before, nowS - 1)
  let after = asked.after === 0 ? stored.firstS : isRelativeTime(asked.after) ? before - Math.abs(asked.after) + updateEveryS : asked.after
  if (after > before) [before, after] = [after, before]
  // A window in the future slides back, so that a wrong clock at the asker still shows something.
  const ahead = before - Math.max(newestS, stored.firstS)
  if (ahead > 0) {
    before -= ahead
    after -= ahead
  }
  before = floorTo(before, updateEveryS)
  after = Math.max(ceilTo(after, updateEveryS), floorTo(nowS - oldestS, updateEveryS))
  const available = Math.max(1, Math.floor((before - after) / updateEveryS) + 1)
  const wanted = Math.min(asked.points > 0 ? asked.points : available, available, pointsLimit)
  const group = groupSize(available, wanted)
  const stepS = group * updateEveryS
  const points = Math.min(pointsLimit, Math.max(1, wanted * group > available + group ? Math.ceil(available / group) : wanted))
  const isOnStep = asked.isUnaligned || before % stepS === 0
  // Relative windows must not reach past the newest sample; absolute ones keep the interval their end falls into.
  const beforeS = isOnStep ? before : isRelative ? floorTo(before, stepS) : ceilTo(before, stepS)
  return { beforeS, stepS, points, group }
}

/** Collection steps in a row: rounded to the nearer, and never so few that the rows miss the window's start by half a row. */
function groupSize(available: number, wanted: number): number {
  const whole = Math.floor(available / wanted)
  return Math.max(1, available % wanted > wanted / 2 ? whole + 1 : whole)
}

function isRelativeTime(time: number): boolean {
  return Math.abs(time) <= relativeUpToS
}

/** Relative ends count from now; positive ones read as negative. */
function absolute(time: number, fromS: number): number {
  return isRelativeTime(time) ? fromS - Math.abs(time) : time
}

const floorTo = (time: number, step: number) => Math.floor(time / step) * step
const ceilTo = (time: number, step: number) => Math.ceil(time / step) * step

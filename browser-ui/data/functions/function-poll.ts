import type { Clock } from '../../../src/support/clock.ts'

/** What became of one question: `stop` is a refusal that time does not mend. */
export type PollOutcome = 'good' | 'retry' | 'stop'

export interface FunctionPollDeps {
  readonly clock: Clock
  /** Asks once and shows the answer. Never rejects; an aborted one may answer anything. */
  readonly ask: (signal: AbortSignal) => Promise<PollOutcome>
  /** How often an answer is worth asking for, milliseconds; read after each answer. */
  readonly everyMs: () => number
  readonly onChange: (state: PollState) => void
}

export interface PollState {
  readonly isAsking: boolean
  /** On the clock's monotonic time; undefined before the first answer. */
  readonly answeredAtMs: number | undefined
  /** Nothing more is asked by itself until `refresh`. */
  readonly isStopped: boolean
}

/** Asks the same thing again and again, one question at a time. */
export interface FunctionPoll {
  readonly state: PollState
  /** Whether to go on by itself: false while the page is hidden or paused. A question on its way is left to finish. */
  setActive(isActive: boolean): void
  /** Asks now, active or not; a question on its way is given up. */
  refresh(): void
  /** Gives up the question on its way and stops. */
  cancel(): void
  close(): void
}

const leastMs = 1_000
const maxBackoffMs = 60_000

/**
 * Agents say in seconds how often their answer changes; it is asked no faster, counted from when the last answer came, so that a slow
 * agent is never asked twice at once. The `expires` of answers is not looked at: it is on another machine's clock. Failures that may
 * mend double the wait up to a minute.
 */
export function createFunctionPoll({ clock, ask, everyMs, onChange }: FunctionPollDeps): FunctionPoll {
  let state: PollState = { isAsking: false, answeredAtMs: undefined, isStopped: false }
  let isActive = false
  let isClosed = false
  let failures = 0
  let dueAtMs = clock.monotonicMs()
  let running: AbortController | undefined
  let stopTimer = () => {}

  const set = (change: Partial<PollState>) => {
    if (isClosed) return
    state = { ...state, ...change }
    onChange(state)
  }

  const schedule = () => {
    stopTimer()
    if (!isActive || isClosed || state.isStopped || running !== undefined) return
    const waitMs = dueAtMs - clock.monotonicMs()
    if (waitMs <= 0) run()
    else stopTimer = clock.after(waitMs, run)
  }

  const run = () => {
    stopTimer()
    const mine = new AbortController()
    running = mine
    set({ isAsking: true, isStopped: false })
    void ask(mine.signal).then((outcome) => {
      if (running !== mine) return
      running = undefined
      failures = outcome === 'retry' ? failures + 1 : 0
      const cadenceMs = Math.max(leastMs, everyMs())
      dueAtMs = clock.monotonicMs() + Math.min(Math.max(maxBackoffMs, cadenceMs), cadenceMs * 2 ** Math.min(failures, 10))
      set({ isAsking: false, answeredAtMs: clock.monotonicMs(), isStopped: outcome === 'stop' })
      schedule()
    })
  }

  const giveUp = () => {
    running?.abort()
    running = undefined
  }

  return {
    get state() {
      return state
    },
    setActive(next) {
      isActive = next
      schedule()
    },
    refresh() {
      giveUp()
      if (!isClosed) run()
    },
    cancel() {
      giveUp()
      stopTimer()
      set({ isAsking: false, isStopped: true })
    },
    close() {
      giveUp()
      stopTimer()
      isClosed = true
    },
  }
}

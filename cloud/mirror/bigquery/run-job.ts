import { problemOf, stillBusy, unavailable } from './problems.ts'
import type { ErrorProto, Problem } from './problems.ts'
import type { Answer, JobFacts, Wire } from './wire.ts'

/** How a job ended. `isFresh` tells that this call began it; otherwise it was found under its id. */
export type JobEnd =
  | { readonly isWell: true }
  | { readonly isWell: false; readonly isFresh: boolean; readonly problem: Problem; readonly errors: readonly ErrorProto[] }

export interface JobContext {
  readonly wire: Wire
  readonly pause: (ms: number) => Promise<void>
  /** How long a job is awaited in one call. */
  readonly waitMs: number
}

const firstPauseMs = 250
const longestPauseMs = 5_000

/**
 * Begins a job under an id that follows from what it does, and awaits it. One that exists already is awaited, never repeated: it
 * is the same work, begun by an earlier try, before a crash, or by another process. Throws MIRROR_UNAVAILABLE when it still runs
 * after `waitMs`; the next call finds it again.
 */
export async function runJob(
  { wire, pause, waitMs }: JobContext,
  jobId: string,
  start: (jobId: string) => Promise<Answer<JobFacts>>,
): Promise<JobEnd> {
  let answer = await start(jobId)
  const isFresh = answer.ok
  if (!answer.ok && answer.problem.kind === 'duplicate') answer = await wire.job(jobId)
  let waitedMs = 0
  for (let pauseMs = firstPauseMs; answer.ok && !answer.value.isDone; pauseMs = Math.min(pauseMs * 1.5, longestPauseMs)) {
    if (waitedMs >= waitMs) throw unavailable(stillBusy)
    await pause(pauseMs)
    waitedMs += pauseMs
    answer = await wire.job(jobId)
  }
  if (!answer.ok) return { isWell: false, isFresh, problem: answer.problem, errors: [] }
  const { failure, errors } = answer.value
  return failure === undefined ? { isWell: true } : { isWell: false, isFresh, problem: problemOf(failure), errors: [failure, ...errors] }
}

/**
 * The greatest generation whose job exists, generation 0 being known to. Generations follow each other without a gap, so that
 * doubling and halving find it in few calls also after hours of failures.
 */
export async function newestGeneration(exists: (generation: number) => Promise<boolean>): Promise<number> {
  let there = 0
  let step = 1
  while (await exists(there + step)) {
    there += step
    step *= 2
  }
  while (step > 1) {
    step /= 2
    if (await exists(there + step)) there += step
  }
  return there
}

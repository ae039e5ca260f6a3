import { asThroughlineError } from '../../../src/errors/throughline-error.ts'
import type { Outcome } from '../ports.ts'

/** Our own sentence of what went wrong. Throws STORE_UNAVAILABLE on, since nothing is known then, and what is a mistake of ours. */
export function outcomeOf(thrown: unknown): Outcome {
  const { code, message } = asThroughlineError(thrown)
  if (code === 'OUTBOUND_REFUSED' || code === 'SEAL_BROKEN') return { is: 'refused', problem: message }
  if (code === 'NOT_FOUND') return { is: 'refused', problem: 'This channel was deleted.' }
  if (code === 'OUTBOUND_FAILED') return { is: 'retry', problem: message }
  throw thrown
}

import type { ApiMirror } from '../../../cloud/api/ports.ts'
import { ThroughlineError } from '../../../src/errors/throughline-error.ts'

const nothing = () => Promise.reject(new ThroughlineError('NOT_FOUND', 'There is no such row.'))

/** A mirror that is off, for benches that are about other things. */
export const quietMirror: ApiMirror = {
  status: () => ({
    sink: 'off',
    isReachable: true,
    waiting: 0,
    oldestWaitingSinceMs: null,
    lastLoadedAtMs: null,
    deadLetters: 0,
    trouble: null,
  }),
  deadLetters: () => [],
  retry: nothing,
  drop: nothing,
}

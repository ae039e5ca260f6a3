import { expect, it } from 'vitest'
import { lagWords, mirrorProblems, reasonWords, waitingWords, type MirrorAnswer } from './mirror-words.ts'

const well: MirrorAnswer = {
  sink: 'bigquery',
  isReachable: true,
  waiting: 0,
  oldestWaitingSinceMs: null,
  lastLoadedAtMs: 1,
  trouble: null,
  deadLetters: [],
}
const letter = { letterId: 'l', table: 'rooms', key: 'k', reason: 'invalid', atMs: 1 }

it('[PV8] (D6) how the mirror is doing is told in words, and what stands in its way', () => {
  expect(mirrorProblems(well)).toEqual([])
  expect(mirrorProblems({ ...well, sink: 'off', isReachable: false })).toEqual([])
  expect(mirrorProblems({ ...well, isReachable: false, trouble: 'disk-full', deadLetters: [letter, letter] })).toEqual([
    'The mirror does not answer. What changes waits in the log and is brought in when it does.',
    'Changes are not noted now because the disk is full. They stay in the store and are noted when there is room.',
    'The mirror refused 2 rows; all others are in.',
  ])
  expect([0, 1, 12_345].map((waiting) => waitingWords({ waiting }))).toEqual(['Nothing', '1 change', '12,345 changes'])
  const lag = (ms: number | null, waiting = 1) => lagWords({ oldestWaitingSinceMs: ms, waiting }, 10_000_000)
  expect([lag(null), lag(1, 0), lag(10_000_000 + 5), lag(9_970_000), lag(9_400_000), lag(-90_000_000)]).toEqual([
    'None',
    'None',
    '0 s',
    '30 s',
    '10 min',
    '28 h',
  ])
  expect(['engine', 'no-such-column', 'column-name', 'changed_at', 'invalid'].map(reasonWords)).toEqual([
    'The database refused it.',
    'The mirror has no place for it.',
    'The column name cannot hold what stands there.',
    'Its changed at is damaged.',
    'The sink says: invalid.',
  ])
})

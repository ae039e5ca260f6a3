import { expect, it } from 'vitest'
import { auditActions } from '../../../src/domain/audit.ts'
import { timeFormat } from '../time/format-time.ts'
import { auditQuery, filterOf, spanQuery } from './audit-question.ts'
import { detailWords, subjectWords, whoWords, wordsOfAction } from './audit-words.ts'

const zone = timeFormat('Europe/Berlin')
const parse = (text: string) => zone.parseField(text)

it('[PS40] the filter stands in the address and is asked in the page’s zone, the minute of its end included', () => {
  const filter = filterOf(new URLSearchParams('action=sign-in&person=p1&from=2026-11-25T10:00&to=2026-11-25T10:05'))
  expect(filter).toEqual({ action: 'sign-in', personId: 'p1', nodeId: '', from: '2026-11-25T10:00', to: '2026-11-25T10:05' })
  const query = new URLSearchParams(auditQuery(filter, parse, 40, 50))
  expect(Object.fromEntries(query)).toEqual({
    action: 'sign-in',
    personId: 'p1',
    fromMs: String(Date.UTC(2026, 10, 25, 9, 0)),
    toMs: String(Date.UTC(2026, 10, 25, 9, 5, 59, 999)),
    before: '40',
    limit: '50',
  })
  expect(spanQuery({ from: 'soon', to: '' }, parse)).toEqual({})
})

it('[PS41] every action has words, and an entry is told in words whoever is gone meanwhile', () => {
  expect(auditActions.filter((action) => wordsOfAction(action) === '')).toEqual([])
  expect([wordsOfAction('room-created'), wordsOfAction('something-new')]).toEqual(['Made a room', 'Something new'])
  expect([
    whoWords({ by: { personId: 'p', email: 'a@b.example' }, via: 'cookie', action: 'sign-in' }),
    whoWords({ by: { personId: 'p', email: null }, via: 'cookie', action: 'claim-token-created' }),
    whoWords({ by: null, via: 'agent', action: 'node-claimed' }),
    whoWords({ by: null, via: 'operator', action: 'claim-token-created' }),
    whoWords({ by: null, via: 'none', action: 'claim-token-created' }),
    whoWords({ by: null, via: 'none', action: 'sign-in-refused' }),
    whoWords({ by: null, via: 'link', action: 'sign-in-refused' }),
    whoWords({ by: null, via: 'none', action: 'access-denied' }),
  ]).toEqual(['a@b.example', 'Somebody who is gone', 'An agent', 'The operator', 'The cloud', 'A stranger', 'A stranger', 'Nobody known'])
  const id = '713170d0-4d31-416d-9b3e-bb68eb83cf79'
  expect([
    subjectWords(null),
    subjectWords({ kind: 'room', id, name: 'Shop' }),
    subjectWords({ kind: 'claim-token', id, name: null }),
  ]).toEqual(['', 'Shop', 'claim token 713170d0'])
  expect(detailWords({ role: 'admin', usesLeft: 5, expiresAtMs: 7 }, (atMs) => `at ${atMs}`)).toBe(
    'role: admin, uses left: 5, expires: at 7',
  )
  const spans = [265_053, 3_678, 7_205_000, 12].map((durationMs) => detailWords({ durationMs }, String))
  expect(spans).toEqual(['duration: 4 min 25 s', 'duration: 4 s', 'duration: 2 h', 'duration: 12 ms'])
})

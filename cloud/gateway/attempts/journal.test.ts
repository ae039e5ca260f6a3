import { expect, it } from 'vitest'
import { createHandClock } from '../../../test/doubles/hand-clock.ts'
import type { SpaceId } from '../../../src/domain/ids.ts'
import { createConnectJournal, journalLimits, type AttemptNote } from './journal.ts'
import { attemptReasons, isGoodReason, type AttemptReason } from './reasons.ts'

const spaceId = 'space' as SpaceId
const other = 'other' as SpaceId

function setUp() {
  const clock = createHandClock()
  const journal = createConnectJournal({ clock })
  const note = (changes: Partial<AttemptNote> = {}) =>
    journal.note({ address: '::ffff:10.0.0.5', stage: 'claim', reason: 'token-expired', ...changes })
  const list = () => journal.list(spaceId)
  return { clock, journal, note, list }
}

it('[GW140] an attempt is told in one sentence, with its mend, newest first', () => {
  const { clock, note, list } = setUp()
  note({ hostname: 'web-1', claimId: 'c1', machineGuid: 'm1' })
  clock.advance(1_000)
  note({ address: '10.0.0.6', stage: 'link', reason: 'connected', claimId: 'c2', spaceId })
  expect(list()).toEqual([
    expect.objectContaining({ address: '10.0.0.6', stage: 'link', reason: 'connected', isGood: true, mend: '', count: 1 }) as unknown,
    {
      firstAtMs: clock.nowMs() - 1_000,
      atMs: clock.nowMs() - 1_000,
      count: 1,
      address: '10.0.0.5',
      stage: 'claim',
      reason: 'token-expired',
      isGood: false,
      sentence: 'The agent of web-1 from 10.0.0.5 tried to claim: its claim token has expired.',
      mend: 'Create another claim token and use that one.',
      claimId: 'c1',
      hostname: 'web-1',
    },
  ])
})

it('[GW140] every reason but success has a mend, and no reason ends with a full stop of its own', () => {
  for (const [reason, { why, mend }] of Object.entries(attemptReasons)) {
    expect([reason, mend === '']).toEqual([reason, isGoodReason(reason as AttemptReason)])
    expect(why).not.toMatch(/\.$/)
    if (mend !== '') expect(mend).toMatch(/\.$/)
  }
})

it('[GW141] a repeat of the same attempt is one row, also when the agent makes up a claim id each time', () => {
  const { clock, note, list } = setUp()
  for (let i = 0; i < 5; i++) {
    note({ claimId: `c${i}`, machineGuid: 'm1' })
    clock.advance(1_000)
  }
  expect(list()).toMatchObject([{ count: 5, claimId: 'c4', firstAtMs: clock.nowMs() - 5_000, atMs: clock.nowMs() - 1_000 }])
})

it('[GW142] the journal holds the last 200 attempts, twenty of one address, for an hour', () => {
  const { clock, note, list } = setUp()
  note({ address: '10.0.0.1' })
  for (let i = 0; i < 1_000; i++) note({ address: '6.6.6.6', claimId: `c${i}` })
  expect(list()).toHaveLength(1 + journalLimits.attemptsPerAddress)
  for (let i = 0; i < 1_000; i++) note({ address: `10.1.${i >> 8}.${i & 255}` })
  expect(list()).toHaveLength(journalLimits.attempts)
  clock.advance(journalLimits.keptMs - 1)
  expect(list()).toHaveLength(journalLimits.attempts)
  clock.advance(1)
  expect(list()).toEqual([])
})

it('[GW143] an attempt on another space is not shown, one of nobody known is', () => {
  const { note, list, journal } = setUp()
  note({ spaceId: other })
  note({ spaceId })
  note({ reason: 'token-unknown' })
  expect(list().map(({ reason }) => reason)).toEqual(['token-unknown', 'token-expired'])
  expect(journal.list(other).map(({ reason }) => reason)).toEqual(['token-unknown', 'token-expired'])
})

it('[GW144] a handshake that an agent ended says why; probes that say nothing are no attempts', () => {
  const { journal, list } = setUp()
  for (const code of [
    'ERR_SSL_TLSV1_ALERT_UNKNOWN_CA',
    'ERR_SSL_SSLV3_ALERT_BAD_CERTIFICATE',
    'ERR_SSL_SSLV3_ALERT_CERTIFICATE_EXPIRED',
    'ERR_SSL_SSLV3_ALERT_CERTIFICATE_UNKNOWN',
    'ERR_SSL_UNSUPPORTED_PROTOCOL',
    'ERR_SSL_HTTP_REQUEST',
    'ERR_SSL_WRONG_VERSION_NUMBER',
    'ECONNRESET',
    '',
  ])
    journal.noteTls({ address: '10.0.0.5', code })
  expect(
    list()
      .map(({ reason }) => reason)
      .reverse(),
  ).toEqual(['tls-untrusted', 'tls-name', 'tls-expired', 'tls-refused', 'tls-too-old', 'plain-http', 'tls-broken'])
})

import { expect, it } from 'vitest'
import { timeFormat } from '../time/format-time.ts'
import { ruleOf, readRepeats, type Repeats } from './repeats.ts'
import type { SilenceRow } from './silence-answers.ts'
import { draftInAddress, draftOf, newDraft, readDraft } from './silence-draft.ts'
import { aboutWords, recurrenceWords, standWords } from './silence-words.ts'

const nowMs = Date.parse('2026-11-25T10:00:00Z')
const zone = 'Europe/Berlin'
const fresh = newDraft(nowMs, zone, 'space')
const hourMs = 3_600_000
const contentOf = (draft: typeof fresh) => {
  const read = readDraft(draft, nowMs)
  if ('problem' in read) throw new Error(read.problem)
  return read.content
}
const problemOf = (draft: typeof fresh) => {
  const read = readDraft(draft, nowMs)
  return 'problem' in read ? read.problem : undefined
}
const row: SilenceRow = {
  ...contentOf({ ...fresh, name: 'Night' }),
  silenceId: 's',
  scope: 'space',
  state: 'ACTIVE',
  activeUntilMs: nowMs + hourMs,
  nextAtMs: null,
  isReadOnly: false,
  createdAtMs: nowMs,
  createdBy: { personId: 'p', email: 'p@example.com' },
}

it('[SN20] a new silence is of everything, from now on and for an hour', () => {
  expect(contentOf({ ...fresh, name: ' Night ' })).toEqual({
    name: 'Night',
    roomIds: [],
    nodeIds: [],
    hostLabels: {},
    alertNames: [],
    alertContexts: [],
    alertInstances: [],
    alertRoles: [],
    integrationIds: [],
    severities: [],
    startsAtMs: nowMs,
    endsAtMs: nowMs + hourMs,
    rrule: null,
    timeZone: zone,
    deletesOnEnd: false,
    isDisabled: false,
  })
  expect(contentOf({ ...fresh, forMin: null, deletesOnEnd: true })).toMatchObject({ endsAtMs: null, deletesOnEnd: false })
  expect(contentOf({ ...fresh, names: 'disk_*, !disk_inodes\n cpu', labels: 'role=web\n site = a=b ' })).toMatchObject({
    alertNames: ['disk_*', '!disk_inodes', 'cpu'],
    hostLabels: { role: 'web', site: 'a=b' },
  })
})

it('[SN20] times are typed in the chosen zone, and what is missing is said', () => {
  const once = { ...fresh, when: 'once' as const, starts: '2026-12-01T22:00', ends: '2026-12-02T06:00' }
  expect(contentOf(once)).toMatchObject({ startsAtMs: Date.parse('2026-12-01T21:00Z'), endsAtMs: Date.parse('2026-12-02T05:00Z') })
  expect(contentOf({ ...once, timeZone: 'America/New_York' }).startsAtMs).toBe(Date.parse('2026-12-02T03:00Z'))
  expect(problemOf({ ...once, starts: '' })).toContain('begins')
  expect(problemOf({ ...once, ends: 'x' })).toContain('ends')
  expect(problemOf({ ...once, ends: once.starts })).toContain('after the beginning')
  expect(problemOf({ ...once, when: 'recurring', ends: '' })).toContain('ends each time')
  expect(problemOf({ ...fresh, labels: 'role' })).toContain('key=value')
})

it('[SN21] plain recurrences become rules, and rules that the form could have made become its fields again', () => {
  const of = (repeats: Partial<Repeats>) => ruleOf({ ...fresh.repeats, ...repeats }, zone)
  expect([of({}), of({ kind: 'weekdays' }), of({ kind: 'weekly', days: ['SU', 'SA'] }), of({ kind: 'monthly', monthDay: -1 })]).toEqual([
    { rule: 'FREQ=DAILY' },
    { rule: 'FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR' },
    { rule: 'FREQ=WEEKLY;BYDAY=SA,SU' },
    { rule: 'FREQ=MONTHLY;BYMONTHDAY=-1' },
  ])
  expect(of({ isEnding: true, until: '2026-12-31' })).toEqual({ rule: 'FREQ=DAILY;UNTIL=20261231T225959Z' })
  expect(
    [of({ kind: 'weekly', days: [] }), of({ isEnding: true, until: '' }), of({ kind: 'rule' })].every((read) => 'problem' in read),
  ).toBe(true)
  for (const rule of ['FREQ=DAILY', 'FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR', 'FREQ=WEEKLY;BYDAY=SA,SU', 'FREQ=MONTHLY;BYMONTHDAY=31']) {
    const read = readRepeats(rule, fresh.repeats)
    expect([read.kind === 'rule', ruleOf(read, zone)]).toEqual([false, { rule }])
  }
  for (const rule of ['FREQ=MONTHLY;BYDAY=2TU', 'FREQ=DAILY;COUNT=3', 'FREQ=MONTHLY;BYMONTHDAY=40', 'FREQ=WEEKLY;BYDAY=1MO'])
    expect(readRepeats(rule, fresh.repeats)).toMatchObject({ kind: 'rule', rule })
})

it('[SN21] a silence that is there is edited in its own zone and comes back as it was', () => {
  const nightly: SilenceRow = {
    ...row,
    startsAtMs: Date.parse('2026-12-01T21:00Z'),
    endsAtMs: Date.parse('2026-12-02T05:00Z'),
    rrule: 'FREQ=DAILY',
  }
  const draft = draftOf(nightly, nowMs, 'UTC')
  expect(draft).toMatchObject({ when: 'recurring', starts: '2026-12-01T22:00', ends: '2026-12-02T06:00', timeZone: zone })
  const { silenceId: _id, scope: _scope, state: _state, activeUntilMs: _until, nextAtMs: _next, isReadOnly: _only, ...rest } = nightly
  const { createdAtMs: _at, createdBy: _by, ...content } = rest
  expect(contentOf(draft)).toEqual(content)
})

it('[SN22] an address begins a silence of one alert, for as long as it says', () => {
  const read = (search: string) => draftInAddress(search, fresh, (nodeId) => (nodeId === 'n1' ? 'web-1' : undefined))
  expect(read('?new&node=n1&alert=disk_full&instance=disk._&hours=4')).toMatchObject({
    name: 'disk_full on web-1',
    nodeIds: ['n1'],
    names: 'disk_full',
    instances: 'disk._',
    forMin: 240,
    when: 'now',
    deletesOnEnd: true,
  })
  expect(read('?new&node=n1&name=disk_full&chart=disk._')).toMatchObject({ names: 'disk_full', instances: 'disk._', forMin: 60 })
  expect(read('?new')).toMatchObject({ name: '', nodeIds: [], deletesOnEnd: false })
  expect(read('?new&hours=-5')).toMatchObject({ forMin: 60 })
  expect(read('?node=n1')).toBeUndefined()
})

it('[SN23] the list says until when or from when, how it recurs, and what it is about', () => {
  const format = timeFormat(zone)
  expect(standWords(row, format, nowMs)).toBe('Until 12:00')
  expect(standWords({ ...row, activeUntilMs: null }, format, nowMs)).toBe('Until somebody ends it')
  expect(standWords({ ...row, state: 'SCHEDULED', nextAtMs: nowMs + 24 * hourMs, rrule: 'FREQ=DAILY' }, format, nowMs)).toBe(
    'From 26 Nov 11:00 · Every day',
  )
  expect(standWords({ ...row, state: 'INACTIVE', isDisabled: true }, format, nowMs)).toBe('Switched off')
  expect(standWords({ ...row, state: 'INACTIVE', endsAtMs: nowMs - hourMs }, format, nowMs)).toBe('Over since 10:00')
  expect([
    recurrenceWords('FREQ=WEEKLY;BYDAY=SA,SU'),
    recurrenceWords('FREQ=MONTHLY;BYMONTHDAY=-1'),
    recurrenceWords('FREQ=YEARLY'),
  ]).toEqual(['On Saturday, Sunday', 'On the last day of each month', 'By a rule'])
  const names = { room: (id: string) => (id === 'r' ? 'Web' : undefined), node: (id: string) => (id === 'n' ? 'web-1' : undefined) }
  expect(aboutWords(row, names)).toBe('Everything')
  expect(
    aboutWords(
      { ...row, severities: ['WARNING'], alertNames: ['disk_*'], nodeIds: ['n', 'x'], roomIds: ['r'], hostLabels: { a: 'b' } },
      names,
    ),
  ).toBe('Warning · disk_* · web-1, a node that is gone · in Web · a=b')
})

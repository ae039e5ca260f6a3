import { expect, it } from 'vitest'
import type { DataClass } from '../../../src/domain/data-class.ts'
import type { ReceiptRow } from '../../../src/domain/receipt.ts'
import { byClass, exportInHash, fits, mendedAt, placeText } from './receipt-words.ts'

/** A cloud newer than this page may know more classes. */
const newClass = 'new-class' as string as DataClass
const row = (about: Partial<ReceiptRow>): ReceiptRow => ({
  where: 'table',
  class: 'account',
  kind: 'person',
  what: 'email address of a person',
  name: null,
  spaceId: null,
  item: null,
  isGoing: false,
  count: 1,
  sinceMs: null,
  expires: 'Until you delete your account.',
  expiresAtMs: null,
  fields: [{ field: 'email', value: 'ada@example.com', note: null, purpose: 'write to you', count: 1 }],
  ...about,
})

it('[PV7] places that are off or away say so, and counts are sums', () => {
  const totals = [
    { where: 'table', class: 'account', rows: 2, fields: 3 },
    { where: 'table', class: 'node', rows: 1, fields: 3 },
    { where: 'backup', class: 'operations', rows: 2, fields: 2 },
  ] as const
  const place = (where: ReceiptRow['where'], state: 'read' | 'off' | 'unreachable' = 'read') =>
    placeText({ where, state, note: 'It is so.' }, totals)
  expect([place('table'), place('backup'), place('audit'), place('mirror', 'off'), place('mirror', 'unreachable')]).toEqual([
    '3 rows',
    '2 copies, as ciphertext.',
    'Nothing.',
    'It is so.',
    'It is so.',
  ])
  expect(place('log')).toMatch(/not counted/)
})

it('[PV7] rows lie under their class, are found by any of their words, and say where they are put right', () => {
  const rows = [row({ class: 'operations', kind: 'backup', where: 'backup' }), row({}), row({ class: newClass })]
  expect(byClass(rows).map(({ title }) => title)).toEqual(['Your account', 'How the installation runs', 'Everything else'])
  expect([fits(row({}), 'ADA example'), fits(row({}), 'ada nobody'), fits(row({}), '')]).toEqual([true, false, true])
  expect([
    mendedAt({ kind: 'person', spaceId: null }),
    mendedAt({ kind: 'room', spaceId: 's' }),
    mendedAt({ kind: 'room', spaceId: null }),
    mendedAt({ kind: 'audit-entry', spaceId: 's' }),
  ]).toEqual(['#correct', '/spaces/s/settings/rooms', undefined, undefined])
})

it('[RC10] an export is read out of a link and out of nothing else', () => {
  const exportId = '77777777-7777-4777-8777-777777777777'
  const token = 'a'.repeat(43)
  expect(exportInHash(`#export=${exportId}.${token}`)).toEqual({ exportId, token })
  for (const hash of ['', '#export=', `#export=x.${token}`, `#export=${exportId}.<script>`, `#other=${exportId}.${token}`])
    expect(exportInHash(hash)).toBeUndefined()
})

import { expect, it } from 'vitest'
import { canonicalUuid, parseId } from './ids.ts'

it('[DM1] a UUID of any version is read in any case and kept in lower case', () => {
  expect(canonicalUuid('78A23D06-E5F5-11F1-BDD2-02FC00000001')).toBe('78a23d06-e5f5-11f1-bdd2-02fc00000001')
})

it.each([
  '',
  'x',
  '78a23d06e5f511f1bdd202fc00000001',
  '{78a23d06-e5f5-11f1-bdd2-02fc00000001}',
  ' 78a23d06-e5f5-11f1-bdd2-02fc0000000',
  7,
  null,
  ['78a23d06-e5f5-11f1-bdd2-02fc00000001'],
])('[DM1] %j is not a UUID', (text) => {
  expect(canonicalUuid(text)).toBe(undefined)
})

it('[DM1] what is not a UUID is refused with the code of its place', () => {
  expect(() => parseId('x', 'CLAIM_ID_INVALID', 'The claim id')).toThrow(
    expect.objectContaining({ code: 'CLAIM_ID_INVALID', message: 'The claim id is not a UUID.' }),
  )
})

import { expect, it } from 'vitest'
import { capitalsOf, spelled } from './spelling.ts'

it('[CR33] an address is read back with the capitals it was written with, and one they do not fit is left alone', () => {
  const rows = ['Ops.Team@Example.COM', 'plain@example.com', 'A@B.CD', 'x+Y_1@Sub.example.org']
  expect(rows.map((typed) => spelled(typed.toLowerCase(), capitalsOf(typed)))).toEqual(rows)
  expect(capitalsOf('plain@example.com')).toBeUndefined()
  expect(spelled('a.b@example.org', '1')).toBe('a.b@example.org')
  expect(spelled('a@b.cd', '0.60')).toBe('a@b.cd')
  expect(spelled('a@b.cd', 'constructor')).toBe('a@b.cd')
})

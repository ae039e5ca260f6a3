import { expect, it } from 'vitest'
import { contextsVersionHash, unknownVersionHash } from './version-hash.ts'

it('[DM2] the version hash is the sum of version + last entry − first entry', () => {
  const contexts = [
    { version: 10n, firstEntryS: 3n, lastEntryS: 0n },
    { version: 5n, firstEntryS: 1n, lastEntryS: 9n },
  ]
  expect(contextsVersionHash(contexts)).toBe(20n)
})

it('[DM2] it wraps around at 64 bits, below zero too', () => {
  expect(contextsVersionHash([{ version: 0n, firstEntryS: 1n, lastEntryS: 0n }])).toBe(2n ** 64n - 1n)
  expect(contextsVersionHash([{ version: 2n ** 64n - 1n, firstEntryS: 0n, lastEntryS: 2n }])).toBe(1n)
})

it('[DM2] a cloud that knows nothing does not say 0, which a fresh agent would take for agreement', () => {
  expect(unknownVersionHash).not.toBe(contextsVersionHash([]))
})

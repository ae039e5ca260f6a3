import { randomUUID } from 'node:crypto'
import { expect, it } from 'vitest'
import { matchesHash, newSecret, packToken, secretHash, unpackToken } from './opaque-token.ts'

it('[ID7] takes apart exactly what was packed', () => {
  const ids = [randomUUID() as string, randomUUID() as string]
  const secrets = [newSecret(), newSecret()]
  expect(unpackToken(packToken(ids, secrets), 2, 2)).toEqual({ ids, secrets })
})

it('[ID7] refuses every other length and spelling', () => {
  const token = packToken([randomUUID()], [newSecret()])
  for (const wrong of [
    '',
    token.slice(1),
    `${token}A`,
    `${token}=`,
    `${token.slice(0, -1)}!`,
    token.replace(/^./, ' '),
    '\u0000'.repeat(token.length),
  ]) {
    expect(unpackToken(wrong, 1, 1)).toBeUndefined()
  }
  expect(unpackToken(token, 2, 1)).toBeUndefined()
})

it('[ID3] compares a secret with its hash only', () => {
  const secret = newSecret()
  expect(matchesHash(secret, secretHash(secret))).toBe(true)
  expect(matchesHash(newSecret(), secretHash(secret))).toBe(false)
  expect(matchesHash(secret, '')).toBe(false)
})

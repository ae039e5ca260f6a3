import { expect, it } from 'vitest'
import { tailsOf } from './tails.ts'

const forGood = (hadKey: boolean) =>
  tailsOf(1_800_000_000_000, { sink: 'duckdb', backups: [], hadKey })
    .filter(({ untilMs }) => untilMs === null)
    .map(({ what }) => what)

it('[ER24] (D4) a certificate says that the note of a destroyed key stays for good, with the id in it, where there was a key', () => {
  expect(forGood(true)).toEqual(['A note that your key is destroyed', 'A keyed hash in the ledger of erasures'])
  expect(forGood(false)).toEqual(['A keyed hash in the ledger of erasures'])
})

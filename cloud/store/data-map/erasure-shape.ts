import { either, flag, group, list, map, number, nullable, oneOf, optional, text } from './field.ts'
import { hashed, time } from './words.ts'

const kinds = ['person', 'space', 'installation'] as const

/** The ledger of erasures: its entries, what they are counted by, and the key of a mail that still has to be sent. */
export const erasureLedgerData = either(
  group({
    kind: oneOf(kinds, 'know whether it was a person or a space'),
    atMs: time('prove when they were erased'),
  }),
  group({
    keyId: text('notice a ledger that was made with another key'),
    noted: number('let other processes see that something is new'),
  }),
  group({ key: text('open the address of one mail that confirms an erasure, for a day at most') }),
)

const tail = group({
  what: text('say what stays for a while'),
  why: text('say why it stays'),
  untilMs: nullable(time('say until when it stays')),
})

/** An erasure from its request to its certificate, and of how many erasures this copy of the data was cleared. */
export const erasureData = either(
  group({
    kind: oneOf(kinds, 'say whether it is a person or a space'),
    id: optional(text('find what has to be erased; it goes when that is done')),
    tokenHashes: list(text('let whoever asked for it look at it', hashed)),
    requestedAtMs: time('prove when it was asked for'),
    steps: map(text('know which part is done'), time('prove when each part was done')),
    rowsErased: number('say how much was erased'),
    rowsUnnamed: number('say how much of others lost the name'),
    idHashes: list(text('find a row that came back, by keyed hashes', hashed)),
    hadKey: optional(flag('say whether a key was destroyed')),
    mirror: optional(
      group({
        sink: oneOf(['duckdb', 'bigquery', 'off'] as const, 'say which copy was cleared'),
        tables: number('say how many tables were looked through'),
        rowsLeft: number('say that nothing is left there'),
      }),
    ),
    tails: optional(list(tail)),
    certificate: optional(text('prove the erasure to whoever asked for it')),
    mail: optional(text('send the one mail that confirms it; sealed with a key of its own, for a day at most')),
  }),
  group({ entries: number('know whether this copy of the data was cleared of everybody who was erased') }),
)

/** The ledger of erasures, as compose and restores use it. */
export { openLedger, type Ledger } from './ledger/ledger.ts'
export { ensureLedgerKey, ledgerKeyFile, readLedgerKey } from './ledger/ledger-key.ts'
export { guardWithLedger } from './ledger/guard-with-ledger.ts'
export { clearIfOlder, replayLedger } from './ledger/replay-ledger.ts'

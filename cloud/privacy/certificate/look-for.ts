import type { PendingChange } from '../../store/port.ts'
import { idsInData, idsOf, mayNameErased } from '../ledger/named-ids.ts'
import type { SubjectHashes } from '../ledger/subject-hashes.ts'
import type { CertificateClaims } from './claims.ts'

/** Looks for somebody of whom only keyed hashes are known: each id that is met is hashed with the same key and compared. */
export interface LookFor {
  /** Whether a row of a copy says something of them. What is deleted and waits for the mirror does not, nor does the audit. */
  item(item: PendingChange): boolean
  /** The same for a row that cannot be read as an item any more. */
  text(text: string): boolean
  /** Whether a single text, such as a cell of the mirror, stands for them. */
  cell(text: string): boolean
}

export function createLookFor(
  { kind, sub, idHashes }: Pick<CertificateClaims, 'kind' | 'sub' | 'idHashes'>,
  hashes: SubjectHashes,
): LookFor {
  const own = new Set(idHashes)
  const isTheirs = (id: string) => hashes.hashOf({ kind, id }) === sub || own.has(hashes.hashOfId(id))
  return {
    item: (item) => !item.isDeleted && !mayNameErased(item.kind) && [...idsOf(item)].some(isTheirs),
    text: (text) => idsInData(text).some(isTheirs),
    cell: (text) => own.has(hashes.hashOfId(text)) || idsInData(text).some(isTheirs),
  }
}

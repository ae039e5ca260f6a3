import type { DataClass } from '../../../src/domain/data-class.ts'
import type { Place, PlaceState, PlaceTotal, ReceiptRow } from '../../../src/domain/receipt.ts'

/** The places, as people are told of them. */
export const placeWords: Readonly<Record<Place, string>> = {
  table: 'Table',
  keys: 'Beside the keys',
  audit: 'Audit',
  mirror: 'Mirror',
  backup: 'Backups',
  log: 'Log',
}

/** The classes, in the order they are read. */
export const classWords: readonly (readonly [DataClass, string])[] = [
  ['account', 'Your account'],
  ['node', 'Spaces and nodes'],
  ['contexts', 'What is measured'],
  ['alert-configuration', 'Alert configuration'],
  ['channel-secret', 'Notification channels'],
  ['audit', 'Audit'],
  ['operations', 'How the installation runs'],
]

/** A count with its word. */
export const rowsText = (rows: number): string => (rows === 1 ? '1 row' : `${rows.toLocaleString('en')} rows`)

/** What a place holds about a person, in words. */
export function placeText({ where, state, note }: PlaceState, totals: readonly PlaceTotal[]): string {
  if (state !== 'read') return note
  if (where === 'log') return 'Ids only, for 30 days. Lines are not counted by person.'
  const rows = totals.filter((total) => total.where === where).reduce((sum, total) => sum + (total.rows ?? 0), 0)
  if (where === 'backup') return rows === 0 ? 'No backup was made yet.' : `${rows === 1 ? '1 copy' : `${rows} copies`}, as ciphertext.`
  return rows === 0 ? 'Nothing.' : rowsText(rows)
}

/** Rows by class, those of a class in the order they came. Classes that this page does not know come last. */
export function byClass(rows: readonly ReceiptRow[]): readonly { readonly title: string; readonly rows: readonly ReceiptRow[] }[] {
  const known = classWords.map(([name, title]) => ({ title, rows: rows.filter((row) => row.class === name) }))
  const others = rows.filter((row) => !classWords.some(([name]) => name === row.class))
  return [...known, { title: 'Everything else', rows: others }].filter((group) => group.rows.length > 0)
}

/** Whether a row says something that fits all words of a search. */
export function fits(row: ReceiptRow, search: string): boolean {
  const words = search.toLowerCase().split(/\s+/u).filter(Boolean)
  if (words.length === 0) return true
  const fields = row.fields.flatMap(({ field, value, note }) => [field, value ?? '', note ?? ''])
  const text = [row.what, row.kind, row.name ?? '', placeWords[row.where], ...fields].join(' ').toLowerCase()
  return words.every((word) => text.includes(word))
}

const own: Readonly<Record<string, string>> = {
  person: '#correct',
  'person-email': '#correct',
  'sign-in': '/profile/sessions',
  passkey: '/profile/passkeys',
  identity: '/profile/passkeys',
  'person-identity': '/profile/passkeys',
  'api-token': '/profile/api-tokens',
  consent: '#analytics',
  'push-target': '/profile/notifications',
}
const inSpace: Readonly<Record<string, string>> = {
  space: 'settings',
  roster: 'settings/people',
  room: 'settings/rooms',
  node: 'nodes',
  board: 'boards',
  channel: 'settings/channels',
  silence: 'alerts/silences',
  'alert-document': 'alerts/definitions',
  'claim-tokens': 'settings/claim-tokens',
}

/** Where a wrong fact of a row is put right; undefined where nobody can, because it says what happened. */
export function mendedAt({ kind, spaceId }: Pick<ReceiptRow, 'kind' | 'spaceId'>): string | undefined {
  if (own[kind] !== undefined) return own[kind]
  const place = inSpace[kind]
  return place === undefined || spaceId === null ? undefined : `/spaces/${spaceId}/${place}`
}

/** The id and the secret of a link to an export, out of an address's fragment. */
export function exportInHash(hash: string): { readonly exportId: string; readonly token: string } | undefined {
  const [, exportId, token] = /^#export=([0-9a-f-]{36})\.([\w-]{20,128})$/u.exec(hash) ?? []
  return exportId === undefined || token === undefined ? undefined : { exportId, token }
}

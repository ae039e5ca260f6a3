import { daysLeftWords } from '../boards/board-words.ts'
import { agoWords } from '../time/ago-words.ts'

export type DeletedKind = 'board' | 'room' | 'channel' | 'silence' | 'alert-document'

/** Something that was deleted and can be restored until `restorableUntilMs`. */
export interface DeletedItem {
  readonly kind: DeletedKind
  readonly id: string
  readonly name: string
  readonly deletedAtMs: number
  readonly restorableUntilMs: number
}

export type RetentionClass = 'node' | 'contexts' | 'alert-configuration' | 'channel-secret'
export type RetentionDays = Readonly<Record<RetentionClass, number>>

/** A purge that would take very much, and waits for a word. */
export interface PurgeOrder {
  readonly orderId: string
  readonly kind: DeletedKind
  readonly due: number
  readonly of: number
  readonly askedAtMs: number
  readonly approvedAtMs: number | null
}

const kindNames: Readonly<Record<DeletedKind, readonly [one: string, many: string]>> = {
  board: ['Board', 'boards'],
  room: ['Room', 'rooms'],
  channel: ['Channel', 'channels'],
  silence: ['Silence', 'silences'],
  'alert-document': ['Alert', 'alerts'],
}

export const kindName = (kind: DeletedKind): string => kindNames[kind][0]

/** What is said of a deleted thing beside its name. */
export const deletedWords = ({ kind, deletedAtMs, restorableUntilMs }: DeletedItem, nowMs: number): string =>
  `${kindName(kind)}, deleted ${agoWords(nowMs - deletedAtMs)}, gone for good in ${daysLeftWords(restorableUntilMs - nowMs)}`

/** The classes of which the days are set, as a person calls what falls into them. */
export const retentionRows: readonly { readonly name: RetentionClass; readonly words: string }[] = [
  { name: 'contexts', words: 'Boards' },
  { name: 'node', words: 'Rooms' },
  { name: 'alert-configuration', words: 'Silences and alerts' },
  { name: 'channel-secret', words: 'Channels' },
]

/** What is asked of a purge that would take very much. */
export const purgeWords = ({ kind, due, of }: PurgeOrder): string =>
  `${due} of ${of} ${kindNames[kind][1]} can no longer be restored and would go for good at once.`

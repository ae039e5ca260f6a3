import type { MetadataStore, PendingChange } from '../store/port.ts'

/** A change as the log of changes holds it: an item as it lay at rest, and when it was noted. */
export interface LoggedChange {
  readonly atMs: number
  readonly item: PendingChange
}

/** The log of changes, as its copies see it: in the order of the changes; one may come more than once. */
export interface ChangeSource {
  /** What was noted behind a place; undefined: from the beginning. `isGap`: what followed the place is no longer in the log. */
  readFrom(
    place: string | undefined,
  ): Promise<{ readonly changes: readonly LoggedChange[]; readonly next: string; readonly isEnd: boolean; readonly isGap: boolean }>
}

/** Takes everybody out of a restored copy who was erased since the backup was taken; answers how many (D4). May be repeated. */
export type ClearErased = (store: MetadataStore) => Promise<number>

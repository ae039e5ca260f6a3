import { ThroughlineError } from '../../../src/errors/throughline-error.ts'
import type { KeySubject } from '../../../src/domain/key-subject.ts'
import type { BackupList, MirrorView } from '../ports.ts'
import type { PlaceState, ReceiptRow } from '../../../src/domain/receipt.ts'
import type { Subject } from './subject.ts'

export interface ElsewhereDeps {
  readonly mirror?: MirrorView | undefined
  readonly backups?: BackupList | undefined
}

/** What lies outside the store of record, and which of these places could be read. */
export interface Elsewhere {
  readonly person: readonly ReceiptRow[]
  readonly spaces: ReadonlyMap<string, readonly ReceiptRow[]>
  readonly places: readonly PlaceState[]
}

const plain = { name: null, spaceId: null, item: null, isGoing: false, sinceMs: null, expiresAtMs: null } as const

/** What the log may hold of a person; nobody counts its lines (security requirements §1: 30 days). */
const logRow: ReceiptRow = {
  ...plain,
  where: 'log',
  class: 'operations',
  kind: 'log',
  what: 'ids of people, spaces and sign-ins beside what the cloud did; no address, no name, no body, no value',
  count: null,
  expires: 'After 30 days, by whoever keeps the log of this installation.',
  fields: [
    {
      field: 'personId',
      value: null,
      note: 'Lines are not counted by person.',
      purpose: 'find out what went wrong',
      count: 1,
    },
  ],
}

/** Rows of mirror, backups and log. A place that does not answer is named; it never counts as empty. */
export async function rowsElsewhere({ mirror, backups }: ElsewhereDeps, { personId, spaces }: Subject): Promise<Elsewhere> {
  const mirrored = await mirrorRows(
    mirror,
    personId,
    spaces.flatMap(({ spaceId, isAdmin }) => (isAdmin ? [spaceId] : [])),
  )
  const kept = await backupRows(backups)
  return {
    person: [...mirrored.person, logRow, ...kept.rows],
    spaces: mirrored.spaces,
    places: [
      { where: 'table', state: 'read', note: 'Every row was looked at.' },
      { where: 'audit', state: 'read', note: 'Every row was looked at.' },
      { where: 'keys', state: 'read', note: 'Every row beside the keys was looked at; they are apart from the data and in no backup.' },
      mirrored.place,
      { where: 'log', state: 'read', note: 'Named, not counted: a log line holds ids only.' },
      kept.place,
    ],
  }
}

async function mirrorRows(mirror: MirrorView | undefined, personId: string, spaceIds: readonly string[]) {
  const none = { person: [] as readonly ReceiptRow[], spaces: new Map<string, readonly ReceiptRow[]>() }
  if (mirror === undefined || mirror.status().sink === 'off')
    return { ...none, place: { where: 'mirror', state: 'off', note: 'This installation has no mirror.' } as const }
  const { sink } = mirror.status()
  const about = async (subject: KeySubject, spaceId: string | null) =>
    (await mirror.rowsAbout(subject))
      .filter(({ rows }) => rows > 0)
      .map(({ table, rows }): ReceiptRow => ({
        ...plain,
        where: 'mirror',
        class: 'operations',
        kind: table,
        what: 'states, kinds and times under a pseudonym; no address, no name, no text of people',
        spaceId,
        count: rows,
        expires: 'With the row of the table it was made of; at most 24 hours later.',
        fields: [
          {
            field: 'key',
            value: null,
            note: 'A keyed hash stands in place of the id.',
            purpose: 'answer questions about the whole installation',
            count: rows,
          },
        ],
      }))
  try {
    const person = await about({ kind: 'person', id: personId }, null)
    const rows = new Map<string, readonly ReceiptRow[]>()
    for (const spaceId of spaceIds) rows.set(spaceId, await about({ kind: 'space', id: spaceId }, spaceId))
    return { person, spaces: rows, place: { where: 'mirror', state: 'read', note: `Counted in ${sink} just now.` } as const }
  } catch (thrown) {
    if (!(thrown instanceof ThroughlineError) || thrown.code !== 'MIRROR_UNAVAILABLE') throw thrown
    const note = `The mirror (${sink}) does not answer, so its rows are not counted. It holds pseudonyms only.`
    return { ...none, place: { where: 'mirror', state: 'unreachable', note } as const }
  }
}

async function backupRows(backups: BackupList | undefined): Promise<{ rows: readonly ReceiptRow[]; place: PlaceState }> {
  if (backups === undefined)
    return { rows: [], place: { where: 'backup', state: 'off', note: 'This installation makes no backups itself.' } }
  try {
    const rows = (await backups.list()).map(({ name, takenAtMs, expiresAtMs, items, bytes }): ReceiptRow => ({
      ...plain,
      where: 'backup',
      class: 'operations',
      kind: 'backup',
      what: 'a copy of the table as it was then, as ciphertext; the keys are not in it',
      name,
      item: name,
      count: 1,
      sinceMs: takenAtMs,
      expires: 'Deleted at its end. Whoever was erased does not come back with it.',
      expiresAtMs,
      fields: [
        {
          field: 'content',
          value: null,
          note: `Ciphertext of ${items} rows, ${bytes} bytes; it holds about you what the table held then.`,
          purpose: 'restore the installation after a loss',
          count: 1,
        },
      ],
    }))
    return { rows, place: { where: 'backup', state: 'read', note: 'Listed just now.' } }
  } catch {
    return { rows: [], place: { where: 'backup', state: 'unreachable', note: 'The folder of the backups cannot be read now.' } }
  }
}

import type { BackupFacts, MirrorStatus } from '../ports.ts'
import type { Tail } from './erasure-record.ts'

const dayMs = 86_400_000

/** What is not gone with the erasure, why, and until when (security requirements §1, Deletion and Logs). */
export function tailsOf(
  doneAtMs: number,
  { sink, backups, hadKey }: { readonly sink: MirrorStatus['sink']; readonly backups: readonly BackupFacts[]; readonly hadKey: boolean },
): readonly Tail[] {
  const before = backups.filter(({ takenAtMs }) => takenAtMs <= doneAtMs)
  const lastBackupMs = Math.max(...before.map(({ expiresAtMs }) => expiresAtMs))
  return [
    {
      what: 'Audit entries',
      why: 'They prove who did what, by ids alone. Nothing is left that says whose the id was.',
      untilMs: doneAtMs + 400 * dayMs,
    },
    {
      what: 'Log lines of the server',
      why: 'They hold ids and codes, no names and no addresses.',
      untilMs: doneAtMs + 30 * dayMs,
    },
    {
      what: 'The log of changes',
      why: 'It holds the last changes as they lay at rest, so that a backup can be brought up to date. A restored copy is cleared before it serves.',
      untilMs: doneAtMs + 7 * dayMs,
    },
    ...(before.length === 0
      ? []
      : [
          {
            what: before.length === 1 ? 'One backup' : `${before.length} backups`,
            why: hadKey
              ? 'They were taken before. Your part is sealed with a key that is destroyed, and a restored copy is cleared before it serves.'
              : 'They were taken before. They are encrypted, and a restored copy is cleared before it serves.',
            untilMs: lastBackupMs,
          },
        ]),
    ...(sink === 'bigquery'
      ? [
          {
            what: 'Older states of the mirror in BigQuery',
            why: 'BigQuery keeps deleted rows for time travel (up to 7 days) and then for recovery (7 days). They hold pseudonyms only.',
            untilMs: doneAtMs + 14 * dayMs,
          },
        ]
      : []),
    ...(hadKey
      ? [
          {
            what: 'A note that your key is destroyed',
            why: 'It lies apart from the data, beside the keys, so that no key is made for this id again. It holds the id and the time, and nothing says whose the id was.',
            untilMs: null,
          },
        ]
      : []),
    {
      what: 'A keyed hash in the ledger of erasures',
      why: 'It keeps every copy of the data from bringing this back. It says neither who nor what it was.',
      untilMs: null,
    },
  ]
}

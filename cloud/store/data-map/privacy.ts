import { either, flag, group, list, nullable, number, oneOf, optional, text } from './field.ts'
import { kind } from './kind-facts.ts'
import { erasureData, erasureLedgerData } from './erasure-shape.ts'
import { notDrawn, time } from './words.ts'

const untilSpaceEnds = 'It goes with the space: its row is deleted.'

/** What the promises of privacy themselves need: erasures, requests, purges, keys, and the way into the mirror and out of it. */
export const privacyKinds = {
  'seal-key': kind({
    class: 'operations',
    subject: 'installation',
    mirrored: false,
    logged: false,
    inBackup: false,
    isApart: true,
    holds: 'a wrapped key of a person or space, or that it was destroyed and when; lies apart from the data',
    retention: 'until its person or space is erased; that it was destroyed stays',
    erasure: 'It is destroyed: what was sealed with it opens no more, in no copy of the data.',
    data: either(
      group({
        state: oneOf(['usable', 'destroyed'], 'seal nothing more with a key that was destroyed'),
        keys: optional(
          list(
            group({
              keyId: text('find the key that sealed something'),
              wrapped: text('seal and open; it is wrapped by a master key'),
              madeAtMs: time('know which keys are older than a rotation'),
            }),
          ),
        ),
        destroyedAtMs: optional(time('prove when it was destroyed')),
      }),
      group({
        installationId: text('refuse keys of another installation'),
        isBound: flag('know whether the data has the same id noted'),
      }),
      group({
        startedAtMs: time('know which keys the rotation made'),
        stage: oneOf(['keys', 'items', 'drop'], 'go on with a rotation after a crash'),
        partition: nullable(text('go on where a rotation was')),
        sort: nullable(text('go on where a rotation was')),
      }),
    ),
  }),
  erasure: kind({
    class: 'audit',
    subject: 'installation',
    mirrored: false,
    logged: false,
    inBackup: false,
    isApart: true,
    holds: 'keyed hash of somebody who was erased, and when; lies apart from the data',
    retention: 'as long as there is a copy of the data that may hold them',
    erasure: 'It says nobody: a keyed hash of an id that belongs to nobody any more.',
    data: erasureLedgerData,
  }),
  'erasure-certificate': kind({
    class: 'audit',
    subject: 'installation',
    mirrored: false,
    logged: true,
    holds: 'that an erasure was asked for, how far it is, and its certificate, without an address',
    retention: '30 days after the erasure',
    erasure: 'It says nobody: keyed hashes of ids that belong to nobody any more.',
    data: erasureData,
  }),
  'privacy-request': kind({
    class: 'account',
    subject: 'person',
    mirrored: false,
    logged: true,
    holds: 'what was asked for in writing, by whom, when, until when it is due and how it ended',
    retention: '400 days after it ended',
    erasure: 'Its words are sealed for the person who wrote them: they open no more when that key is destroyed.',
    data: notDrawn,
  }),
  'purge-order': kind({
    class: 'operations',
    subject: 'installation',
    mirrored: false,
    logged: true,
    holds: 'how much a purge would take, who was asked, and who allowed it',
    retention: 'until the purge is over',
    erasure: untilSpaceEnds,
    data: group({
      spaceId: text('ask in which space', { names: 'space' }),
      kind: text('ask for what would be purged'),
      due: number('ask how much would be purged'),
      of: number('ask of how much it is'),
      askedAtMs: number('show since when it waits for a word'),
      untilMs: number('purge only what was deleted until then'),
      approvedAtMs: optional(number('purge what was allowed')),
    }),
  }),
  'mirror-cursor': kind({
    class: 'operations',
    subject: 'installation',
    mirrored: false,
    logged: false,
    inBackup: false,
    holds: 'how far the mirror has come',
    retention: 'as long as there is the installation',
    erasure: 'It says nothing of anybody.',
    data: group({
      position: text('go on where the mirror stopped'),
      schemaVersion: text('bring everything in again when the mirror has new columns'),
      filling: nullable(
        group({
          fromOrder: number('know which rows are older than the filling'),
          after: nullable(
            group({
              partition: text('go on with the filling where it stopped; only while it lasts'),
              sort: text('go on with the filling where it stopped; only while it lasts'),
            }),
          ),
        }),
      ),
      loadedAtMs: nullable(time('show when the mirror was last brought up to date')),
    }),
  }),
  'dead-letter': kind({
    class: 'operations',
    subject: 'installation',
    mirrored: false,
    logged: false,
    holds: 'which row the mirror refused and why, without its content',
    retention: 'until the operator tries it again or drops it',
    erasure: 'It names a row by a keyed hash alone.',
    data: group({
      table: text('show which row the mirror refused'),
      key: text('find the row again by its keyed hash'),
      revision: number('know which change of the row it was'),
      reason: text('show why it was refused'),
      atMs: time('show since when it waits'),
    }),
  }),
  'restore-mark': kind({
    class: 'operations',
    subject: 'installation',
    mirrored: false,
    logged: false,
    inBackup: false,
    holds: 'that a restore into this store has not finished',
    retention: 'until the restore is finished',
    erasure: 'It says nothing of anybody.',
    data: group({
      backup: text('know which backup has to be restored again'),
      untilMs: nullable(number('know up to when')),
      runId: text('stop a run of the restore that another one took over from'),
    }),
  }),
}

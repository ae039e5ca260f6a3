import { either, flag, group, list, mark, nullable, number, oneOf, optional, text } from './field.ts'
import { erasureData, erasureLedgerData } from './erasure-shape.ts'
import { days, kind } from './kind-facts.ts'
import { byInstallation, byPerson, personId, time } from './words.ts'

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
        isDataKeys: flag('know whether the rotation makes new keys of people and spaces'),
        master: nullable(text('begin again when another master key is to wrap them')),
        after: nullable(group({ partition: text('go on where a rotation was'), sort: text('go on where a rotation was') })),
        hasFound: flag('keep old keys that something was still sealed with'),
      }),
      group({
        ended: list(
          group({
            startedAtMs: time('know which keys nothing is sealed with any more'),
            endedAtMs: time('keep old keys as long as a backup may need them'),
          }),
        ),
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
    erasure: 'Its row goes with the person who asked; a letter of an outsider goes when its time is over.',
    data: group({
      personId: optional(personId('find the requests of a person and the person of a request')),
      kind: oneOf(['access', 'correction', 'export', 'objection', 'deletion'], 'know what is asked for'),
      way: oneOf(['profile', 'letter'], 'know whether it came over the page or by letter'),
      state: oneOf(['open', 'answered', 'refused'], 'show whether it waits for an answer'),
      madeAtMs: time('count the 30 days there are for an answer'),
      dueAtMs: time('show until when it has to be answered'),
      endedAtMs: optional(time('show when it was answered, and forget it 400 days later')),
      extendedAtMs: optional(time('extend it no more than once')),
      isUntold: mark('tell whoever asked after a crash, or while the mail server was away'),
      own: optional(
        group({
          text: text('answer what was asked', byPerson),
          note: optional(text('show the answer to whoever asked', byPerson)),
          extension: optional(text('say why an answer takes longer', byPerson)),
        }),
      ),
      letter: optional(
        group({
          address: text('answer somebody who has no account here', byInstallation),
          text: text('answer what was asked', byInstallation),
          note: optional(text('keep what was answered', byInstallation)),
          extension: optional(text('say why an answer takes longer', byInstallation)),
        }),
      ),
    }),
  }),
  'breach-notice': kind({
    class: 'operations',
    subject: 'installation',
    mirrored: false,
    logged: true,
    holds: 'that a notice of a breach went to somebody, under a hash of their address',
    retention: '90 days after it went out',
    retentionMs: days(90),
    erasure: 'It says nobody: a hash of the address and of the notice together.',
    data: group({
      state: oneOf(['sending', 'sent', 'refused'], 'send nobody the same notice twice'),
      atMs: time('say when somebody was told'),
    }),
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

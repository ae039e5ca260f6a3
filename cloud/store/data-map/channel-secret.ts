import { either, flag, group, list, nullable, number, oneOf, optional, text } from './field.ts'
import { kind } from './kind-facts.ts'
import { byPerson, bySpace, hashed, personId, time } from './words.ts'

const noticeOptions = ['CRITICAL', 'WARNING', 'CLEAR', 'REACHABLE', 'UNREACHABLE'] as const
const secret = { class: 'channel-secret', logged: true, mirrored: false } as const
const sealedForSpace = { seal: 'space', sealedBy: 'service' } as const
const goesWithSpace = 'It goes with the space: its row is deleted, and the key that seals it is destroyed.'

/** Where notifications and events leave to, and what lets them in there. */
export const channelKinds = {
  channel: kind({
    ...secret,
    subject: 'space',
    holds: 'name, integration, rooms and sealed secrets of a notification channel',
    retention: 'until it was deleted for 90 days, or as many as the space set, or until the space is deleted',
    erasure: goesWithSpace,
    data: group({
      name: text('call the channel what its people call it', bySpace),
      slug: text('write messages in the form its receiver takes'),
      isEnabled: flag('send nothing while it is switched off'),
      roomIds: nullable(list(text('send only of the rooms that were chosen'))),
      options: list(oneOf(noticeOptions, 'send only of what was chosen')),
      repeatMin: number('tell again what stays raised'),
      includesValue: optional(flag('say the value of an alert in messages where the owner chose so')),
      createdAtMs: time('show when it was made'),
      changedAtMs: time('show when it was changed'),
      sealed: text('reach the receiver: its address, keys and settings', sealedForSpace),
      deletedAtMs: optional(time('purge it when it can no longer be restored')),
    }),
  }),
  'push-target': kind({
    ...secret,
    subject: 'person',
    holds: 'name and sealed address of a browser a person is notified on, and of what',
    retention: 'until you remove it, leave the space or delete your account',
    erasure: 'It goes with your membership and your account: its row is deleted, and the key that seals it is destroyed.',
    data: group({
      personId: personId('notify you and nobody else'),
      memberId: text('stop when you leave the space'),
      name: text('show you which browser it is', byPerson),
      options: list(oneOf(noticeOptions, 'send only of what you chose')),
      roomIds: nullable(list(text('send only of the rooms you chose'))),
      endpointHash: text('know your browser when it comes again', hashed),
      createdAtMs: time('show since when it is there'),
      sealed: text('reach your browser: its address and keys', { seal: 'person', sealedBy: 'service' }),
    }),
  }),
  'audit-delivery': kind({
    ...secret,
    subject: 'space',
    holds: 'where the audit of a space is delivered, sealed, and how far that came',
    retention: 'until an admin ends it, and at the latest until the space is deleted',
    erasure: goesWithSpace,
    data: either(
      group({
        seq: number('deliver each event once'),
        deliveredAtMs: nullable(time('show when something was delivered last')),
        failures: number('wait longer after each failure'),
        problem: nullable(text('show why nothing can be delivered; a sentence of ours')),
        problemAtMs: nullable(time('show since when nothing can be delivered')),
      }),
      group({
        webhook: optional(
          group({
            sealedUrl: text('reach the receiver', sealedForSpace),
            sealedSecret: text('sign what is delivered', sealedForSpace),
            fromSeq: number('deliver only what came after it was set'),
          }),
        ),
        syslog: optional(
          group({
            host: text('reach the receiver', bySpace),
            port: number('reach the receiver'),
            fromSeq: number('deliver only what came after it was set'),
          }),
        ),
      }),
    ),
  }),
}

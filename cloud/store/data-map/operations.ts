import { either, flag, group, list, map, mark, nullable, number, oneOf, optional, plain, text, tuple } from './field.ts'
import { days, kind, minutes, packed } from './kind-facts.ts'
import { byInstallation, bySpace, nodeId, personId, same, spaceId, time } from './words.ts'

const operations = { class: 'operations', mirrored: false, logged: true } as const
const telling = 'tell people what changed, in as few messages as can be'
const sent = 'show what became of a message'
const holding = 'tell the end of an alert when the silence it fell into is over'

/** What the cloud needs to go on with its work after a restart. */
export const operationKinds = {
  installation: kind({
    ...operations,
    subject: 'installation',
    holds: 'ids of the first space and its admin, the id that data and keys share, and since when everything is sealed',
    retention: 'as long as there is the installation',
    erasure: 'Another person takes the place of an owner who deletes the account.',
    data: either(
      group({
        spaceId: spaceId('find the first space'),
        allNodesRoomId: text('finish the first space after a crash'),
        adminPersonId: personId('know who owns the installation'),
        name: text('finish the first space after a crash'),
        createdAtMs: time('say since when there is this installation'),
        isSpaceDeleted: mark('make no first space a second time'),
      }),
      group({ installationId: text('refuse keys of another installation') }),
      group({ olderSealedAtMs: time('seal once what an older version left in the open') }),
    ),
  }),
  'canary-control': kind({
    ...operations,
    mirrored: true,
    subject: 'installation',
    holds: 'a random number that a search for live values has to find, or it would find nothing',
    retention: 'while a proof by canaries runs, an hour at most',
    retentionMs: minutes(60),
    erasure: 'It goes with the end of the run: its row is deleted. It is about nobody.',
    data: group({ marker: text('show that the search works', same) }),
  }),
  unfinished: kind({
    ...operations,
    subject: 'installation',
    holds: 'ids of work that has to be completed after a crash, and of invitations that are open',
    retention: 'until the work is done; a month at most for changes that wait for a node',
    erasure: 'It goes an hour after the erasure that it stands for, or with the space: its row is deleted.',
    data: group({
      atMs: optional(time('finish what was begun, and look once more after it')),
      personId: optional(personId('finish a space for who made it')),
      spaceId: optional(spaceId('finish a change of nodes in its space')),
    }),
  }),
  ban: kind({
    ...operations,
    subject: 'installation',
    holds: 'which address, network, account or claim is kept out, why, by whom and until when',
    retention: 'until its end, at most ten years, or until the operator lifts it',
    retentionMs: days(3_650),
    erasure: 'It goes at its end: its row is deleted. What it bans belongs to nobody once an account is gone.',
    data: group({
      kind: oneOf(['ip', 'cidr', 'account', 'claim'], 'know what is kept out'),
      value: text('keep it out', byInstallation),
      reason: text('remember why it is kept out', byInstallation),
      atMs: time('show since when'),
      untilMs: time('end the ban'),
      by: text('show who made it', { names: 'person' }),
    }),
  }),
  message: kind({
    ...operations,
    logged: false,
    subject: 'space',
    holds: 'which changes a message tells which target of, what a target knows, attempts and problems, without values',
    retention: 'a week in the log of messages; what a target knows, until the target is gone',
    erasure: 'It goes with the space, with its target and at the end of its week: its row is deleted.',
    data: either(
      group({
        messageId: text('let a receiver know a message it has seen'),
        targetId: text(sent),
        targetName: text(sent, bySpace),
        slug: text('write messages in the form its receiver takes'),
        personId: nullable(personId('show it to nobody but the person it goes to')),
        kind: oneOf(['alert', 'reach', 'test'], sent),
        state: oneOf(['waiting', 'sent', 'failed', 'dropped'], sent),
        changes: number(sent),
        attempts: number('wait longer after each attempt, and give up at last'),
        problem: nullable(text('show why it could not be sent; a sentence of ours')),
        createdAtMs: time(sent),
        nextAttemptAtMs: nullable(time('try again')),
        sentAtMs: nullable(time(sent)),
      }),
      group({
        open: optional(number(telling)),
        waiting: optional(number(telling)),
      }),
    ),
    blob: packed('send the message again until it arrives, and tell nothing twice', 'space'),
    inBlob: either(
      group({
        messageId: text('let a receiver know a message it has seen'),
        kind: text(sent),
        spaceId: spaceId('say from which space it is'),
        spaceName: text('say from which space it is'),
        roomNames: list(text('say of which rooms it tells')),
        items: list(
          group({
            kind: oneOf(['alert', 'reach'], telling),
            newsId: text('tell nothing twice'),
            nodeId: optional(nodeId(telling)),
            nodeIds: optional(list(nodeId(telling))),
            hostname: optional(text(telling)),
            hostnames: optional(list(text(telling))),
            parentHostname: optional(text(telling)),
            chart: optional(text(telling)),
            name: optional(text(telling)),
            context: optional(text(telling)),
            status: optional(text(telling)),
            oldStatus: optional(text(telling)),
            whenS: optional(number(telling)),
            configHash: optional(text(telling)),
            transitionId: optional(text(telling)),
            summary: optional(text('say what the alert means')),
            info: optional(text('say what the alert means')),
            units: optional(text('say what the alert counts in')),
            className: optional(text('say what the alert means')),
            isRepeat: optional(flag(telling)),
            state: optional(text(telling)),
            sinceMs: optional(time(telling)),
          }),
        ),
        omitted: number(telling),
        isFlood: optional(flag(telling)),
        createdAtMs: time(sent),
        url: text('lead to the page where more is shown'),
      }),
      group({
        groups: list(map(text(telling), plain(telling))),
        failed: list(tuple(['messageId', text(sent)], ['untilMs', time(sent)])),
        again: list(text('try again')),
        seals: list(time('send few messages where very much happens')),
        silenced: group({ day: number('show how much was silenced today'), count: number('show how much was silenced today') }),
        held: list(tuple(['hash', text(holding)], ['change', map(text(holding), plain(holding))])),
        news: list(tuple(['hash', text('tell nothing twice')], ['atS', number('tell nothing twice')])),
        told: list(
          tuple(
            ['hash', text('tell the end of what was told')],
            ['atS', number('tell it again where that is wanted')],
            ['status', number(telling)],
          ),
        ),
      }),
    ),
  }),
  'reach-state': kind({
    ...operations,
    logged: false,
    subject: 'space',
    holds: 'which nodes were in reach, and which of those that went were told of',
    retention: 'until the space is deleted',
    erasure: 'It goes with the space: its row is deleted.',
    data: group({
      known: number('miss a node that does not return'),
      gone: number('tell of the return of a node that was told of'),
      untold: number('tell what was not told yet'),
    }),
    blob: packed('miss nodes that do not return after a restart'),
    inBlob: group({
      known: list(nodeId('miss a node that does not return')),
      gone: list(
        group({
          newsId: nullable(text('tell of the return of a node that was told of')),
          sinceMs: time('say since when a node is away'),
          nodeIds: list(nodeId('tell of the return of a node that was told of')),
        }),
      ),
      outbox: list(
        group({
          kind: oneOf(['reach'], 'tell what was not told yet'),
          newsId: text('tell nothing twice'),
          spaceId: spaceId('tell what was not told yet'),
          nodeIds: list(nodeId('tell what was not told yet')),
          state: oneOf(['reachable', 'unreachable'], 'tell what was not told yet'),
          parentNodeId: optional(nodeId('tell what was not told yet')),
          sinceMs: time('tell what was not told yet'),
          toldAtMs: time('tell what was not told yet'),
        }),
      ),
    }),
  }),
}

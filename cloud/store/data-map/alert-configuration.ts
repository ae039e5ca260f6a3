import { silenceSeverities } from '../../../src/domain/silence.ts'
import { alertDocument } from './alert-document-shape.ts'
import { either, flag, group, list, map, nullable, number, oneOf, optional, plain, text, tuple } from './field.ts'
import { days, kind, packed } from './kind-facts.ts'
import { bySpace, nodeId, personId, pseudonym, same, time } from './words.ts'

const alerts = { class: 'alert-configuration', logged: true } as const
const withNode = 'until the node is removed or the space deleted'
const withSpace = 'until the space is deleted'
const goesWithSpace =
  'It goes with the space: its row is deleted, and the key that seals it is destroyed. Of a person who leaves, only a random id stays.'
const statuses = ['null', 'unknown', 'removed', 'undefined', 'clear', 'warning', 'critical'] as const
const toldOnce = 'tell a change of an alert that was not told yet'
const changeOf = (purpose: string) =>
  [
    ['chart', text(purpose)],
    ['name', text(purpose)],
    ['context', text(purpose)],
    ['status', oneOf(statuses, purpose)],
  ] as const
const applies = 'bring an alert onto a node that was away, and notice what it runs instead'
const pattern = (purpose = 'know what the silence keeps quiet') => list(text(purpose))

/** How alerts are defined and which state they have; never the value of one. */
export const alertKinds = {
  'node-alerts': kind({
    ...alerts,
    subject: 'node',
    mirrored: true,
    holds: 'state and time of each alert of a node, without values',
    retention: withNode,
    erasure: 'It goes with the node and with the space: its row is deleted.',
    data: group({
      alerts: number('say how many alerts a node has', same),
      version: text('know whether the agent has something new to tell'),
      sequenceId: text('know whether the agent has something new to tell'),
      outbox: optional(
        list(
          tuple(
            ['seq', number(toldOnce)],
            ['notedAtMs', time(toldOnce)],
            ...changeOf(toldOnce),
            ['oldStatus', oneOf(statuses, toldOnce)],
            ['whenS', number(toldOnce)],
            ['configHash', nullable(text(toldOnce))],
            ['transitionId', nullable(text(toldOnce))],
          ),
        ),
      ),
      lastSeq: optional(number(toldOnce)),
      wholeAtMs: optional(time(toldOnce)),
    }),
    blob: packed('show which alerts are raised, and know a change from a repetition'),
    inBlob: list(
      tuple(
        ...changeOf('show which alerts are raised'),
        ['oldStatus', text('show what the alert was before')],
        ['whenS', number('show since when; seconds')],
        ['configHash', nullable(text('show how the alert is defined'))],
        ['transitionId', nullable(text('know a change from a repetition'))],
        ['version', text('know whether the agent has something new to tell')],
        ['sequenceId', text('know a change from a repetition')],
        ['earlierIds', optional(list(text('know a change from a repetition')))],
      ),
    ),
  }),
  'told-alerts': kind({
    ...alerts,
    logged: false,
    subject: 'node',
    mirrored: false,
    holds: 'which state of each alert of a node was told last',
    retention: withNode,
    erasure: 'It goes with the node and with the space: its row is deleted.',
    data: group({
      done: list(tuple(['claimId', text('tell no change twice')], ['seq', number('tell no change twice')])),
    }),
    blob: packed('tell no change twice, whichever agent speaks for a node'),
    inBlob: tuple(
      ['claimIds', list(text('know through which agent it was told'))],
      [
        'alerts',
        list(
          tuple(
            ...changeOf('tell no change twice'),
            ['whenS', number('tell no change twice')],
            ['newsId', text('tell no change twice')],
            ['claim', number('know through which agent it was told')],
          ),
        ),
      ],
    ),
  }),
  'alert-config': kind({
    ...alerts,
    subject: 'space',
    mirrored: true,
    holds: 'how an alert is defined, under the hash its agents give it',
    retention: withSpace,
    erasure: 'It goes with the space: its row is deleted.',
    data: group({
      name: text('show how an alert is defined'),
      // Agents name them; the list of names is in `alert-configs.ts`.
      fields: map(text('show how an alert is defined', { mirror: 'count' }), plain('show how an alert is defined')),
    }),
  }),
  'alert-run': kind({
    ...alerts,
    logged: false,
    subject: 'space',
    mirrored: false,
    holds: 'on which nodes a change of an alert configuration was asked for, by whom, when, and how each ended',
    retention: 'a week after its start',
    retentionMs: days(7),
    erasure: 'It goes with the space and at the end of its week: its row is deleted.',
    data: group({
      documentId: text('know what is brought onto nodes'),
      action: oneOf(['apply', 'restore', 'check'], 'know what is done on nodes'),
      version: nullable(number('know what is brought onto nodes')),
      nodeIds: list(nodeId('know on which nodes')),
      by: personId('do it with the rights of who asked'),
      startedAtMs: time('show when it began'),
      results: optional(
        list(
          group({
            nodeId: nodeId('show what became of each node'),
            viaNodeId: nullable(nodeId('show whose agent evaluates the alerts of a node')),
            state: oneOf(['waiting', 'running', 'done', 'failed'], 'show what became of each node'),
            status: nullable(number('show what became of each node')),
            problem: nullable(text('show what became of each node')),
          }),
        ),
      ),
    }),
  }),
  'alert-document': kind({
    ...alerts,
    subject: 'space',
    mirrored: true,
    holds: 'versions of an alert configuration, who made them and when, on which nodes it runs',
    retention: 'until it was deleted for 90 days, or as many as the space set, or until the space is deleted',
    erasure: goesWithSpace,
    data: either(
      group({
        name: text('find the alert that it defines'),
        versions: list(
          group({
            version: number('tell versions apart', same),
            atMs: time('show when a version was made', same),
            by: personId('show who made a version', pseudonym),
            note: text('show why a version was made', bySpace),
          }),
        ),
        runIds: list(text('keep it while it is brought onto nodes')),
        deletedAtMs: optional(time('purge it when it can no longer be restored', same)),
      }),
      group({
        wanted: nullable(number(applies, same)),
        applied: nullable(number(applies, same)),
        state: oneOf(['applied', 'waiting', 'failed', 'drifted', 'restored'], applies, same),
        problem: nullable(text('show why a node does not run it')),
        atMs: time('show when a node was asked last', same),
        by: personId('do it with the rights of who asked', pseudonym),
        runId: text('show with which run it came'),
        wishedAtMs: time('give up after 30 days', same),
        status: nullable(number('show how the agent answered', same)),
        original: oneOf(['none', 'was', 'was-not'], 'take a change of ours back', same),
      }),
    ),
    blob: packed('bring alerts onto nodes, and take changes back', 'space'),
    inBlob: either(
      group({
        original: optional(alertDocument()),
        applied: optional(alertDocument()),
        wanted: optional(alertDocument()),
      }),
      map(text('find the text of a version'), alertDocument()),
    ),
  }),
  silence: kind({
    ...alerts,
    subject: 'space',
    mirrored: true,
    holds: 'what is silenced, when, by whom and for whom',
    retention:
      'until it, its person’s account or the space is deleted, and 90 days or as many as the space set after that; until its end where it was made so',
    erasure: goesWithSpace,
    data: group({
      name: text('call the silence what its maker calls it', bySpace),
      personId: nullable(personId('keep quiet only what this person gets', pseudonym)),
      roomIds: list(text('know what the silence keeps quiet', pseudonym)),
      nodeIds: list(nodeId('know what the silence keeps quiet', pseudonym)),
      hostLabels: map(text('know what the silence keeps quiet', { mirror: 'count' }), text('know what the silence keeps quiet')),
      alertNames: pattern(),
      alertContexts: pattern(),
      alertInstances: pattern(),
      alertRoles: pattern(),
      integrationIds: pattern(),
      severities: list(oneOf(silenceSeverities, 'know what the silence keeps quiet', same)),
      startsAtMs: time('know when it is quiet', same),
      endsAtMs: nullable(time('know when it is quiet', same)),
      rrule: nullable(text('know when it is quiet')),
      timeZone: nullable(text('know when it is quiet')),
      deletesOnEnd: flag('delete it at its end', same),
      isDisabled: flag('keep a silence that is switched off', same),
      createdBy: personId('show who made it', pseudonym),
      createdAtMs: time('show when it was made', same),
      changedAtMs: time('show when it was changed', same),
      deletedAtMs: optional(time('purge it when it can no longer be restored', same)),
    }),
  }),
  'reach-settings': kind({
    ...alerts,
    subject: 'space',
    mirrored: true,
    holds: 'after how long and how nodes that are out of reach are told of, by room',
    retention: withSpace,
    erasure: 'It goes with the space: its row is deleted.',
    data: group({
      rows: list(
        group({
          settingId: text('tell a setting from another one'),
          roomId: nullable(text('know for which room it counts', pseudonym)),
          delayS: nullable(number('tell of a node only when it is away for good', same)),
          isOn: flag('tell of nothing where nobody wants it', same),
        }),
      ),
    }),
  }),
}

import { topologyActions, unheardReasons } from '../../../src/domain/feed.ts'
import { ruleOperators } from '../../../src/domain/model.ts'
import { bit, flag, group, list, map, mark, nullable, number, oneOf, optional, text, tuple } from './field.ts'
import { days, kind } from './kind-facts.ts'
import { count, nodeId, pseudonym, same, spaceId, time } from './words.ts'

const ofNode = { class: 'node', subject: 'node', logged: true } as const
const withNode = 'until the node is removed or the space deleted'
const goesWithNode = 'It goes with the node and with the space: its row is deleted.'
const fact = (purpose: string, differs = {}) => text(purpose, differs)
const showHost = 'show what host it is, and put it into rooms by rules'
/** Name, version, and whether it is on. */
const capability = () =>
  tuple(
    ['name', text('ask an agent only what it can answer')],
    ['version', number('ask an agent in the form it knows')],
    ['enabled', bit('ask an agent only what is switched on')],
  )

/** What is kept of nodes, their claims, and the rooms they are in. */
export const nodeKinds = {
  room: kind({
    ...ofNode,
    subject: 'space',
    mirrored: true,
    holds: 'name, description, members and rules of a room',
    retention: 'until it was deleted for 90 days, or as many as the space set, or until the space is deleted',
    erasure: 'It goes with the space: its row is deleted. A person who leaves is struck out of its members.',
    data: group({
      // Read with every list of nodes, up to 500 of them: they lie there unsealed, and no word of theirs is in the mirror.
      name: text('call the room what its people call it'),
      isAllNodes: flag('know the room that has every node', same),
      createdAtMs: time('say since when there is this room', same),
      description: optional(text('say what the room is for')),
      deletedAtMs: optional(time('purge it when it can no longer be restored', same)),
      memberIds: optional(list(text('know who may see its nodes', pseudonym))),
      rules: optional(
        list(
          group({
            ruleId: text('tell a rule from another one'),
            action: oneOf(['INCLUDE', 'EXCLUDE'], 'put nodes in by what they say of themselves', same),
            description: text('say what the rule is for'),
            clauses: list(
              tuple(
                ['label', text('put nodes in by what they say of themselves')],
                ['operator', oneOf(ruleOperators, 'put nodes in by what they say of themselves')],
                ['value', text('put nodes in by what they say of themselves')],
                ['negate', bit('put nodes in by what they do not say of themselves')],
              ),
            ),
          }),
        ),
      ),
    }),
  }),
  node: kind({
    ...ofNode,
    mirrored: true,
    holds: 'hostname, operating system facts, labels, abilities and rooms of a node',
    retention: withNode,
    erasure: goesWithNode,
    data: group({
      machineGuid: text('know the machine when it is claimed again', pseudonym),
      // A list of nodes may cost 1.5 ms: what it shows of a thousand of them lies there unsealed. The mirror gets a keyed hash of names alone.
      hostname: fact('show which host it is', pseudonym),
      roomIds: list(text('show a node in the rooms it was put into', pseudonym)),
      createdAtMs: time('say since when there is this node', same),
      lastSeenAtMs: optional(time('show when an offline node was last there', same)),
      instances: list(
        tuple(
          ['claimId', text('know through which agent a node can be asked', pseudonym)],
          ['hops', number('prefer the agent that is nearest', same)],
          ['capabilities', list(capability())],
        ),
      ),
      info: optional(
        group({
          hostname: fact('show which host it is', pseudonym),
          os: fact(showHost, same),
          osName: fact(showHost, same),
          osVersion: fact(showHost, same),
          kernelName: fact(showHost, same),
          kernelVersion: fact(showHost),
          architecture: fact(showHost, same),
          cpus: number(showHost, same),
          cpuFrequencyHz: fact(showHost),
          memoryBytes: fact(showHost, same),
          diskSpaceBytes: fact(showHost, same),
          agentVersion: fact('ask an agent in the form it knows, and show what is old', same),
          releaseChannel: fact(showHost, same),
          timezone: fact('show times as the host has them'),
          virtualization: fact(showHost, same),
          container: fact(showHost, same),
          isChild: flag('tell hosts that stream to a parent from others', same),
          labels: map(
            text('put nodes into rooms by rules, filter and group them', count),
            text('put nodes into rooms by rules, filter and group them'),
          ),
          capabilities: list(capability()),
        }),
      ),
      collectors: optional(
        list(tuple(['plugin', text('show what collects on the host', count)], ['module', text('show what collects on the host')])),
      ),
    }),
  }),
  'machine-guid': kind({
    ...ofNode,
    mirrored: false,
    holds: 'which node a machine guid is, in one space',
    retention: 'until a day after the node is removed, or until the space is deleted',
    erasure: goesWithNode,
    data: group({
      nodeId: nodeId('know the machine when it is claimed again'),
      claims: list(text('retire the older claims of the same machine')),
      isRemoved: mark('let no parent bring a removed node back at once'),
    }),
  }),
  claim: kind({
    ...ofNode,
    mirrored: true,
    holds: 'public key, machine guid and rooms of a claim',
    retention: 'until the node is removed, or the machine claimed anew, and then 400 days',
    erasure: 'When its node goes, key, hostname and rooms are struck out of it; the ids that are left go after 400 days.',
    data: group({
      spaceId: spaceId('know whose agent it is', pseudonym),
      nodeId: nodeId('know which node an agent is', pseudonym),
      machineGuid: text('know the machine when it is claimed again', pseudonym),
      hostname: text('name a node before its agent tells of itself', pseudonym),
      publicKeyPem: text('let in only the agent that was claimed'),
      roomIds: list(text('put the node into rooms that its claim named', pseudonym)),
      claimedAtMs: time('show when it was claimed', same),
      state: oneOf(['active', 'superseded', 'removed'], 'let in only the newest claim of a machine', same),
    }),
  }),
  'node-tale': kind({
    ...ofNode,
    logged: false,
    inBackup: false,
    mirrored: false,
    holds: 'which state of a node and of its links the feed told last',
    retention: withNode,
    erasure: goesWithNode,
    data: group({
      state: optional(oneOf(['live', 'stale', 'offline', 'unseen'], 'tell nothing twice after a restart')),
      links: optional(map(text('tell nothing twice after a restart'), bit('tell nothing twice after a restart'))),
      last: list(
        tuple(
          ['eventId', text('tell the same event once')],
          ['action', oneOf(topologyActions, 'bring an event into the feed that a crash kept out')],
          ['atMs', time('bring an event into the feed that a crash kept out')],
          ['claimId', nullable(text('bring an event into the feed that a crash kept out'))],
        ),
      ),
    }),
  }),
  'feed-event': kind({
    ...ofNode,
    logged: false,
    mirrored: false,
    holds: 'which node or alert changed to which state and when, without values',
    retention: '30 days, or as many as the operator set, up to 365',
    retentionMs: days(365),
    erasure: 'It goes with the space and at the end of its days: its row is deleted.',
    data: group({
      action: oneOf([...topologyActions, 'alert-node-transition'], 'tell what happened'),
      nodeId: nodeId('tell where it happened'),
      hostname: nullable(text('tell where it happened after the node is gone')),
      claimId: optional(nullable(text('tell through which agent'))),
      alert: optional(
        group({
          chart: text('tell which alert it was'),
          name: text('tell which alert it was'),
          context: text('tell which alert it was'),
          status: text('tell what the alert became'),
          oldStatus: text('tell what the alert was before'),
          whenS: number('tell when it happened; seconds'),
          configHash: nullable(text('show how the alert is defined')),
          transitionId: nullable(text('find the change at the agent')),
        }),
      ),
      unheard: optional(oneOf(unheardReasons, 'find alerts that reach nobody')),
    }),
  }),
  'egress-manifest': kind({
    ...ofNode,
    mirrored: false,
    holds: 'which fields the owner of an agent allowed to leave, and when',
    retention: withNode,
    erasure: goesWithNode,
    data: group({
      claimId: text('know which claim said it'),
      version: number('say which list it was'),
      hash: text('tell one list from another'),
      fields: map(text('refuse what its owner did not allow to leave'), list(text('refuse what its owner did not allow to leave'))),
      confirmedAtMs: time('say since when its owner allows it'),
      by: oneOf(['terminal', 'flag', 'this-host', 'earlier-claim'], 'say how its owner allowed it'),
      pending: list(text('say what waits for the word of its owner')),
      toldAtMs: time('say since when it holds here'),
    }),
  }),
}

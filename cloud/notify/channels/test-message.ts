import { randomUUID } from 'node:crypto'
import type { NodeId, SpaceId } from '../../../src/domain/ids.ts'
import type { Message, MessageItem } from '../ports.ts'

export const testKinds = ['alert', 'clear', 'reach'] as const
export type TestKind = (typeof testKinds)[number]

/** A node that is none: incidents that a test opens are closed by a test, and touch no real one. */
const nodeId = '00000000-0000-4000-8000-000000000000' as NodeId

/** A message that says it is a test: an alert that is raised, the same when it clears, or a node out of reach. */
export function testMessage(
  kind: TestKind,
  where: { readonly spaceId: SpaceId; readonly spaceName: string; readonly url: string },
  nowMs: number,
): Message {
  const newsId = randomUUID().replaceAll('-', '')
  const item: MessageItem =
    kind === 'reach'
      ? {
          kind: 'reach',
          newsId,
          nodeIds: [nodeId],
          hostnames: ['test-node'],
          parentHostname: undefined,
          state: 'unreachable',
          sinceMs: nowMs,
        }
      : {
          kind: 'alert',
          newsId,
          nodeId,
          hostname: 'test-node',
          chart: 'throughline.test',
          name: 'test_alert',
          context: 'throughline.test',
          status: kind === 'clear' ? 'clear' : 'warning',
          oldStatus: kind === 'clear' ? 'warning' : 'clear',
          whenS: Math.floor(nowMs / 1_000),
          transitionId: undefined,
          configHash: undefined,
          summary: 'A test of this channel; nothing happened',
          info: 'Somebody pressed the test button of this channel.',
          units: '',
          className: 'Test',
          isRepeat: false,
        }
  return { messageId: randomUUID(), kind: 'test', ...where, roomNames: [], items: [item], omitted: 0, createdAtMs: nowMs }
}

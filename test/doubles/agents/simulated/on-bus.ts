import type { AgentQuestion } from '../../../../src/aclk/query/request.ts'
import { Ephemeral } from '../../../../src/domain/ephemeral.ts'
import type { ClaimId, NodeId, SpaceId } from '../../../../src/domain/ids.ts'
import { ThroughlineError } from '../../../../src/errors/throughline-error.ts'
import type { Bus } from '../../../../cloud/bus/port.ts'
import { capabilitiesOf } from '../fake-agent.ts'
import { createAnswers } from './answers.ts'
import type { HeldHost } from './data-v2.ts'

/** A simulated agent straight on the bus, with the questions it was asked. */
export interface AgentOnBus {
  readonly asked: AgentQuestion[]
  /** What one of its hosts answers, asked past the bus. */
  ask(nodeId: NodeId, target: string): unknown
  disconnect(): void
}

/** Serves these hosts as one agent would; every question is answered at once, with values of `nowS`. */
export function serveSimulatedAgent(
  bus: Bus,
  generation: keyof typeof capabilitiesOf,
  hosts: readonly HeldHost[],
  nowS: () => number,
): AgentOnBus {
  const answer = createAnswers(() => hosts, nowS)
  const asked: AgentQuestion[] = []
  const answerTo = (nodeId: string, { target, asker, body, method }: Pick<AgentQuestion, 'target' | 'asker' | 'body' | 'method'>) =>
    answer({
      messageId: 'm',
      callbackTopic: '/t',
      timeoutMs: 0,
      method,
      target: `/node/${nodeId}${target}`,
      acceptsGzip: false,
      headers: new Map(asker === undefined ? [] : [['x-netdata-permissions', String(asker.permissions)]]),
      bodyText: body?.text ?? '',
    })
  const withdrawals = hosts.map(({ nodeId, machineGuid }) => {
    const route = {
      spaceId: 'space' as SpaceId,
      nodeId: nodeId as NodeId,
      claimId: `claim-of-${hosts[0]?.machineGuid ?? machineGuid}` as ClaimId,
      hops: 0,
      connectedAtMs: 0,
      capabilities: capabilitiesOf[generation],
    }
    return bus.serve(route, async (question, signal) => {
      if (signal.aborted) throw new ThroughlineError('CANCELLED', 'Nobody waits.')
      asked.push(question)
      const { httpStatus, body, isGzip } = answerTo(nodeId, question)
      return { httpStatus, isGzip, body: new Ephemeral(body) }
    })
  })
  return {
    asked,
    ask: (nodeId, target) => JSON.parse(Buffer.from(answerTo(nodeId, { target, method: 'GET' }).body).toString('utf8')) as unknown,
    disconnect: () => {
      for (const withdraw of withdrawals) withdraw()
    },
  }
}

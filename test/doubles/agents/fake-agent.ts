import { Ephemeral } from '../../../src/domain/ephemeral.ts'
import type { ClaimId, NodeId, SpaceId } from '../../../src/domain/ids.ts'
import type { Capability } from '../../../src/domain/model.ts'
import type { AgentQuestion } from '../../../src/aclk/query/request.ts'
import { ThroughlineError } from '../../../src/errors/throughline-error.ts'
import type { ErrorCode } from '../../../src/errors/throughline-error.ts'
import type { AgentAnswer, Bus } from '../../../cloud/bus/port.ts'

/** A question that waits for a test to answer it. */
export interface OpenQuestion {
  readonly question: AgentQuestion
  readonly signal: AbortSignal
  answer(body?: string | Uint8Array, head?: { httpStatus?: number; isGzip?: boolean }): void
  fail(code: ErrorCode): void
}

export interface FakeAgent {
  /** Every question so far, answered or not. */
  readonly asked: OpenQuestion[]
  /** Resolves with the question number `index` as soon as it is asked. */
  question(index: number): Promise<OpenQuestion>
  /** From now on answers at once with this. */
  answerAlways(body: string | Uint8Array, head?: { httpStatus?: number; isGzip?: boolean }): void
  disconnect(): void
}

const on = (name: string, version: number): Capability => ({ name, version, enabled: true })

/** What node instances of the three generations announce (aclk §6.2): 1.37, 1.42, 1.47 and 2.x. */
export const capabilitiesOf = {
  A: [on('ctx', 1), on('funcs', 1)],
  B: [on('ctx', 1), on('funcs', 1), on('http_api_v2', 6), on('health', 1), on('req_cancel', 1)],
  'B with config': [on('ctx', 1), on('funcs', 1), on('http_api_v2', 6), on('health', 2), on('req_cancel', 1), on('dyncfg', 2)],
  C: [on('ctx', 1), on('funcs', 1), on('http_api_v2', 7), on('health', 2), on('req_cancel', 1), on('dyncfg', 2)],
} as const satisfies Record<string, readonly Capability[]>

/** An agent on the bus that answers when told; cancelled questions reject as the gateway's do. */
export function serveFakeAgent(
  bus: Bus,
  nodeId: NodeId,
  claimId = 'claim' as ClaimId,
  generation: keyof typeof capabilitiesOf = 'A',
): FakeAgent {
  const asked: OpenQuestion[] = []
  const waiting: { readonly index: number; readonly resolve: (question: OpenQuestion) => void }[] = []
  let always: (() => AgentAnswer) | undefined
  const disconnect = bus.serve(
    { spaceId: 'space' as SpaceId, nodeId, claimId, hops: 0, connectedAtMs: 0, capabilities: capabilitiesOf[generation] },
    (question, signal) =>
      new Promise<AgentAnswer>((resolve, reject) => {
        const fail = (code: ErrorCode) => reject(new ThroughlineError(code, 'The agent double was told to fail.'))
        const open: OpenQuestion = { question, signal, answer: (body, head) => resolve(answerOf(body, head)), fail }
        asked.push(open)
        for (const { index, resolve } of waiting) if (index === asked.length - 1) resolve(open)
        signal.addEventListener('abort', () => fail('CANCELLED'))
        if (always) resolve(always())
      }),
  )
  return {
    asked,
    question: (index) => {
      const known = asked[index]
      return known ? Promise.resolve(known) : new Promise((resolve) => void waiting.push({ index, resolve }))
    },
    answerAlways(body, head) {
      always = () => answerOf(body, head)
    },
    disconnect,
  }
}

function answerOf(body: string | Uint8Array = '', head: { httpStatus?: number; isGzip?: boolean } = {}): AgentAnswer {
  const bytes = typeof body === 'string' ? new TextEncoder().encode(body) : body
  return { httpStatus: head.httpStatus ?? 200, isGzip: head.isGzip ?? false, body: new Ephemeral(bytes) }
}

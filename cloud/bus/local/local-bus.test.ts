import { expect, it } from 'vitest'
import type { AgentQuestion } from '../../../src/aclk/query/request.ts'
import { Ephemeral } from '../../../src/domain/ephemeral.ts'
import type { ClaimId, NodeId, SpaceId } from '../../../src/domain/ids.ts'
import type { AskAgent, NodeRoute } from '../port.ts'
import { createLocalBus } from './local-bus.ts'

const question: AgentQuestion = { method: 'GET', target: '/api/v1/info', timeoutMs: 1_000 }
const nodeId = 'node-a' as NodeId

function route(claimId: string, hops = 0, connectedAtMs = 0): NodeRoute {
  return { spaceId: 'space' as SpaceId, nodeId, claimId: claimId as ClaimId, hops, connectedAtMs, capabilities: [] }
}

function answering(name: string, asked: string[] = []): AskAgent {
  return async ({ target }) => {
    asked.push(`${name} ${target}`)
    return { httpStatus: 200, isGzip: false, body: new Ephemeral(new Uint8Array()) }
  }
}

it('[BU1] gives a question to the nearest route, then to the newest', async () => {
  const bus = createLocalBus()
  const asked: string[] = []
  bus.serve(route('far', 2, 50), answering('far', asked))
  bus.serve(route('old', 1, 10), answering('old', asked))
  bus.serve(route('new', 1, 20), answering('new', asked))

  await bus.ask(nodeId, question, new AbortController().signal)

  expect(asked).toEqual(['new /api/v1/info'])
  expect(bus.route(nodeId)).toEqual(route('new', 1, 20))
})

it('[BU2] refuses with AGENT_UNREACHABLE when nothing serves the node', async () => {
  const bus = createLocalBus()
  const stop = bus.serve(route('only'), answering('only'))
  stop()
  await expect(bus.ask(nodeId, question, new AbortController().signal)).rejects.toMatchObject({ code: 'AGENT_UNREACHABLE' })
  expect(bus.route(nodeId)).toBeUndefined()
})

it('[BU3] a second offer of the same claim replaces the first, and withdrawing the first then changes nothing', async () => {
  const bus = createLocalBus()
  const asked: string[] = []
  const stopFirst = bus.serve(route('claim', 0, 1), answering('first', asked))
  bus.serve(route('claim', 0, 2), answering('second', asked))
  stopFirst()
  stopFirst()

  await bus.ask(nodeId, question, new AbortController().signal)

  expect(asked).toEqual(['second /api/v1/info'])
})

it('[BU4] a question whose signal is already aborted never reaches an agent', async () => {
  const bus = createLocalBus()
  const asked: string[] = []
  bus.serve(route('claim'), answering('agent', asked))
  await expect(bus.ask(nodeId, question, AbortSignal.abort())).rejects.toMatchObject({ code: 'CANCELLED' })
  expect(asked).toEqual([])
})

it('[BU5] withdrawing the best route leaves the next one', () => {
  const bus = createLocalBus()
  const stop = bus.serve(route('near', 0), answering('near'))
  bus.serve(route('far', 1), answering('far'))
  stop()
  expect(bus.route(nodeId)?.claimId).toBe('far')
})

import { expect, it } from 'vitest'
import type { AgentQuestion } from '../../../src/aclk/query/request.ts'
import { Ephemeral } from '../../../src/domain/ephemeral.ts'
import type { ClaimId, NodeId, SpaceId } from '../../../src/domain/ids.ts'
import { ThroughlineError } from '../../../src/errors/throughline-error.ts'
import type { AskAgent, NodeRoute } from '../port.ts'
import { questionKind } from '../question-kind.ts'
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

const never = () => new AbortController().signal
const data: AgentQuestion = { method: 'GET', target: '/api/v1/data?context=system.cpu', timeoutMs: 1_000 }
const call: AgentQuestion = { method: 'GET', target: '/api/v1/function?function=processes', timeoutMs: 1_000 }

function unreachable(name: string, asked: string[]): AskAgent {
  return async ({ target }) => {
    asked.push(`${name} ${target}`)
    throw new ThroughlineError('AGENT_UNREACHABLE', 'The link is gone.')
  }
}

it('[BU101] data comes from the longest history, functions and the rest from the fewest hops', () => {
  const bus = createLocalBus()
  bus.serve({ ...route('own', 0), historyFromS: 1_700_500_000 }, answering('own'))
  bus.serve({ ...route('near', 1), historyFromS: 1_700_000_000 }, answering('near'))
  bus.serve({ ...route('far', 2), historyFromS: 1_700_000_000 - 600 }, answering('far'))
  bus.serve(route('unknown', 1, 99), answering('unknown'))
  expect((['data', 'function', 'config', 'other'] as const).map((kind) => bus.route(nodeId, kind)?.claimId)).toEqual([
    'near',
    'own',
    'own',
    'own',
  ])
})

it('[BU101] histories that differ by less than an hour are equal, and unknown ones the shortest', () => {
  const bus = createLocalBus()
  bus.serve({ ...route('parent', 1), historyFromS: 1_700_000_000 }, answering('parent'))
  const stop = bus.serve({ ...route('own', 0), historyFromS: 1_700_003_600 }, answering('own'))
  expect(bus.route(nodeId, 'data')?.claimId).toBe('own')
  stop()
  bus.serve(route('own', 0), answering('own'))
  expect(bus.route(nodeId, 'data')?.claimId).toBe('parent')
})

it('[BU102] a route through which data flows goes before one that only answers for the past, whatever its history and hops', () => {
  const bus = createLocalBus()
  bus.serve({ ...route('past', 0), isLive: false, historyFromS: 1 }, answering('past'))
  bus.serve({ ...route('live', 3), isLive: true }, answering('live'))
  expect((['data', 'function', 'other'] as const).map((kind) => bus.route(nodeId, kind)?.claimId)).toEqual(['live', 'live', 'live'])
})

it('[BU103] functions and configuration go to a route that has the ability, if there is one', () => {
  const bus = createLocalBus()
  const able = [
    { name: 'funcs', version: 1, enabled: true },
    { name: 'dyncfg', version: 2, enabled: true },
  ]
  bus.serve(route('own', 0), answering('own'))
  expect(bus.route(nodeId, 'function')?.claimId).toBe('own')
  bus.serve({ ...route('parent', 1), capabilities: able }, answering('parent'))
  expect((['function', 'config', 'other'] as const).map((kind) => bus.route(nodeId, kind)?.claimId)).toEqual(['parent', 'parent', 'own'])
})

it('[BU104] a question whose route turns out to be gone is asked through the next at once, each route once', async () => {
  const bus = createLocalBus()
  const asked: string[] = []
  bus.serve(route('a', 0), unreachable('a', asked))
  bus.serve(route('b', 1), unreachable('b', asked))
  bus.serve(route('c', 2), answering('c', asked))
  await expect(bus.ask(nodeId, data, never())).resolves.toMatchObject({ httpStatus: 200 })
  expect(asked).toEqual([`a ${data.target}`, `b ${data.target}`, `c ${data.target}`])
  bus.serve(route('c', 2), unreachable('c', asked))
  await expect(bus.ask(nodeId, call, never())).rejects.toMatchObject({ code: 'AGENT_UNREACHABLE' })
  expect(asked.slice(3)).toEqual([`a ${call.target}`, `b ${call.target}`, `c ${call.target}`])
})

it('[BU105] an agent that does not answer in time, or refuses, is not asked again elsewhere', async () => {
  const bus = createLocalBus()
  const asked: string[] = []
  bus.serve(route('a', 0), async () => {
    throw new ThroughlineError('AGENT_TIMEOUT', 'The agent did not answer in time.')
  })
  bus.serve(route('b', 1), answering('b', asked))
  await expect(bus.ask(nodeId, data, never())).rejects.toMatchObject({ code: 'AGENT_TIMEOUT' })
  expect(asked).toEqual([])
})

it.each([
  { method: 'GET', target: '/api/v1/config?action=disable&id=x' },
  { method: 'POST', target: '/api/v3/function?function=x' },
] as const)('[BU106] what may change something is asked once: $method $target', async ({ method, target }) => {
  const bus = createLocalBus()
  const asked: string[] = []
  bus.serve(route('a', 0), unreachable('a', asked))
  bus.serve(route('b', 1), answering('b', asked))
  await expect(bus.ask(nodeId, { method, target, timeoutMs: 1 }, never())).rejects.toMatchObject({ code: 'AGENT_UNREACHABLE' })
  expect(asked).toEqual([`a ${target}`])
})

it('[BU107] of two machines that were copied, the one that was claimed later is asked', () => {
  const bus = createLocalBus()
  bus.serve({ ...route('older', 0, 99), isDouble: true, historyFromS: 1 }, answering('older'))
  const stop = bus.serve(route('newer', 0, 1), answering('newer'))
  expect(bus.route(nodeId, 'data')?.claimId).toBe('newer')
  stop()
  expect(bus.route(nodeId, 'data')?.claimId).toBe('older')
})

it.each([
  ['/api/v1/data?context=system.cpu', 'data'],
  ['/api/v3/data', 'data'],
  ['/api/v1/contexts?options=charts', 'data'],
  ['/api/v1/weights?after=-60', 'data'],
  ['/api/v1/function?function=processes', 'function'],
  ['/api/v1/functions', 'function'],
  ['/api/v1/config?action=tree', 'config'],
  ['/api/v1/info', 'other'],
  ['/api/v1/alarms?all', 'other'],
  ['/api/v1/datafile', 'other'],
] as const)('[BU101] %s is a question for %s', (target, kind) => {
  expect(questionKind({ target })).toBe(kind)
})

import { expect, it } from 'vitest'
import { decodeQuestion, encodeQuestion } from '../../src/aclk/query/request.ts'
import type { NodeId, PersonId } from '../../src/domain/ids.ts'
import { liveLimits } from '../../src/live/limits.ts'
import { parseFromBrowser } from '../../src/live/messages.ts'
import type { LiveQuestion } from '../../src/live/questions.ts'
import { capabilitiesOf } from '../../test/doubles/agents/fake-agent.ts'
import { createSeeded, seedsOf } from '../../test/doubles/seeded.ts'
import { askQuestion, deadlineMsOf } from './ask-question.ts'

const nodeId = '11111111-1111-4111-8111-111111111111' as NodeId
const asker = { role: 'manager', permissions: 0x67f, personId: 'person' as PersonId } as const
const build = (question: LiveQuestion, generation: keyof typeof capabilitiesOf) =>
  askQuestion(question, { nodeId, capabilities: capabilitiesOf[generation] }, asker)

const look = { role: 'manager', permissions: 0x67f }
const past = { kind: 'data', contexts: ['system.cpu', 'mem/ü'], afterS: -900, beforeS: 0, points: 450 } as const
const aggregated = {
  ...past,
  kind: 'data-v2',
  groupBy: ['dimension', 'label'],
  groupByLabels: ['device', 'mount_point'],
  aggregation: 'sum',
  timeGroup: 'max',
} as const

it.each([
  { question: { kind: 'info' }, target: '/api/v1/info' },
  { question: { kind: 'contexts' }, target: '/api/v1/contexts?options=charts,dimensions,labels' },
  { question: { kind: 'alerts' }, target: '/api/v1/alarms?all' },
  { question: { kind: 'functions' }, target: '/api/v1/functions' },
  {
    question: past,
    target:
      '/api/v1/data?context=system.cpu%7Cmem%2F%C3%BC&after=-900&before=0&points=450&group=average&format=json&options=jsonwrap,minify,unaligned&timeout=25000',
  },
  {
    question: { kind: 'data', contexts: ['system.cpu'], afterS: 1_700_000_000, beforeS: 1_700_000_600, points: 60 },
    target:
      '/api/v1/data?context=system.cpu&after=1700000000&before=1700000600&points=60&group=average&format=json&options=jsonwrap,minify&timeout=25000',
  },
] as const)('[RL20] turns $question.kind into one fixed target, the same for every generation', ({ question, target }) => {
  for (const generation of ['A', 'B', 'B with config', 'C'] as const) {
    const built = build(question, generation)
    expect(built).toEqual({ method: 'GET', target, timeoutMs: 28_000, ...(generation === 'A' ? {} : { asker: look }) })
    expect(() => encodeQuestion('id', '/cloud/reply/id', built)).not.toThrow()
  }
})

it('[RL20] [RL212] refuses a question about the past whose contexts do not fit one target', () => {
  const contexts = Array.from({ length: 200 }, (_, index) => `a.context.with.quite.a.long.name.of.fifty.letters_${index}`)
  const question = { kind: 'data', contexts, afterS: -60, beforeS: 0, points: 60 } as const
  expect(() => build(question, 'A')).toThrow(expect.objectContaining({ code: 'URL_TOO_LONG' }))
  // Agents from 1.39 on read eight times as much.
  expect(() => build(question, 'B')).not.toThrow()
  const long = { ...question, contexts: contexts.map((context) => `${context}${'ü'.repeat(60)}`) }
  expect(() => build(long, 'C')).toThrow(expect.objectContaining({ code: 'URL_TOO_LONG' }))
})

const scope = `scope_nodes=${nodeId}&scope_contexts=system.cpu%7Cmem%2F%C3%BC&contexts=system.cpu%7Cmem%2F%C3%BC`
const rest =
  'after=-900&before=0&points=450&time_group=max&group_by=dimension,label&group_by_label=device%7Cmount_point&aggregation=sum&format=json2&options=jsonwrap,minify,unaligned,minimal-stats&timeout=25000'

it('[RL101] aggregated data goes to the newest path the agent has, and never beyond the node', () => {
  expect(build(aggregated, 'B').target).toBe(`/api/v2/data?${scope}&${rest}`)
  expect(build(aggregated, 'C').target).toBe(`/api/v3/data?${scope}&${rest}`)
  const plain = build({ ...aggregated, groupBy: ['node', 'node'], groupByLabels: [] }, 'C').target
  expect([plain.includes('&group_by=node&aggregation='), plain.includes('group_by_label')]).toEqual([true, false])
})

it('[AP2] the history of an alert is asked at the newest path, for this node alone; its log on every agent', () => {
  const history = { kind: 'alert-transitions', name: 'disk space/usage', last: 50 } as const
  const asked = `scope_nodes=${nodeId}&alert=disk%20space%2Fusage&after=-2592000&last=50`
  expect(build(history, 'B').target).toBe(`/api/v2/alert_transitions?${asked}&options=minify&timeout=25000`)
  expect(build({ ...history, anchor: 77 }, 'C').target).toBe(`/api/v3/alert_transitions?${asked}&anchor_gi=77&options=minify&timeout=25000`)
  expect(() => build(history, 'A')).toThrow(expect.objectContaining({ code: 'AGENT_TOO_OLD' }))
  for (const generation of ['A', 'B', 'C'] as const) {
    expect(build({ kind: 'alert-log', chart: 'disk_space./' }, generation).target).toBe('/api/v1/alarm_log?chart=disk_space.%2F')
  }
})

it('[RL102] what an agent has no endpoint for is refused with AGENT_TOO_OLD', () => {
  const tree: LiveQuestion = { kind: 'config', action: 'tree', path: '/', timeoutS: 10 }
  for (const [question, generation] of [
    [aggregated, 'A'],
    [tree, 'A'],
    [tree, 'B'],
  ] as const) {
    expect(() => build(question, generation)).toThrow(expect.objectContaining({ code: 'AGENT_TOO_OLD' }))
  }
  expect(build(tree, 'B with config').target).toBe('/api/v1/config?action=tree&path=%2F&timeout=10')
})

it('[RL102] a node that is away from its parent cannot be configured, which is not its age', () => {
  const capabilities = [{ name: 'dyncfg', version: 2, enabled: false }]
  expect(() => askQuestion({ kind: 'config', action: 'tree', path: '/', timeoutS: 10 }, { nodeId, capabilities }, asker)).toThrow(
    expect.objectContaining({ code: 'AGENT_UNREACHABLE' }),
  )
})

it('[RL102] an agent without API v2 whose alerts can be configured is told who asks for that', () => {
  const capabilities = [{ name: 'dyncfg', version: 2, enabled: true }]
  const built = askQuestion({ kind: 'config', action: 'tree', path: '/', timeoutS: 10 }, { nodeId, capabilities }, asker)
  expect(built).toMatchObject({ method: 'GET', target: '/api/v1/config?action=tree&path=%2F&timeout=10', asker: look })
})

it('[RL102] a capability that is switched off is none', () => {
  const capabilities = [{ name: 'http_api_v2', version: 7, enabled: false }]
  expect(() => askQuestion(aggregated, { nodeId, capabilities }, asker)).toThrow(expect.objectContaining({ code: 'AGENT_TOO_OLD' }))
})

const journal: LiveQuestion = {
  kind: 'function',
  name: 'systemd-journal',
  args: [
    { key: 'info' },
    { key: 'last', value: 200 },
    { key: 'data_only', value: true },
    { key: 'source', value: ['all', 'system+x'] },
    { key: 'query', value: 'a=b|c%' },
  ],
  timeoutS: 25,
}

it('[RL103] a function is called with its arguments as one value, in seconds, on the newest path', () => {
  const call = 'systemd-journal%20info%20last%3A200%20data_only%3Atrue%20source%3Aall%2Csystem%2Bx%20query%3Aa%3Db%7Cc%25&timeout=25'
  expect(build(journal, 'A')).toEqual({ method: 'GET', target: `/api/v1/function?function=${call}`, timeoutMs: 25_000, asker: look })
  expect(build(journal, 'B').target).toBe(`/api/v1/function?function=${call}`)
  expect(build(journal, 'C')).toEqual({ method: 'GET', target: `/api/v3/function?function=${call}`, timeoutMs: 25_000, asker: look })
})

const item = { kind: 'config', id: 'health:alert:prototype:10/min+x', timeoutS: 30 } as const
const id = 'id=health%3Aalert%3Aprototype%3A10%2Fmin%2Bx'
const changer = { ...look, accountId: 'person', userName: 'Throughline manager' }

it.each([
  { question: { ...item, action: 'get' }, query: `action=get&${id}`, who: look },
  { question: { ...item, action: 'schema' }, query: `action=schema&${id}`, who: look },
  { question: { ...item, action: 'enable' }, query: `action=enable&${id}`, who: changer },
  { question: { ...item, action: 'disable' }, query: `action=disable&${id}`, who: changer },
  { question: { ...item, action: 'remove' }, query: `action=remove&${id}`, who: changer },
] as const)('[RL105] $question.action is a GET without body', ({ question, query, who }) => {
  expect(build(question, 'C')).toEqual({ method: 'GET', target: `/api/v1/config?${query}&timeout=30`, timeoutMs: 30_000, asker: who })
})

it('[RL105] an agent with configuration and no API v2, as ours, is told who asks too: it checks the rights itself', () => {
  const capabilities = [...capabilitiesOf.A, { name: 'dyncfg', version: 2, enabled: true }]
  expect(askQuestion({ ...item, action: 'get' }, { nodeId, capabilities }, asker).asker).toEqual(look)
})

it.each([
  { question: { ...item, action: 'update', body: '{"a":"é"}' }, query: `action=update&${id}`, who: changer },
  {
    question: { ...item, action: 'add', name: 'new one'.replace(' ', '_'), body: '{}' },
    query: `action=add&${id}&name=new_one`,
    who: changer,
  },
  { question: { ...item, action: 'test', body: '{}' }, query: `action=test&${id}`, who: changer },
  { question: { ...item, action: 'userconfig', name: 'x', body: '{}' }, query: `action=userconfig&${id}&name=x`, who: look },
] as const)('[RL105] $question.action posts the document untouched', ({ question, query, who }) => {
  expect(build(question, 'C')).toEqual({
    method: 'POST',
    target: `/api/v1/config?${query}&timeout=30`,
    timeoutMs: 30_000,
    asker: who,
    body: { contentType: 'application/json', text: question.body },
  })
})

it('[RL106] the agent stops first, then its queue, then we', () => {
  for (const question of [past, aggregated, journal, { ...item, action: 'get' }] as const) {
    const { target, timeoutMs } = build(question, 'C')
    const given = Number(/timeout=(\d+)$/.exec(target)?.[1])
    const workMs = question.kind === 'data' || question.kind === 'data-v2' ? given : given * 1_000
    expect(workMs).toBeLessThanOrEqual(timeoutMs)
    expect(timeoutMs).toBeLessThan(deadlineMsOf(question))
  }
  expect(deadlineMsOf(journal)).toBe(30_000)
  expect(deadlineMsOf({ kind: 'info' })).toBe(liveLimits.askTimeoutMs)
})

const [seed = 0] = seedsOf(1)

it(`[RL118] whatever the protocol accepts arrives at an agent as exactly the parts that were asked (FUZZ_SEED=${seed})`, () => {
  const random = createSeeded(seed)
  const letters = [...'ab:./-_+%,|*!~@$^()[]{};<>=&?#"\'\\ \t\r\n'.split(''), 'é', '日', '\u{1f600}', '\u0000', '\ud800', '%26', '%0d%0a']
  const text = () => Array.from({ length: 1 + random.below(6) }, () => random.pick(letters)).join('')
  let accepted = 0
  for (let round = 0; round < 4_000; round++) {
    const [one, two] = [text(), text()]
    const isConfig = random.chance(0.5)
    const question = isConfig
      ? { kind: 'config', action: 'userconfig', id: one, name: two, body: '{}', timeoutS: 10 }
      : { kind: 'function', name: 'x', args: [{ key: 'a', value: one }, { key: 'b' }, { key: 'c', value: [two] }], timeoutS: 10 }
    const message = parseFromBrowser(JSON.stringify({ type: 'ask', id: 1, nodeId, question }))
    if (message?.type !== 'ask') continue
    accepted++
    const built = build(message.question, 'C')
    const received = decodeQuestion(encodeQuestion('m', '/r/m', built))
    expect(received?.target).toBe(built.target)
    // As agents read it: decoded first, then split (agent-api §2.4).
    const parameters = decodeURIComponent((received?.target ?? '').split('?')[1] ?? '').split('&')
    expect(parameters).toEqual(
      isConfig ? ['action=userconfig', `id=${one}`, `name=${two}`, 'timeout=10'] : [`function=x a:${one} b c:${two}`, 'timeout=10'],
    )
  }
  expect(accepted).toBeGreaterThan(100)
})

it(`[RL118] whatever filters the protocol accepts arrive at an agent as exactly the parts that were asked (FUZZ_SEED=${seed})`, () => {
  const random = createSeeded(seed)
  const letters = [...'ab:./-_+%,|*!~@$^()[]{};<>=&?#"\'\\ \t\r\n'.split(''), 'é', '日', '\u{1f600}', '\u0000', '\ud800', '%26', '%0d%0a']
  const text = () => Array.from({ length: 1 + random.below(6) }, () => random.pick(letters)).join('')
  let accepted = 0
  for (let round = 0; round < 4_000; round++) {
    // One strange text at a time: of four hardly any question would pass.
    const at = random.below(4)
    const [instance = '', dimension = '', key = '', value = ''] = ['one', 'two', 'three', 'four'].map((plain, index) =>
      index === at ? text() : plain,
    )
    const asked = { ...aggregated, instances: [instance, 'i'], dimensions: [dimension], labels: [{ key, value }] }
    const message = parseFromBrowser(JSON.stringify({ type: 'ask', id: 1, nodeId, question: asked }))
    if (message?.type !== 'ask') continue
    accepted++
    const received = decodeQuestion(encodeQuestion('m', '/r/m', build(message.question, 'C')))
    const parameters = decodeURIComponent((received?.target ?? '').split('?')[1] ?? '').split('&')
    expect(parameters.slice(3, 6)).toEqual([`instances=${instance}|i`, `dimensions=${dimension}`, `labels=${key}:${value}`])
    expect(parameters).toHaveLength(16)
  }
  expect(accepted).toBeGreaterThan(20)
})

import { inspect } from 'node:util'
import { gzipSync } from 'node:zlib'
import { expect, it } from 'vitest'
import { createConfigureBench, until } from '../../test/doubles/benches/configure-bench.ts'
import { alertDocument, dyncfgCapabilities } from '../../test/doubles/agents/dyncfg-agent.ts'
import { newUuid } from '../../test/doubles/agents/metadata-agents.ts'
import { Ephemeral } from '../../src/domain/ephemeral.ts'
import type { ClaimId, NodeId } from '../../src/domain/ids.ts'
import { configureLimits } from './limits.ts'
import { openDocument, openTree } from './open-config-answer.ts'

const mark = 'mark-71c0de'
const answerOf = (text: string | Uint8Array, isGzip = false) => ({ httpStatus: 200, isGzip, body: new Ephemeral(Buffer.from(text)) })
const bomb = gzipSync(Buffer.alloc(64 * 1024 * 1024, 0x20))
const item = (cmds: unknown = ['get', 'update']) => ({ type: 'job', status: 'running', cmds, source_type: 'stock', source: mark })
const treeOf = (items: Readonly<Record<string, unknown>>) => JSON.stringify({ version: 1, tree: { '/health/alerts/prototypes': items } })
const alert = (name: string) => `health:alert:prototype:${name}`

/** Answers that are none: [what, how]. */
const garbage = {
  'no JSON': answerOf(`${mark} {`),
  'a number': answerOf('7'),
  'a list': answerOf('[]'),
  'no tree': answerOf(`{"tree":"${mark}"}`),
  'not gzip': answerOf(mark, true),
  'a bomb': answerOf(bomb, true),
  'too much': answerOf(Buffer.alloc(configureLimits.treeBytes + 1, 0x20)),
  'too deep': answerOf('['.repeat(200_000)),
  'too many': answerOf(treeOf(Object.fromEntries(Array.from({ length: 10_001 }, (_, n) => [alert(`a${n}`), item([])])))),
} as const

it.each(Object.entries(garbage))('[AC21] an answer that is %s is refused without a word of it', (_what, answer) => {
  for (const open of [() => openTree(answer), () => openDocument(answer, 'load')]) {
    let thrown: unknown
    try {
      open()
    } catch (error) {
      thrown = error
    }
    expect(thrown).toMatchObject({ code: 'AGENT_PROTOCOL' })
    expect(inspect(thrown)).not.toContain(mark)
  }
})

it('[AC21] of a tree only names, states and commands are taken, and items that are none are passed over', () => {
  const text = treeOf({
    [alert('good')]: item(),
    [alert('no commands')]: item(),
    [alert('bad:name')]: item(),
    [alert('listless')]: item('get'),
    [alert('odd')]: { ...item(), status: mark, source_type: mark },
    [alert('many')]: item(Array.from({ length: 1_000 }, () => 'get')),
    [alert('null')]: null,
    __proto__: item(),
    'go.d:nginx': item(),
    'health:alert:prototypes': item(),
  })
  const { alerts, mayAdd } = openTree(answerOf(text))
  expect(mayAdd).toBe(false)
  expect([...alerts.values()]).toEqual([
    { name: 'good', status: 'running', sourceType: 'stock', commands: ['get', 'update'] },
    { name: 'odd', status: 'none', sourceType: 'internal', commands: ['get', 'update'] },
  ])
})

it('[AC21] a document that is larger than one may be, or says what none can say, is not taken', () => {
  const whole = alertDocument('load')
  const [rule] = whole.rules
  if (rule === undefined) throw new Error('a rule')
  const withConfig = (change: object) => ({ ...whole, rules: [{ ...rule, config: { ...rule.config, ...change } }] })
  const bad = [
    { ...whole, rules: Array.from({ length: 65 }, () => rule) },
    { ...whole, rules: [] },
    { ...whole, rules: [7] },
    { ...whole, format_version: 2 },
    withConfig({ info: 'x'.repeat(1_001) }),
    withConfig({ info: { [mark]: 1 } }),
    withConfig({ value: { ...rule.config.value, update_every: 1e12 } }),
    withConfig({ value: { ...rule.config.value, database_lookup: { after: -60, dims_group: mark } } }),
    withConfig({ action: { delay: { up: 'soon' } } }),
  ]
  for (const document of bad) expect(() => openDocument(answerOf(JSON.stringify(document)), 'load')).toThrow(/cannot be kept here/)
  // Extra members are dropped, missing ones are what the agent takes.
  const lean = {
    rules: [
      {
        enabled: true,
        type: 'template',
        config: {
          hash: mark,
          match: { on: 'system.load' },
          value: { calculation: '$load1', update_every: 5 },
          conditions: { warning_condition: '$this > 80' },
        },
      },
    ],
  }
  const read = openDocument(answerOf(JSON.stringify(lean)), 'load')
  expect(read.rules[0]?.config.match).toEqual({ on: 'system.load', host_labels: '*', instance_labels: '*' })
  expect(JSON.stringify(read)).not.toContain(mark)
})

it('[AC21] one agent of many that answers with garbage, or never, fails alone', async () => {
  const { bus, make, connect, run, store, spaceId, clock, configure, personId } = createConfigureBench()
  const good = connect()
  const route = (nodeId: NodeId) => ({
    spaceId,
    nodeId,
    claimId: newUuid<ClaimId>(),
    hops: 0,
    connectedAtMs: 0,
    capabilities: dyncfgCapabilities,
  })
  const [liar, mute] = [newUuid<NodeId>(), newUuid<NodeId>()]
  bus.serve(route(liar), async () => garbage['no tree'])
  const { documentId } = await make(alertDocument('load'))
  const results = await run(documentId, 'apply', [liar, good.nodeId])
  expect(results).toMatchObject([
    { nodeId: liar, state: 'failed', problem: 'The agent gave an answer that cannot be read.' },
    { nodeId: good.nodeId, state: 'done' },
  ])
  const { items } = await store.list(`space/${spaceId}`)
  expect(JSON.stringify(items)).not.toContain(mark)

  let hasAsked = () => {}
  const asked = new Promise<void>((resolve) => (hasAsked = resolve))
  bus.serve(route(mute), () => {
    hasAsked()
    return new Promise(() => {})
  })
  const { runId } = await configure.start(spaceId, { documentId, action: 'apply', nodeIds: [mute], by: personId })
  await asked
  clock.advance(40_000)
  await until(async () => (await configure.run(spaceId, runId))?.isDone === true)
  expect((await configure.run(spaceId, runId))?.results).toMatchObject([{ state: 'failed', problem: 'The agent did not answer in time.' }])
})

import { afterEach, beforeEach, expect, it } from 'vitest'
import { createCountingStore, type CountingStore } from '../../../test/doubles/stores/counting-store.ts'
import { claimAgent, newUuid, someContexts, startMetadata } from '../../../test/doubles/agents/metadata-agents.ts'
import type { NodeId } from '../../../src/domain/ids.ts'
import type { Context } from '../../../src/domain/model.ts'
import { contextsVersionHash } from '../../../src/domain/version-hash.ts'
import { silentLog } from '../../../src/support/log.ts'
import type { ClaimedAgent } from '../claimed-agent.ts'
import { createMetadata } from '../metadata.ts'
import { spacePartition } from '../keys.ts'
import { testSeals } from '../../../test/doubles/stores/test-seals.ts'

let lab: Awaited<ReturnType<typeof startMetadata>>
let counting: CountingStore
let agent: ClaimedAgent
beforeEach(async () => {
  lab = await startMetadata((store) => (counting = createCountingStore(store)))
  agent = await claimAgent(lab.metadata, lab.spaceId)
  counting.take()
})
afterEach(() => lab.dispose())

const contexts = () => lab.metadata.contexts
const list = (nodeId: NodeId = agent.nodeId) => contexts().list(lab.spaceId, nodeId)
const changed = (context: Context, change: Partial<Context> = {}, deleted = false) => ({ ...context, ...change, deleted })
const having = (context: Context, change: Partial<Context>): Context => Object.assign({}, context, change)
const byId = ([a = '']: string[], [b = '']: string[]) => (a < b ? -1 : 1)
const sheets = async () => (await lab.store.list(spacePartition(lab.spaceId), { prefix: 'sheet/' })).items

it('[CTX2] answers no hash before anything is stored, and afterwards the hash of what is stored', async () => {
  expect(await contexts().versionHash(agent, agent.nodeId)).toBeUndefined()
  const all = someContexts(40)
  expect(await contexts().snapshot(agent, agent.nodeId, all)).toBe(contextsVersionHash(all))
  expect(await contexts().versionHash(agent, agent.nodeId)).toBe(contextsVersionHash(all))
  expect(await contexts().snapshot(agent, agent.nodeId, [])).toBe(0n)
  expect(await contexts().versionHash(agent, agent.nodeId)).toBe(0n)
})

it('[CTX3] lists every context as its agent described it, in the order of ids', async () => {
  const all = someContexts(40)
  await contexts().snapshot(agent, agent.nodeId, all)
  expect(await list()).toEqual(
    all
      .map(({ id, title, units, family, priority, chartType, firstEntryS, lastEntryS }) => ({
        id,
        title,
        units,
        family,
        priority,
        chartType,
        isCollected: lastEntryS === 0n,
        firstEntryS: Number(firstEntryS),
        lastEntryS: Number(lastEntryS),
      }))
      .sort((a, b) => (a.id < b.id ? -1 : 1)),
  )
})

it('[CTX4] a snapshot replaces the set; an update adds, changes and removes', async () => {
  const [a, b, c, d] = someContexts(4) as [Context, Context, Context, Context]
  await contexts().snapshot(agent, agent.nodeId, [a, b, c])
  const b2 = { ...b, version: b.version + 9n, title: 'Another title' }
  const hash = await contexts().updated(agent, agent.nodeId, [
    changed(a, {}, true),
    changed(b2),
    changed(d),
    changed({ ...d, id: 'not.there' }, {}, true),
  ])
  expect(hash).toBe(contextsVersionHash([b2, c, d]))
  expect((await list()).map(({ id, title }) => [id, title])).toEqual([b2, c, d].map(({ id, title }) => [id, title]).sort(byId))
  await contexts().snapshot(agent, agent.nodeId, [d])
  expect((await list()).map(({ id }) => id)).toEqual([d.id])
})

it('[CTX5] updates may be the first thing that is heard of a node', async () => {
  const [a] = someContexts(1) as [Context]
  expect(await contexts().updated(agent, agent.nodeId, [changed(a)])).toBe(contextsVersionHash([a]))
})

it('[CTX6] the same again writes nothing, in whatever order it comes', async () => {
  const all = someContexts(60)
  await contexts().snapshot(agent, agent.nodeId, all)
  counting.take()
  await contexts().snapshot(agent, agent.nodeId, [...all].reverse())
  await contexts().updated(
    agent,
    agent.nodeId,
    all.slice(3, 9).map((context) => changed(context)),
  )
  expect(counting.take().total).toBe(0)
})

it('[CTX7] a node whose definitions a space has already adds no sheet, also when it has only some of them', async () => {
  await contexts().snapshot(agent, agent.nodeId, someContexts(100))
  const before = (await sheets()).length
  const second = await claimAgent(lab.metadata, lab.spaceId)
  await contexts().snapshot(
    second,
    second.nodeId,
    someContexts(100, 1_795_300_000).filter((_, n) => n % 3 !== 0),
  )
  expect((await sheets()).length).toBe(before)
  expect((await list(second.nodeId)).length).toBe(66)
})

it('[CTX7] what a process does not remember it finds in the store', async () => {
  await contexts().snapshot(agent, agent.nodeId, someContexts(100))
  const before = (await sheets()).length
  const fresh = createMetadata({ store: lab.store, seals: testSeals, clock: lab.clock, log: silentLog })
  const second = await claimAgent(fresh, lab.spaceId)
  await fresh.contexts.snapshot(second, second.nodeId, someContexts(100))
  expect((await sheets()).length).toBe(before)
  expect(await fresh.contexts.list(lab.spaceId, agent.nodeId)).toEqual(await list())
})

it('[CTX8] a changed number of a context touches the node only; a new definition makes a sheet that holds the old ones too', async () => {
  const all = someContexts(36)
  await contexts().snapshot(agent, agent.nodeId, all)
  const [first] = all as [Context]
  counting.take()
  await contexts().updated(agent, agent.nodeId, [changed(first, { lastEntryS: 1_795_300_000n })])
  expect(Object.keys(counting.take().byKind)).toEqual(['node-contexts'])
  const before = (await sheets()).length
  await contexts().updated(agent, agent.nodeId, [changed(first, { id: 'system.new_one' })])
  expect((await sheets()).length).toBe(before + 1)
  const second = await claimAgent(lab.metadata, lab.spaceId)
  await contexts().snapshot(second, second.nodeId, [...all, { ...first, id: 'system.new_one' }])
  expect((await sheets()).length).toBe(before + 1)
})

it('[CTX9] hosts that describe one context differently each keep their own description', async () => {
  const [first] = someContexts(1) as [Context]
  await contexts().snapshot(agent, agent.nodeId, [first])
  const second = await claimAgent(lab.metadata, lab.spaceId)
  await contexts().snapshot(second, second.nodeId, [{ ...first, title: 'Second words', priority: 7 }])
  expect(await list()).toMatchObject([{ title: first.title }])
  expect(await list(second.nodeId)).toMatchObject([{ title: 'Second words', priority: 7 }])
})

it('[CTX10] a lost sheet makes the hash unknown, and the snapshot that follows repairs the node', async () => {
  const all = someContexts(36)
  await contexts().snapshot(agent, agent.nodeId, all)
  const [sheet] = await sheets()
  if (sheet === undefined) throw new Error('there is no sheet')
  await lab.store.remove(sheet, sheet.revision)
  const fresh = createMetadata({ store: lab.store, seals: testSeals, clock: lab.clock, log: silentLog })
  expect(await fresh.contexts.versionHash(agent, agent.nodeId)).toBeUndefined()
  expect(await fresh.contexts.list(lab.spaceId, agent.nodeId)).toEqual([])
  await fresh.contexts.snapshot(agent, agent.nodeId, all)
  expect(await fresh.contexts.versionHash(agent, agent.nodeId)).toBe(contextsVersionHash(all))
  expect((await fresh.contexts.list(lab.spaceId, agent.nodeId)).length).toBe(36)
})

it('[CTX11] 20,000 contexts of one node fit, the worst numbers that seconds can be included; more are refused and change nothing', async () => {
  let state = 12_345
  const second = () => BigInt((state = (state * 1_103_515_245 + 12_345) & 0x7fff_ffff) * 2)
  const all = someContexts(20_000).map((context, n) => ({
    ...context,
    id: n % 2 === 0 ? `prometheus.${context.id}` : context.id,
    version: second(),
    firstEntryS: second(),
    lastEntryS: second(),
  }))
  expect(await contexts().snapshot(agent, agent.nodeId, all)).toBe(contextsVersionHash(all))
  expect((await list()).length).toBe(20_000)
  const more = { ...someContexts(1)[0], id: 'one.more' } as Context
  await expect(contexts().updated(agent, agent.nodeId, [changed(more)])).rejects.toMatchObject({ code: 'BODY_TOO_LARGE' })
  expect(await contexts().versionHash(agent, agent.nodeId)).toBe(contextsVersionHash(all))
})

it('[CTX12] agent text is data: ids with slashes, dots, markup or __proto__ are kept apart and never become keys', async () => {
  const [first] = someContexts(1) as [Context]
  const ids = ['__proto__.x', 'constructor', '../../space', '<img src=x>.y', 'a.b.c', 'a', '.', 'ü.😀']
  await contexts().snapshot(
    agent,
    agent.nodeId,
    ids.map((id) => ({ ...first, id, title: `t\u202e${id}\u0000` })),
  )
  expect((await list()).map(({ id, title }) => [id, title])).toEqual([...ids].sort().map((id) => [id, `t${id}`]))
  for (const { sort } of await sheets()) expect(sort).toMatch(/^sheet\/[0-9a-f]{32}$/)
  for (const id of ['', 'x'.repeat(1025), 'nul\u0000']) {
    await expect(contexts().snapshot(agent, agent.nodeId, [{ ...first, id }])).rejects.toMatchObject({ code: 'BODY_UNPROCESSABLE' })
  }
})

it('[CTX13] numbers keep all 64 bits', async () => {
  const [first] = someContexts(1) as [Context]
  const extremes = [0n, 1n, 2n ** 63n, 2n ** 64n - 1n, 2n ** 32n].map((version, n) => ({
    ...first,
    id: `x.${n}`,
    version,
    firstEntryS: 2n ** 64n - 1n - version,
  }))
  await contexts().snapshot(agent, agent.nodeId, extremes)
  const fresh = createMetadata({ store: lab.store, seals: testSeals, clock: lab.clock, log: silentLog })
  expect(await fresh.contexts.updated(agent, agent.nodeId, [])).toBe(contextsVersionHash(extremes))
})

it('[CTX14] a node seen through two agents keeps a set for each, and is listed as both together', async () => {
  const parent = await claimAgent(lab.metadata, lab.spaceId)
  await lab.metadata.nodes.nodeOf(parent, { machineGuid: agent.machineGuid, hostname: 'h', hops: 1 })
  const [a, b] = someContexts(2) as [Context, Context]
  await contexts().snapshot(agent, agent.nodeId, [a])
  await contexts().snapshot(parent, agent.nodeId, [{ ...a, firstEntryS: 5n, lastEntryS: 9n }, b])
  expect(await contexts().versionHash(agent, agent.nodeId)).toBe(contextsVersionHash([a]))
  expect((await list()).map(({ id, isCollected, firstEntryS }) => ({ id, isCollected, firstEntryS }))).toEqual(
    [
      { id: a.id, isCollected: true, firstEntryS: 5 },
      { id: b.id, isCollected: b.lastEntryS === 0n, firstEntryS: Number(b.firstEntryS) },
    ].sort((x, y) => (x.id < y.id ? -1 : 1)),
  )
  expect(await list(newUuid<NodeId>())).toEqual([])
})

it('[CTX15] 500 contexts whose beginnings all differ take at most 3 KB beside their sheets', async () => {
  const all = someContexts(500).map((context, n) => having(context, { firstEntryS: context.firstEntryS - BigInt((n * 7919) % 1_000_003) }))
  await contexts().snapshot(agent, agent.nodeId, all)
  const units = counting.take().byKind
  expect(units['node-contexts']).toBeLessThanOrEqual(3)
})

it('[MD102] tells since when an agent has data of a node, also to a process that has not read it before', async () => {
  expect(await contexts().historyFromS(agent, agent.nodeId)).toBeUndefined()
  const [a, b, c] = someContexts(3)
  if (a === undefined || b === undefined || c === undefined) throw new Error('no contexts')
  await contexts().snapshot(agent, agent.nodeId, [
    having(a, { firstEntryS: 1_795_000_500n }),
    having(b, { firstEntryS: 1_795_000_100n }),
    having(c, { firstEntryS: 0n }),
  ])
  expect(await contexts().historyFromS(agent, agent.nodeId)).toBe(1_795_000_100)
  const { contexts: other } = createMetadata({ store: lab.store, seals: testSeals, clock: lab.clock, log: silentLog })
  expect(await other.historyFromS(agent, agent.nodeId)).toBe(1_795_000_100)
  await contexts().updated(agent, agent.nodeId, [changed(having(b, {}), {}, true)])
  expect(await contexts().historyFromS(agent, agent.nodeId)).toBe(1_795_000_500)
})

import { afterEach, beforeEach, expect, it } from 'vitest'
import type { AlertConfigHash, PersonId } from '../../../src/domain/ids.ts'
import type { AlertStatus, AlertTransition } from '../../../src/domain/model.ts'
import type { AlertNews, News } from '../../../src/domain/news.ts'
import { ThroughlineError } from '../../../src/errors/throughline-error.ts'
import { silentLog } from '../../../src/support/log.ts'
import { createCountingStore, type CountingStore } from '../../../test/doubles/stores/counting-store.ts'
import { claimAgent, newUuid, startMetadata } from '../../../test/doubles/agents/metadata-agents.ts'
import { createMemoryStore } from '../../../test/doubles/stores/memory-store.ts'
import { testSeals } from '../../../test/doubles/stores/test-seals.ts'
import type { ClaimedAgent } from '../claimed-agent.ts'
import { keys } from '../keys.ts'
import { createMetadata } from '../metadata.ts'
import { createNewsDrain, createNewsFan } from './news-drain.ts'

let lab: Awaited<ReturnType<typeof startMetadata>>
let counting: CountingStore
let agent: ClaimedAgent
let told: AlertNews[]
beforeEach(async () => {
  lab = await startMetadata((store) => (counting = createCountingStore(store)))
  agent = await claimAgent(lab.metadata, lab.spaceId)
  told = []
})
afterEach(() => lab.dispose())

const sink = { take: (news: News) => Promise.resolve(void told.push(news as AlertNews)) }
const configHash = newUuid<AlertConfigHash>()

function transition(status: AlertStatus, whenS: number, change: Partial<AlertTransition> = {}): AlertTransition {
  return {
    chart: 'system.cpu',
    name: 'cpu',
    context: 'system.cpu',
    status,
    oldStatus: 'clear',
    whenS,
    configHash,
    transitionId: newUuid<string>(),
    version: BigInt(whenS),
    sequenceId: 0n,
    ...change,
  }
}

const happen = (...transitions: AlertTransition[]) => happenAt(agent, ...transitions)
async function happenAt(through: ClaimedAgent, ...transitions: AlertTransition[]) {
  for (const each of transitions) await lab.metadata.alerts.transition(through, agent.nodeId, each)
}
const snapshot = (...transitions: AlertTransition[]) => lab.metadata.alerts.snapshot(agent, agent.nodeId, transitions)
const tell = (to = sink) => lab.metadata.alertNews.tell(lab.spaceId, agent.nodeId, to)
const heard = () => told.splice(0).map(({ oldStatus, status }) => `${oldStatus} > ${status}`)

/** A second agent that speaks for the same node. */
async function secondAgent(): Promise<ClaimedAgent> {
  const parent = await claimAgent(lab.metadata, lab.spaceId, { hostname: 'parent' })
  await lab.metadata.nodes.nodeOf(parent, { machineGuid: agent.machineGuid, hostname: 'host-1', hops: 1 })
  return parent
}

it('[AE1] a change is noted in the write that makes it, told, and struck out', async () => {
  const raised = transition('warning', 100)
  await happen(raised)
  const item = () => lab.store.read(keys.alerts(lab.spaceId, agent.nodeId, agent.claimId))
  expect((await item())?.revision).toBe(1)
  expect(JSON.stringify((await item())?.data)).toContain('outbox')
  await tell()
  const { chart, name, context, transitionId } = raised
  expect(told).toEqual([
    {
      kind: 'alert',
      newsId: told[0]?.newsId,
      spaceId: lab.spaceId,
      nodeId: agent.nodeId,
      chart,
      name,
      context,
      status: 'warning',
      oldStatus: 'clear',
      whenS: 100,
      toldAtMs: lab.clock.nowMs(),
      configHash,
      transitionId,
    },
  ])
  expect(told[0]?.newsId).toMatch(/^[0-9a-f]{32}$/)
  expect(JSON.stringify((await item())?.data)).not.toContain('outbox')
  await tell()
  expect(told.length).toBe(1)
})

it('[AE2] every change is told in the order in which it happened, also those within one second', async () => {
  await happen(
    transition('warning', 100),
    transition('critical', 160, { oldStatus: 'warning' }),
    transition('clear', 160, { oldStatus: 'critical' }),
    transition('critical', 170),
    transition('removed', 180, { oldStatus: 'critical' }),
  )
  await tell()
  expect(new Set(told.map(({ newsId }) => newsId)).size).toBe(5)
  expect(heard()).toEqual(['clear > warning', 'warning > critical', 'critical > clear', 'clear > critical', 'critical > removed'])
})

it('[AE3] what was told is not told again: redelivered, re-sent, in a snapshot, after a restart of agent or cloud', async () => {
  const [raised, worse, clear, again] = [
    transition('warning', 100),
    transition('critical', 100, { oldStatus: 'warning' }),
    transition('clear', 100, { oldStatus: 'critical' }),
    transition('critical', 300),
  ]
  await happen(raised, worse, clear, again)
  await tell()
  expect(heard().length).toBe(4)
  counting.take()
  await happen(raised, worse, clear, again, worse, again)
  await snapshot(again)
  expect(counting.take().total).toBe(0)
  // A restarted agent evaluates anew: the same state under a later time, coming from nowhere.
  await happen(transition('undefined', 400), transition('critical', 410, { oldStatus: 'unknown' }))
  await snapshot(transition('critical', 420, { oldStatus: 'undefined' }))
  await tell()
  expect(heard()).toEqual([])
})

it('[AE3] of transitions within one second the redelivered ones are known, also after what followed', async () => {
  const [raised, clear] = [transition('critical', 100), transition('clear', 100, { oldStatus: 'critical' })]
  await happen(raised, clear, raised, clear)
  await tell()
  expect(heard()).toEqual(['clear > critical', 'critical > clear'])
})

it('[AE4] an alert that is raised when a node is first seen is told once; one that is clear is not', async () => {
  await snapshot(transition('critical', 50), transition('clear', 60, { name: 'disk' }), transition('undefined', 60, { name: 'net' }))
  await happen(transition('clear', 70, { name: 'disk' }), transition('clear', 70, { name: 'net', oldStatus: 'undefined' }))
  await tell()
  expect(heard()).toEqual(['clear > critical'])
})

it('[AE5] statuses that say nothing of the host are no news, and what follows is compared with what was told before them', async () => {
  await happen(transition('warning', 100), transition('undefined', 110), transition('null', 111), transition('unknown', 112))
  await happen(transition('clear', 120, { oldStatus: 'undefined' }))
  await tell()
  expect(heard()).toEqual(['clear > warning', 'warning > clear'])
})

it('[AE6] what was missed is found by the difference of a snapshot: raised, cleared, removed, raised again', async () => {
  const all = (a: AlertTransition[]) => a.map((each, n) => ({ ...each, name: `alert-${n}` }))
  await snapshot(...all([transition('warning', 100), transition('warning', 100), transition('clear', 100), transition('critical', 100)]))
  await tell()
  expect(heard().length).toBe(3)
  await snapshot(...all([transition('clear', 200), transition('warning', 200), transition('critical', 200)]))
  await tell()
  expect(told.splice(0).map(({ name, oldStatus, status }) => `${name}: ${oldStatus} > ${status}`)).toEqual([
    'alert-0: warning > clear',
    'alert-1: clear > warning',
    'alert-2: clear > critical',
    'alert-3: critical > removed',
  ])
})

it('[AE7] a removed alert was told only if it was raised, and clear is no news after removed', async () => {
  await happen(transition('removed', 100, { oldStatus: 'unknown' }), transition('clear', 110, { oldStatus: 'unknown' }))
  await happen(transition('warning', 120), transition('removed', 130, { oldStatus: 'warning' }), transition('clear', 140))
  await tell()
  expect(heard()).toEqual(['clear > warning', 'warning > removed'])
})

it('[AE8] the same alert through two agents is told once; the second is heard with what is newer', async () => {
  const parent = await secondAgent()
  await happen(transition('warning', 100))
  await happenAt(parent, transition('warning', 103))
  await tell()
  expect(heard()).toEqual(['clear > warning'])
  await happen(transition('clear', 200, { oldStatus: 'warning' }))
  await happenAt(parent, transition('clear', 204, { oldStatus: 'warning' }))
  await tell()
  expect(heard()).toEqual(['warning > clear'])
  await happen(transition('critical', 300))
  await happenAt(parent, transition('critical', 301), transition('clear', 302, { oldStatus: 'critical' }))
  await tell()
  expect(heard()).toEqual(['clear > critical', 'critical > clear'])
})

it('[AE8] a new claim of the machine clears what the old one had raised, and repeats nothing', async () => {
  await happen(transition('warning', 100), transition('critical', 100, { name: 'disk' }))
  await tell()
  expect(heard().length).toBe(2)
  const anew = await claimAgent(lab.metadata, lab.spaceId, { machineGuid: agent.machineGuid })
  expect(anew.nodeId).toBe(agent.nodeId)
  await lab.metadata.nodes.nodeOf(anew, { machineGuid: agent.machineGuid, hostname: 'host-1', hops: 0 })
  await lab.metadata.nodes.instance(anew, { nodeId: agent.nodeId, hops: 0, capabilities: [] })
  await happenAt(
    anew,
    transition('warning', 500, { oldStatus: 'unknown' }),
    transition('clear', 500, { name: 'disk', oldStatus: 'unknown' }),
  )
  await tell()
  expect(heard()).toEqual(['critical > clear'])
})

it('[AE9] more than a hundred changes that wait are told as the difference to what was told', async () => {
  for (let n = 0; n < 60; n++) await happen(transition('warning', 100 + 2 * n), transition('clear', 101 + 2 * n, { oldStatus: 'warning' }))
  await happen(transition('critical', 1_000), transition('warning', 1_001, { name: 'disk' }))
  const { data } = (await lab.store.read(keys.alerts(lab.spaceId, agent.nodeId, agent.claimId))) ?? {}
  expect(JSON.stringify(data).length).toBeLessThan(500)
  await tell()
  expect(heard()).toEqual(['clear > critical', 'clear > warning'])
  await tell()
  await snapshot()
  await tell()
  expect(heard()).toEqual(['critical > removed', 'warning > removed'])
})

it('[AE9] thousands of raised alerts of one node are told once each', async () => {
  const many = Array.from({ length: 1_500 }, (_, n) => transition('warning', 100 + n, { name: `alert-${n}` }))
  await snapshot(...many)
  await tell()
  await tell()
  expect(new Set(told.map(({ newsId }) => newsId)).size).toBe(1_500)
  expect(told.length).toBe(1_500)
})

it('[AE10] a sink that throws is asked again after a second, then less often, and hears the same news', async () => {
  let isWell = false
  const gone = new ThroughlineError('STORE_UNAVAILABLE', 'The store is gone.')
  const fan = createNewsFan({
    feed: { tell: (news) => sink.take(news) },
    notify: { tell: () => (isWell ? Promise.resolve(undefined) : Promise.reject(gone)) },
  })
  const { clock } = lab
  const drain = createNewsDrain({
    box: lab.metadata.alertNews,
    sink: fan,
    spaceIds: () => Promise.resolve([lab.spaceId]),
    clock,
    log: silentLog,
  })
  await happen(transition('warning', 100), transition('clear', 110, { oldStatus: 'warning' }))
  await drain.idle()
  clock.advance(1_000)
  await drain.idle()
  isWell = true
  clock.advance(1_000)
  await drain.idle()
  const ids = told.splice(0).map(({ newsId }) => newsId)
  expect(new Set(ids).size).toBe(1)
  clock.advance(1_000)
  await drain.idle()
  expect(heard()).toEqual(['clear > warning', 'warning > clear'])
  await drain.close()
})

it('[AE11] what an earlier process left is found and told at the start, and when its agent comes back', async () => {
  await happen(transition('warning', 100))
  const start = () =>
    createNewsDrain({
      box: lab.metadata.alertNews,
      sink,
      spaceIds: () => Promise.resolve([lab.spaceId]),
      clock: lab.clock,
      log: silentLog,
    })
  const first = start()
  await first.lookAround()
  await first.idle()
  expect(heard()).toEqual(['clear > warning'])
  await first.close()
  await happen(transition('clear', 200, { oldStatus: 'warning' }))
  const second = start()
  await lab.metadata.alerts.position(agent, agent.nodeId)
  await second.idle()
  expect(heard()).toEqual(['warning > clear'])
  await second.close()
})

it('[AE18] a thousand nodes that flap at once are told a few dozen at a time, each change once', async () => {
  const { clock } = lab
  const store = createMemoryStore(clock)
  const metadata = createMetadata({ store, seals: testSeals, clock, log: silentLog })
  const { spaceId } = await metadata.spaces.ensureFirst({ name: 'Lab', adminPersonId: newUuid<PersonId>() })
  const { token } = await metadata.claimTokens.issue({ spaceId, roomIds: [], validForMs: 3_600_000, uses: 1_000 })
  const agents: ClaimedAgent[] = []
  for (let n = 0; n < 1_000; n++) agents.push(await claimAgent(metadata, spaceId, { token }))
  let running = 0
  let most = 0
  const slow = {
    async take(news: News) {
      most = Math.max(most, ++running)
      await new Promise((resolve) => setImmediate(resolve))
      running--
      told.push(news as AlertNews)
    },
  }
  const drain = createNewsDrain({ box: metadata.alertNews, sink: slow, spaceIds: () => Promise.resolve([spaceId]), clock, log: silentLog })
  const tellAll = (...args: Parameters<typeof transition>) =>
    Promise.all(agents.map((each) => metadata.alerts.transition(each, each.nodeId, transition(...args))))
  await tellAll('warning', 100)
  await tellAll('clear', 101, { oldStatus: 'warning' })
  await tellAll('critical', 102)
  await drain.idle()
  await drain.close()
  expect(new Set(told.map(({ newsId }) => newsId)).size).toBe(3_000)
  expect(told.length).toBe(3_000)
  expect(most).toBeLessThanOrEqual(32)
}, 60_000)

it('[AE12] a removed node leaves nothing of what was told', async () => {
  await happen(transition('warning', 100))
  await tell()
  expect(await lab.store.read(keys.toldAlerts(lab.spaceId, agent.nodeId))).toBeDefined()
  await lab.metadata.nodes.remove(lab.spaceId, agent.nodeId)
  expect(await lab.store.read(keys.toldAlerts(lab.spaceId, agent.nodeId))).toBeUndefined()
  expect((await lab.store.list(`space/${lab.spaceId}`, { prefix: 'alerts/' })).items).toEqual([])
})

it('[AE12] a node that is removed while it is told of leaves nothing either', async () => {
  await happen(transition('warning', 100))
  await tell({
    async take(news: News) {
      told.push(news as AlertNews)
      await lab.metadata.nodes.remove(lab.spaceId, agent.nodeId)
    },
  })
  expect(told.length).toBe(1)
  expect(await lab.store.read(keys.toldAlerts(lab.spaceId, agent.nodeId))).toBeUndefined()
  expect((await lab.store.list(`space/${lab.spaceId}`, { prefix: 'alerts/' })).items).toEqual([])
})

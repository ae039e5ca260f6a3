import { describe, expect, it } from 'vitest'
import { createMetadata } from '../../cloud/metadata/metadata.ts'
import { createReachSettings } from '../../cloud/notify/reach/reach-settings.ts'
import { createReach } from '../../cloud/notify/reach/reach.ts'
import { createPresence } from '../../cloud/presence/presence.ts'
import type { ClaimedAgent } from '../../cloud/metadata/claimed-agent.ts'
import type { MachineGuid, NodeId, PersonId } from '../../src/domain/ids.ts'
import type { News, ReachNews } from '../../src/domain/news.ts'
import { silentLog } from '../../src/support/log.ts'
import type { MetadataStore } from '../../cloud/store/port.ts'
import { contractStore, contractStoreNames } from '../doubles/stores/contract-stores.ts'
import { createHandClock } from '../doubles/hand-clock.ts'
import { claimAgent, newUuid } from '../doubles/agents/metadata-agents.ts'
import { testSeals } from '../doubles/stores/test-seals.ts'

const graceMs = 60_000

async function lab(name = 'SQLite') {
  const clock = createHandClock(Date.parse('2026-11-25T10:00:00Z'))
  const store = (await contractStore(name, clock))()
  const metadata = createMetadata({ store, seals: testSeals, clock, log: silentLog })
  const { spaceId } = await metadata.spaces.ensureFirst({ name: 'Lab', adminPersonId: newUuid<PersonId>() })
  const taken: ReachNews[] = []
  const trouble: { sink: Error | undefined } = { sink: undefined }
  const names = new Map<NodeId, string>()

  /** One life of a cloud: presence and reach; metadata stays. */
  const boot = async (over: { store?: MetadataStore } = {}) => {
    const presence = createPresence({ clock, log: silentLog, graceMs })
    const settings = createReachSettings({
      store,
      hasRoom: async (space, roomId) => (await metadata.rooms.list(space)).some((room) => room.roomId === roomId),
    })
    const reach = createReach({
      store: over.store ?? store,
      presence,
      settings,
      nodes: metadata.nodes,
      rooms: metadata.rooms,
      spaceIds: async () => [spaceId],
      sink: {
        async take(news: News) {
          if (trouble.sink !== undefined) throw trouble.sink
          if (news.kind === 'reach') taken.push(news)
        },
      },
      clock,
      log: silentLog,
    })
    await reach.start()
    /** Time passes a second at a time, and every look of it is done. */
    const pass = async (seconds: number) => {
      for (let second = 0; second < seconds; second++) {
        clock.advance(1_000)
        await reach.look()
      }
    }
    const links = new Map<ClaimedAgent, bigint>()
    const up = (agent: ClaimedAgent, children: readonly NodeId[] = []) => {
      const sessionId = BigInt(clock.nowMs()) * 1_000n
      links.set(agent, sessionId)
      const { claimId, nodeId } = agent
      presence.linkUp({ claimId, spaceId, nodeId, sessionId })
      for (const [id, hops] of [[nodeId, 0] as const, ...children.map((child) => [child, 1] as const)])
        presence.instance({ claimId, spaceId, nodeId: id, sessionId, isLive: true, isQueryable: true, hops })
    }
    const down = (agent: ClaimedAgent) => presence.linkDown({ claimId: agent.claimId, sessionId: links.get(agent) ?? 0n })
    /** Its parent says that a child does not stream any more. */
    const childState = (parent: ClaimedAgent, nodeId: NodeId, isLive: boolean) =>
      presence.instance({
        claimId: parent.claimId,
        spaceId,
        nodeId,
        sessionId: links.get(parent) ?? 0n,
        isLive,
        isQueryable: true,
        hops: 1,
      })
    const end = async () => {
      await reach.close()
      presence.close()
    }
    return { presence, reach, settings, pass, up, down, childState, end }
  }

  const agent = async (hostname: string) => {
    const made = await claimAgent(metadata, spaceId, { hostname })
    await metadata.nodes.instance(made, { nodeId: made.nodeId, hops: 0, capabilities: [] })
    names.set(made.nodeId, hostname)
    return made
  }
  const agents = async (count: number) => {
    const made: ClaimedAgent[] = []
    for (let n = 0; n < count; n++) made.push(await agent(`n${String(n).padStart(3, '0')}`))
    return made
  }
  const child = async (parent: ClaimedAgent, hostname: string) => {
    const nodeId = await metadata.nodes.nodeOf(parent, { machineGuid: newUuid<MachineGuid>(), hostname, hops: 1 })
    names.set(nodeId, hostname)
    return nodeId
  }
  /** What was told since the last time, in words. */
  const told = () =>
    taken.splice(0).map(({ state, nodeIds, parentNodeId }) => {
      const behind = parentNodeId === undefined ? '' : ` behind ${names.get(parentNodeId)}`
      return `${state}: ${
        nodeIds.length > 6
          ? `${nodeIds.length} nodes`
          : nodeIds
              .map((nodeId) => names.get(nodeId) ?? '')
              .sort()
              .join(' ')
      }${behind}`
    })
  return { clock, store, metadata, spaceId, taken, trouble, boot, agent, agents, child, told }
}

describe.each(contractStoreNames)('reachability on %s', (name) => {
  it('[RE1] a node that stays away is told after its delay, and its return once it lasts', async () => {
    const { boot, agents, told, clock, taken } = await lab(name)
    const { up, down, pass } = await boot()
    const all = await agents(10)
    const [one] = all
    if (one === undefined) throw new Error('no agent')
    for (const each of all) up(each)
    await pass(2)
    down(one)
    await pass(graceMs / 1_000 + 59)
    expect(told()).toEqual([])
    await pass(1)
    expect(taken[0]).toMatchObject({
      newsId: expect.stringMatching(/^[0-9a-f]{32}$/) as string,
      nodeIds: [one.nodeId],
      state: 'unreachable',
      parentNodeId: undefined,
      sinceMs: expect.any(Number) as number,
      toldAtMs: clock.nowMs(),
    })
    expect(told()).toEqual(['unreachable: n000'])
    await pass(3_600)
    expect(told()).toEqual([])
    up(one)
    await pass(29)
    expect(told()).toEqual([])
    await pass(3)
    expect(told()).toEqual(['reachable: n000'])
    await pass(600)
    expect(told()).toEqual([])
  })

  it('[RE2] who comes back within the delay is no news, and neither is who was never told of', async () => {
    const { boot, agents, told } = await lab(name)
    const { up, down, pass } = await boot()
    const [one, ...others] = await agents(10)
    if (one === undefined) throw new Error('no agent')
    for (const each of [one, ...others]) up(each)
    await pass(2)
    for (let round = 0; round < 5; round++) {
      down(one)
      await pass(graceMs / 1_000 + 40)
      up(one)
      await pass(60)
    }
    expect(told()).toEqual([])
    // Back for too short a time is not back.
    down(one)
    await pass(200)
    expect(told()).toEqual(['unreachable: n000'])
    up(one)
    await pass(10)
    down(one)
    await pass(200)
    expect(told()).toEqual([])
  })

  it('[RE3] a child that its parent says is away is told of, and once', async () => {
    const { boot, agents, child, told } = await lab(name)
    const { up, down, pass, childState } = await boot()
    const [parent, ...others] = await agents(10)
    if (parent === undefined) throw new Error('no agent')
    const nodeId = await child(parent, 'child')
    up(parent, [nodeId])
    for (const each of others) up(each)
    await pass(2)
    childState(parent, nodeId, false)
    await pass(63)
    expect(told()).toEqual(['unreachable: child'])
    // Its parent goes too: that is one more node, not two.
    down(parent)
    await pass(130)
    expect(told()).toEqual(['unreachable: n000'])
  })

  it('[RE4] children behind a lost parent are one piece of news that names it, and so is their return', async () => {
    const { boot, agents, child, told } = await lab(name)
    const { up, down, pass } = await boot()
    const [parent, ...others] = await agents(12)
    if (parent === undefined) throw new Error('no agent')
    const children = [await child(parent, 'c1'), await child(parent, 'c2'), await child(parent, 'c3')]
    up(parent, children)
    for (const each of others) up(each)
    await pass(2)
    down(parent)
    await pass(130)
    expect(told()).toEqual(['unreachable: c1 c2 c3 n000 behind n000'])
    up(parent, children)
    await pass(40)
    expect(told()).toEqual(['reachable: c1 c2 c3 n000 behind n000'])
  })

  it('[RE5] many nodes that go within a minute are one piece of news, and so is their return', async () => {
    const { boot, agents, told } = await lab(name)
    const { up, down, pass } = await boot()
    const all = await agents(40)
    for (const each of all) up(each)
    await pass(2)
    // One switch: noticed over half a minute.
    for (const each of all.slice(0, 30)) {
      down(each)
      await pass(1)
    }
    await pass(300)
    expect(told()).toEqual(['unreachable: 30 nodes'])
    for (const each of all.slice(0, 30)) {
      up(each)
      await pass(1)
    }
    await pass(200)
    expect(told()).toEqual(['reachable: 30 nodes'])
    // Four are not many among forty.
    for (const each of all.slice(0, 4)) down(each)
    await pass(200)
    expect(told().sort()).toEqual(['unreachable: n000', 'unreachable: n001', 'unreachable: n002', 'unreachable: n003'])
  })

  it('[RE6] a restart tells nothing by itself; who does not return is told as one, and returns of who was told follow once', async () => {
    const { boot, agents, told } = await lab(name)
    const first = await boot()
    const all = await agents(20)
    for (const each of all) first.up(each)
    await first.pass(2)
    const [gone] = all
    if (gone === undefined) throw new Error('no agent')
    first.down(gone)
    await first.pass(130)
    expect(told()).toEqual(['unreachable: n000'])
    await first.end()

    const second = await boot()
    await second.pass(200)
    for (const each of all.slice(7)) second.up(each)
    await second.pass(60)
    second.up(gone)
    await second.pass(33)
    expect(told()).toEqual(['reachable: n000'])
    await second.pass(600)
    expect(told()).toEqual(['unreachable: n001 n002 n003 n004 n005 n006'])
    await second.end()

    const third = await boot()
    for (const each of all) third.up(each)
    await third.pass(200)
    expect(told()).toEqual(['reachable: n001 n002 n003 n004 n005 n006'])
    await third.pass(900)
    expect(told()).toEqual([])
  })

  it('[RE7] what was noted and not told before a crash is told by the next process, with the same id', async () => {
    const { boot, agents, told, taken, trouble, store } = await lab(name)
    const first = await boot()
    const all = await agents(10)
    for (const each of all) first.up(each)
    await first.pass(2)
    if (all[0] === undefined) throw new Error('no agent')
    first.down(all[0])
    trouble.sink = new Error('the process ends here')
    await first.pass(140)
    expect(taken).toEqual([])
    await first.end()
    trouble.sink = undefined
    // The next one is killed after it told and before it could note that.
    const second = await boot({
      store: { ...store, read: (key) => store.read(key), list: (...args) => store.list(...args), write: async () => undefined },
    })
    await second.pass(10)
    const ids = taken.map(({ newsId }) => newsId)
    expect(ids.length).toBeGreaterThan(0)
    expect(new Set(ids).size).toBe(1)
    await second.end()
    const third = await boot()
    for (const each of all.slice(1)) third.up(each)
    await third.pass(20)
    expect(new Set(taken.map(({ newsId }) => newsId)).size).toBe(1)
    told()
    await third.pass(900)
    expect(told()).toEqual([])
  })

  it('[RE8] rooms have delays of their own, or are not told of; a deleted node is no news', async () => {
    const { boot, agents, told, metadata, spaceId } = await lab(name)
    const { up, down, pass, settings, presence } = await boot()
    const all = await agents(12)
    for (const each of all) up(each)
    await pass(2)
    const [slow, quiet, removed, usual] = all
    if (slow === undefined || quiet === undefined || removed === undefined || usual === undefined) throw new Error('no agents')
    const rooms = await Promise.all(
      ['Slow', 'Quiet'].map((room) => metadata.rooms.create(spaceId, { name: room, description: '', memberId: undefined })),
    )
    await metadata.nodes.place(spaceId, rooms[0]?.roomId as never, { add: [slow.nodeId], remove: [] })
    await metadata.nodes.place(spaceId, rooms[1]?.roomId as never, { add: [quiet.nodeId], remove: [] })
    await settings.replace(spaceId, [
      { roomId: null, delayS: 120, isOn: true },
      { roomId: rooms[0]?.roomId ?? '', delayS: 600, isOn: true },
      { roomId: rooms[1]?.roomId ?? '', delayS: null, isOn: false },
    ])
    for (const each of [slow, quiet, removed]) down(each)
    await pass(61)
    await metadata.nodes.remove(spaceId, removed.nodeId)
    presence.forget(removed.nodeId)
    down(usual)
    await pass(60 + 119)
    expect(told()).toEqual([])
    await pass(4)
    expect(told()).toEqual(['unreachable: n003'])
    await pass(600)
    expect(told()).toEqual(['unreachable: n000'])
    for (const each of [slow, quiet, usual]) up(each)
    await pass(100)
    expect(told().sort()).toEqual(['reachable: n000', 'reachable: n003'])
  })
})

it('[RE9] settings that do not fit are refused, and those of existing clients are kept by room', async () => {
  const { boot, metadata, spaceId } = await lab()
  const { settings } = await boot()
  const { roomId } = await metadata.rooms.create(spaceId, { name: 'Room', description: '', memberId: undefined })
  const refused = [
    [{ roomId: null, delayS: 29, isOn: true }],
    [{ roomId: null, delayS: 30.5, isOn: true }],
    [{ roomId: null, delayS: 90_000, isOn: true }],
    [{ roomId: newUuid(), delayS: 60, isOn: true }],
    [{ roomId: 'x', delayS: 60, isOn: true }],
    [
      { roomId: null, delayS: 60, isOn: true },
      { roomId: null, delayS: 90, isOn: true },
    ],
  ]
  for (const wishes of refused) await expect(settings.replace(spaceId, wishes)).rejects.toMatchObject({ code: 'BODY_UNPROCESSABLE' })
  const [ofSpace, ofRoom] = await settings.upsert(spaceId, [
    { roomId: null, delayS: 660, isOn: true },
    { roomId, delayS: 180, isOn: true },
  ])
  expect([ofSpace, ofRoom]).toMatchObject([
    { roomId: null, delayS: 660 },
    { roomId, delayS: 180 },
  ])
  expect(await settings.upsert(spaceId, [{ roomId, delayS: 840, isOn: true }])).toEqual([ofSpace, { ...ofRoom, delayS: 840 }])
  expect(await settings.remove(spaceId, [ofSpace?.settingId ?? '', newUuid(), 'x'])).toBe(1)
  expect(await settings.list(spaceId)).toEqual([{ ...ofRoom, delayS: 840 }])
})

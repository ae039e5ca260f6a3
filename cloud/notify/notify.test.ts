import { describe, expect, it } from 'vitest'
import {
  alertNews,
  benchRoomId,
  benchSpaceId,
  configOf,
  createNotifyBench,
  nodeIdOf,
  nodeOf,
  raisedAlert,
  reachNews,
  roomOf,
  targetOf,
} from '../../test/doubles/benches/notify-bench.ts'
import type { AlertConfigHash, PersonId } from '../../src/domain/ids.ts'
import { logFields } from '../../src/domain/log-fields.ts'
import { definitionText } from './contents.ts'
import { notifyLimits } from './limits.ts'
import { keptSort, newMessageId, notifyKeys } from './message-id.ts'
import type { Outcome } from './ports.ts'

const personId = '00000000-0000-4000-9000-000000000001' as PersonId
const everything = { limit: 50, personId, sees: () => true }

describe('who is told', () => {
  it('[DL1] a change is told to the enabled targets of its rooms that want its severity, and to nobody else', async () => {
    const bench = createNotifyBench({
      targets: [
        targetOf('all'),
        targetOf('room', { roomIds: [benchRoomId] }),
        targetOf('no room', { roomIds: [] }),
        targetOf('critical', { options: ['CRITICAL'] }),
        targetOf('off', { isEnabled: false }),
        targetOf('sees', { kind: 'push', personId }),
        targetOf('stranger', { kind: 'push', personId: 'nobody' as PersonId }),
      ],
      nodes: [nodeOf(1), nodeOf(2, { roomIds: [benchRoomId] })],
      rooms: [roomOf(benchRoomId, 'Databases')],
    })
    bench.sights.set(personId, (node) => node.nodeId === nodeIdOf(2))
    await bench.notify.take(alertNews('warning', 'clear'))
    await bench.pass(2_000)
    await bench.notify.take(alertNews('warning', 'clear', { nodeId: nodeIdOf(2) }))
    await bench.pass(2_000)

    const hosts = (targetId: string) =>
      bench.sent.flatMap((each) =>
        each.targetId === targetId ? each.message.items.map((item) => (item.kind === 'alert' ? item.hostname : '')) : [],
      )
    expect({
      all: hosts('all'),
      room: hosts('room'),
      sees: hosts('sees'),
      others: [...hosts('no room'), ...hosts('critical'), ...hosts('off'), ...hosts('stranger')],
    }).toEqual({ all: ['host-1', 'host-2'], room: ['host-2'], sees: ['host-2'], others: [] })
    expect(bench.sent.find(({ targetId }) => targetId === 'room')?.message.roomNames).toEqual(['Databases'])
  })

  it('[DL47] whom an agent would tell itself, and when, does not decide whom a channel tells', async () => {
    const bench = createNotifyBench({ targets: [targetOf('all')] })
    const configHash = 'b'.repeat(32) as AlertConfigHash
    bench.configs.push(configOf(configHash, { recipient: 'silent', delay: 'down 15m', options: 'no-clear-notification' }))
    await bench.notify.take(alertNews('warning', 'clear', { configHash }))
    await bench.pass(2_000)
    await bench.notify.take(alertNews('clear', 'warning', { configHash }))
    await bench.pass(2_000)
    expect(bench.told('all')).toEqual([['10min_cpu_usage warning'], ['10min_cpu_usage clear']])
  })

  it('[DL2] the end of an alert is told to who was told of its raise, also when it passed a severity they do not hear of', async () => {
    const bench = createNotifyBench({
      targets: [targetOf('critical', { options: ['CRITICAL', 'CLEAR'] }), targetOf('warning', { options: ['WARNING', 'CLEAR'] })],
    })
    const seconds = async () => bench.pass(12_000)
    for (const [status, oldStatus] of [
      ['warning', 'clear'],
      ['clear', 'warning'],
      ['critical', 'clear'],
      ['warning', 'critical'],
      ['critical', 'warning'],
      ['warning', 'critical'],
      ['clear', 'warning'],
      ['clear', 'undefined'],
    ] as const) {
      await bench.notify.take(alertNews(status, oldStatus))
      await seconds()
    }
    const name = '10min_cpu_usage'
    expect(bench.told('critical')).toEqual([[`${name} critical`], [`${name} critical`], [`${name} clear`]])
    expect(bench.told('warning')).toEqual([
      [`${name} warning`],
      [`${name} clear`],
      [`${name} warning`],
      [`${name} warning`],
      [`${name} clear`],
    ])
  })

  it('[DL2] a channel hears the end of what it was told of also when the node left its rooms, and a person does not', async () => {
    const rooms = [roomOf(benchRoomId, 'Databases')]
    const channel = targetOf('channel', { roomIds: [benchRoomId] })
    const bench = createNotifyBench({
      targets: [channel, targetOf('person', { kind: 'push', personId }), targetOf('other', { roomIds: [] })],
      nodes: [nodeOf(1, { roomIds: [benchRoomId] }), nodeOf(2, { roomIds: [benchRoomId] })],
      rooms,
    })
    bench.sights.set(personId, (node) => node.roomIds.includes(benchRoomId))
    await bench.notify.take(alertNews('critical', 'clear'))
    await bench.notify.take(reachNews('unreachable', [1, 2]))
    await bench.pass(12_000)
    bench.nodes.splice(0, 2, nodeOf(1), nodeOf(2))
    await bench.notify.take(alertNews('clear', 'critical'))
    await bench.notify.take(alertNews('critical', 'clear', { name: 'disk_space' }))
    await bench.notify.take(reachNews('reachable', [1, 3]))
    await bench.pass(12_000)
    expect({ channel: bench.told('channel'), person: bench.told('person'), other: bench.told('other') }).toEqual({
      channel: [['10min_cpu_usage critical'], ['unreachable'], ['10min_cpu_usage clear'], ['reachable']],
      person: [['10min_cpu_usage critical'], ['unreachable']],
      other: [],
    })
    expect(bench.sent.at(-1)?.message.items).toMatchObject([{ nodeIds: [nodeIdOf(1)] }])
  })

  it('[DL3] a status that says nothing is told to nobody, and what a target knows holds through it', async () => {
    const bench = createNotifyBench({ targets: [targetOf('all')] })
    for (const [status, oldStatus] of [
      ['warning', 'clear'],
      ['undefined', 'warning'],
      ['warning', 'undefined'],
      ['removed', 'warning'],
    ] as const) {
      await bench.notify.take(alertNews(status, oldStatus))
      await bench.pass(12_000)
    }
    expect(bench.told('all')).toEqual([['10min_cpu_usage warning'], ['10min_cpu_usage removed']])
  })

  it('[DL4] nodes that go and come back are told with their names, and those that come back untold not at all', async () => {
    const bench = createNotifyBench({ targets: [targetOf('all'), targetOf('back', { options: ['REACHABLE'] })] })
    await bench.notify.take(reachNews('unreachable', [1, 2, 3], { parentNodeId: nodeIdOf(4) }))
    await bench.notify.take(reachNews('reachable', [2]))
    await bench.pass(12_000)
    await bench.notify.take(reachNews('reachable', [1, 3]))
    await bench.pass(12_000)
    const all = bench.sent.filter(({ targetId }) => targetId === 'all').map(({ message }) => message)
    expect(all.map(({ kind, items, url }) => ({ kind, items, url }))).toEqual([
      {
        kind: 'reach',
        url: 'https://cloud.example/spaces/5f0c1e9a-0000-4000-8000-000000000001/nodes',
        items: [expect.objectContaining({ hostnames: ['host-1', 'host-3'], parentHostname: 'host-4', state: 'unreachable' })],
      },
      expect.objectContaining({ items: [expect.objectContaining({ hostnames: ['host-1', 'host-3'], state: 'reachable' })] }),
    ])
    expect(bench.told('back')).toEqual([['reachable'], ['reachable']])
  })

  it('[DL45] whoever tells of a raised alert hears why nobody is told: everybody who wants it is silenced, or nobody wants it', async () => {
    const bench = createNotifyBench({
      targets: [
        targetOf('critical', { options: ['CRITICAL', 'CLEAR'] }),
        targetOf('no room', { roomIds: [] }),
        targetOf('off', { isEnabled: false }),
      ],
    })
    const tell = (...[status, oldStatus]: Parameters<typeof alertNews>) => bench.notify.tell(alertNews(status, oldStatus))
    const before = [await tell('warning', 'clear'), await tell('critical', 'warning'), await tell('clear', 'critical')]
    bench.silences.push(() => true)
    const during = [await tell('critical', 'clear'), await tell('clear', 'critical'), await tell('warning', 'clear')]
    bench.targets.length = 0
    const alone = [await tell('critical', 'clear'), await tell('undefined', 'critical')]
    expect({ before, during, alone }).toEqual({
      before: ['nobody', undefined, undefined],
      during: ['silenced', undefined, 'nobody'],
      alone: ['nobody', undefined],
    })
  })

  it('[DL5] what is silenced is counted for its day and not kept, and its end is not told', async () => {
    const bench = createNotifyBench({ targets: [targetOf('all')] })
    bench.silences.push(({ option }) => option === 'WARNING')
    await bench.notify.take(alertNews('warning', 'clear'))
    await bench.notify.take(alertNews('clear', 'warning'))
    await bench.pass(12_000)
    const page = await bench.notify.messages.page(alertNews('clear', 'null').spaceId, everything)
    expect({ sent: bench.sent, page }).toEqual({
      sent: [],
      page: { messages: [], next: undefined, counts: { waiting: 0, failed: 0 }, silencedToday: 1 },
    })
    await bench.pass(86_400_000, 86_400_000)
    expect((await bench.notify.messages.page(alertNews('clear', 'null').spaceId, everything)).silencedToday).toBe(0)
  })
})

describe('what is one message', () => {
  it('[DL6] changes of one alert name and severity that come together are one message, which names twenty nodes and counts the others', async () => {
    const nodes = Array.from({ length: 33 }, (_, n) => nodeOf(n + 1))
    const bench = createNotifyBench({ targets: [targetOf('all')], nodes })
    await Promise.all(nodes.map(({ nodeId }) => bench.notify.take(alertNews('warning', 'clear', { nodeId }))))
    await bench.notify.take(alertNews('critical', 'clear', { nodeId: nodeIdOf(40) }))
    await bench.notify.take(alertNews('warning', 'clear', { name: 'disk_space' }))
    await bench.pass(2_000)
    const rows = bench.sent.map(({ message }) => [message.items.length, message.omitted, message.isFlood ?? false])
    expect(rows).toEqual([
      [20, 13, false],
      [1, 0, false],
      [1, 0, false],
    ])
  })

  it('[DL7] a change alone leaves a second after it, and what goes on coming leaves after ten', async () => {
    const bench = createNotifyBench({ targets: [targetOf('all')], nodes: Array.from({ length: 60 }, (_, n) => nodeOf(n + 1)) })
    await bench.notify.take(alertNews('warning', 'clear'))
    await bench.pass(999, 999)
    expect(bench.sent.length).toBe(0)
    await bench.pass(1, 1)
    expect(bench.sent.length).toBe(1)
    for (let n = 2; n < 22; n++) {
      await bench.notify.take(alertNews('warning', 'clear', { nodeId: nodeIdOf(n) }))
      await bench.pass(500, 500)
    }
    expect(bench.sent.map(({ message }) => message.items.length + message.omitted)).toEqual([1, 20])
  })

  it('[DL8] changes of an alert that wait are told one after the other, also those that came while the target was away', async () => {
    const bench = createNotifyBench({ targets: [targetOf('all')] })
    await bench.notify.take(alertNews('warning', 'clear'))
    await bench.notify.take(alertNews('critical', 'warning'))
    await bench.notify.take(alertNews('clear', 'critical'))
    await bench.notify.take(alertNews('warning', 'clear'))
    // Somebody else's change keeps the first group open longer than the second: the order stays.
    await bench.pass(900)
    await bench.notify.take(alertNews('warning', 'clear', { nodeId: nodeIdOf(2) }))
    await bench.pass(4_000)
    expect(bench.told('all').flat()).toEqual(
      ['warning', 'warning', 'critical', 'clear', 'warning'].map((status) => `10min_cpu_usage ${status}`),
    )
    expect(new Set(bench.sent.map(({ message }) => message.messageId)).size).toBe(4)
  })

  it('[DL36] of an alert that flaps while it waits, and of one of very many that wait, only how it ended is told', async () => {
    const bench = createNotifyBench({ targets: [targetOf('all')] })
    for (let n = 0; n < 20; n++) {
      await bench.notify.take(alertNews('warning', 'clear'))
      await bench.notify.take(alertNews('clear', 'warning'))
    }
    await bench.notify.take(alertNews('critical', 'clear'))
    await bench.pass(12_000)
    const told = bench.told('all').flat()
    expect(told.length).toBeLessThanOrEqual(notifyLimits.queuedOfAlert + 1)
    expect(told.at(-1)).toBe('10min_cpu_usage critical')

    const many = createNotifyBench({ targets: [targetOf('all')] })
    const charts = Array.from({ length: notifyLimits.queuedOfTarget + 10 }, (_, n) => `disk_${n}`)
    for (const chart of charts) await many.notify.take(alertNews('warning', 'clear', { chart }))
    for (const chart of charts) await many.notify.take(alertNews('clear', 'warning', { chart }))
    await many.pass(12_000)
    const items = many.sent.flatMap(({ message }) => message.items.flatMap((item) => (item.kind === 'alert' ? [item] : [])))
    expect(items.length).toBeLessThan(charts.length)
    expect([...new Map(items.map(({ chart, status }) => [chart, status])).values()]).not.toContain('warning')
  })

  it('[DL9] more than ten messages a minute are a flood: what else comes is one message, which says so, each half minute', async () => {
    const bench = createNotifyBench({ targets: [targetOf('all')] })
    const raise = (n: number) => bench.notify.take(alertNews('warning', 'clear', { name: `rule_${n}` }))
    for (let n = 0; n < 10; n++) {
      await raise(n)
      await bench.pass(1_000)
    }
    expect(bench.sent.length).toBe(10)
    for (let n = 10; n < 15; n++) await raise(n)
    await bench.pass(20_000)
    expect(bench.sent.length).toBe(10)
    await bench.pass(12_000)
    expect(bench.sent.slice(10).map(({ message }) => [message.items.length, message.omitted, message.isFlood])).toEqual([[5, 0, true]])
  })

  it('[DL10] more rules at once than a minute has messages are one message at once', async () => {
    const bench = createNotifyBench({ targets: [targetOf('all')] })
    await Promise.all(
      Array.from({ length: 80 }, (_, n) => bench.notify.take(alertNews(n === 70 ? 'critical' : 'warning', 'clear', { name: `rule_${n}` }))),
    )
    await bench.pass(2_000)
    const [first] = bench.sent
    expect(bench.sent.length).toBe(1)
    expect(first?.message).toMatchObject({ isFlood: true, omitted: 80 - (first?.message.items.length ?? 0) })
    expect(first?.message.items.length).toBeLessThanOrEqual(notifyLimits.namedInFlood)
  })

  it('[DL11] a message says the words of the definition without what an agent would fill in, and links to its alert', async () => {
    const bench = createNotifyBench({ targets: [targetOf('all')] })
    const fields = {
      info: 'CPU of ${label:host}, now $this, is high',
      summary: 'CPU \u202e${label:x}',
      units: '%',
      classification: 'Utilization',
    }
    bench.configs.push(configOf('00000000-0000-4000-8000-00000000c0f1', fields))
    const configHash = '00000000-0000-4000-8000-00000000c0f1' as AlertConfigHash
    await bench.notify.take(alertNews('warning', 'clear', { configHash, chart: 'a&b' }))
    await bench.pass(2_000)
    const { messageId: _id, ...message } = bench.sent[0]?.message ?? { messageId: '' }
    expect(message).toMatchObject({
      spaceName: 'Lab',
      url: `https://cloud.example/spaces/5f0c1e9a-0000-4000-8000-000000000001/alerts/one?node=${nodeIdOf(1)}&chart=a%26b&name=10min_cpu_usage`,
      items: [{ hostname: 'host-1', summary: 'CPU', info: 'CPU of, now, is high', units: '%', className: 'Utilization', isRepeat: false }],
    })
    expect(definitionText('a'.repeat(5_000), 300).length).toBe(300)
  })

  it('[DL12] the id of a message is a UUID that sorts by its time, the newest first', () => {
    const ids = [1, 1_800_000_000_000, 1_800_000_000_001].map(newMessageId)
    for (const id of ids) expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
    expect(ids.map(keptSort).sort()).toEqual(ids.map(keptSort).reverse())
  })
})

describe('the queue of a target', () => {
  const failing: Outcome = { is: 'retry', problem: 'The address answered with an error.' }

  it('[DL13] what could not be delivered is tried eight times under one id, with growing pauses, and then is a dead letter', async () => {
    const bench = createNotifyBench({ targets: [targetOf('all')] })
    const times: number[] = []
    bench.answers.set('all', () => {
      times.push(bench.clock.nowMs())
      return failing
    })
    await bench.notify.take(alertNews('warning', 'clear'))
    await bench.pass(5 * 3_600_000, 10_000)
    expect(new Set(bench.sent.map(({ message }) => message.messageId)).size).toBe(1)
    const pauses = times.slice(1).map((atMs, n) => Math.ceil((atMs - (times[n] ?? 0)) / 10_000))
    expect(pauses).toEqual([1, 2, 6, 30, 90, 360, 720])
    const page = await bench.notify.messages.page(alertNews('clear', 'null').spaceId, everything)
    expect(page.messages).toEqual([
      expect.objectContaining({ state: 'failed', attempts: 8, problem: failing.problem, nextAttemptAtMs: null, changes: 1 }),
    ])
    expect(page.counts).toEqual({ waiting: 0, failed: 1 })
  })

  it('[DL14] a receiver that asks to wait is waited for, and one that refuses is not asked again', async () => {
    const bench = createNotifyBench({ targets: [targetOf('busy'), targetOf('gone')] })
    const outcomes: Outcome[] = [{ is: 'retry', problem: 'Too many messages.', retryAfterMs: 600_000 }, { is: 'delivered' }]
    bench.answers.set('busy', () => outcomes.shift() ?? { is: 'delivered' })
    bench.answers.set('gone', () => ({ is: 'refused', problem: 'The address refused the message.' }))
    await bench.notify.take(alertNews('warning', 'clear'))
    await bench.pass(599_000)
    const count = (targetId: string) => bench.sent.filter((each) => each.targetId === targetId).length
    expect([count('busy'), count('gone')]).toEqual([1, 1])
    await bench.pass(10_000)
    expect([count('busy'), count('gone')]).toEqual([2, 1])
    const page = await bench.notify.messages.page(alertNews('clear', 'null').spaceId, everything)
    expect(page.messages.map(({ targetId, state }) => `${targetId} ${state}`).sort()).toEqual(['busy sent', 'gone failed'])
  })

  it('[DL15] a message waits for the one before, and what comes meanwhile is gathered', async () => {
    const bench = createNotifyBench({ targets: [targetOf('all')], nodes: Array.from({ length: 9 }, (_, n) => nodeOf(n + 1)) })
    bench.answers.set('all', () => failing)
    await bench.notify.take(alertNews('warning', 'clear'))
    await bench.pass(2_000)
    for (let n = 2; n < 8; n++) {
      await bench.notify.take(alertNews('warning', 'clear', { nodeId: nodeIdOf(n) }))
      await bench.pass(30_000, 5_000)
    }
    bench.answers.delete('all')
    await bench.pass(600_000, 10_000)
    const delivered = bench.sent.slice(-2).map(({ message }) => message.items.length)
    expect(delivered).toEqual([1, 6])
  })

  it('[DL16] (N3) receivers that hang delay no other by more than a moment, however many they are', async () => {
    const hanging = Array.from({ length: 150 }, (_, n) => targetOf(`hangs ${n}`))
    const bench = createNotifyBench({ targets: [...hanging, targetOf('answers')] })
    for (const { targetId } of hanging) bench.answers.set(targetId, () => new Promise(() => {}))
    const arrivedAtMs: number[] = []
    bench.answers.set('answers', () => {
      arrivedAtMs.push(bench.clock.nowMs())
      return { is: 'delivered' }
    })
    const toldAtMs = bench.clock.nowMs()
    await bench.notify.take(alertNews('warning', 'clear'))
    // Nothing settles while they hang, so the clock is moved past what is under way.
    for (let n = 0; n < 6; n++) {
      bench.clock.advance(1_000)
      for (let turn = 0; turn < 500; turn++) await new Promise((resolve) => setImmediate(resolve))
    }
    expect(bench.told('answers')).toEqual([['10min_cpu_usage warning']])
    // It was due a second after the change.
    expect(arrivedAtMs.map((atMs) => atMs - toldAtMs - 1_000 <= 5_000)).toEqual([true])
    expect(bench.sent.length).toBeGreaterThan(1)
  })

  it('[DL17] deleting or switching off a target drops what waits for it', async () => {
    const bench = createNotifyBench({ targets: [targetOf('gone'), targetOf('off')] })
    bench.answers.set('gone', () => failing)
    await bench.notify.take(alertNews('warning', 'clear'))
    await bench.pass(2_000)
    await bench.notify.take(alertNews('critical', 'warning'))
    bench.targets.splice(0, 2, targetOf('off', { isEnabled: false }))
    await bench.pass(20_000)
    expect(bench.told('gone')).toEqual([['10min_cpu_usage warning']])
    expect(bench.told('off')).toEqual([['10min_cpu_usage warning']])
    bench.targets.push(targetOf('gone'))
    const page = await bench.notify.messages.page(alertNews('clear', 'null').spaceId, { ...everything, targetId: 'gone' })
    expect(page.messages).toEqual([expect.objectContaining({ state: 'dropped', problem: 'The channel was deleted.' })])
  })

  it('[DL18] sent, failed and dropped messages leave the log after seven days', async () => {
    const bench = createNotifyBench({ targets: [targetOf('all')] })
    await bench.notify.take(alertNews('warning', 'clear'))
    await bench.pass(2_000)
    const count = async () => (await bench.notify.messages.page(alertNews('clear', 'null').spaceId, everything)).messages.length
    expect(await count()).toBe(1)
    await bench.pass(7 * 86_400_000, 86_400_000)
    expect(await count()).toBe(0)
  })
})

describe('telling again', () => {
  const repeating = { targets: [targetOf('all', { repeatMin: 30 })] }

  it('[DL19] what is still raised is told again after the interval, marked as a repetition, once and for as long as it lasts', async () => {
    const bench = createNotifyBench(repeating)
    await bench.notify.start()
    await bench.notify.take(alertNews('warning', 'clear'))
    await bench.notify.take(alertNews('warning', 'clear', { name: 'over' }))
    bench.raised.set(nodeIdOf(1), [raisedAlert('warning')])
    await bench.pass(31 * 60_000, 10_000)
    const repeats = () =>
      bench.sent.flatMap(({ message }) => message.items.flatMap((item) => (item.kind === 'alert' && item.isRepeat ? [item.name] : [])))
    expect(repeats()).toEqual(['10min_cpu_usage'])
    await bench.pass(31 * 60_000, 10_000)
    expect(repeats().length).toBe(2)
    bench.raised.clear()
    await bench.pass(90 * 60_000, 10_000)
    expect(repeats().length).toBe(2)
    await bench.notify.close()
  })

  it('[DL20] a restart repeats nothing before its time', async () => {
    const before = createNotifyBench({ targets: [targetOf('all', { repeatMin: 30 })] })
    before.raised.set(nodeIdOf(1), [raisedAlert('warning')])
    await before.notify.take(alertNews('warning', 'clear'))
    await before.pass(40 * 60_000, 60_000)
    await before.notify.lookRepeats()
    await before.pass(2_000)
    expect(before.sent.length).toBe(2)
    for (let n = 0; n < 5; n++) {
      const after = createNotifyBench({ targets: before.targets, clock: before.clock, store: before.store })
      after.raised.set(nodeIdOf(1), [raisedAlert('warning')])
      await after.notify.start()
      await after.notify.lookRepeats()
      await after.pass(60_000)
      expect(after.sent).toEqual([])
      await after.notify.close()
    }
  })

  it('[DL21] what is raised on a node that is not live is not repeated, and neither is what is silenced', async () => {
    const bench = createNotifyBench(repeating)
    await bench.notify.take(alertNews('warning', 'clear'))
    await bench.notify.take(alertNews('warning', 'clear', { nodeId: nodeIdOf(2) }))
    bench.raised.set(nodeIdOf(1), [raisedAlert('warning')])
    bench.raised.set(nodeIdOf(2), [raisedAlert('warning')])
    await bench.pass(40 * 60_000, 60_000)
    bench.offline.add(nodeIdOf(1))
    bench.silences.push(({ nodeId }) => nodeId === nodeIdOf(2))
    await bench.notify.lookRepeats()
    await bench.pass(5_000)
    expect(bench.sent.length).toBe(1)
    bench.silences.length = 0
    await bench.notify.lookRepeats()
    await bench.pass(5_000)
    expect(bench.sent.slice(1).flatMap(({ message }) => message.items)).toEqual([
      expect.objectContaining({ hostname: 'host-2', isRepeat: true }),
    ])
  })
})

describe('the log', () => {
  const spaceId = alertNews('clear', 'null').spaceId

  it('[DL22] the log tells what is open, waiting, sent and failed, newest first and page by page, without browsers of others and nodes that are not seen', async () => {
    const bench = createNotifyBench({
      targets: [
        targetOf('all'),
        targetOf('mine', { kind: 'push', personId }),
        targetOf('other', { kind: 'push', personId: 'other' as PersonId }),
      ],
    })
    bench.sights.set(personId, () => true)
    bench.sights.set('other', () => true)
    for (let n = 1; n < 4; n++) {
      await bench.notify.take(alertNews('warning', 'clear', { nodeId: nodeIdOf(n) }))
      await bench.pass(12_000)
    }
    await bench.notify.take(alertNews('critical', 'warning'))
    const all = await bench.notify.messages.page(spaceId, { ...everything, targetId: 'all', sees: (nodeId) => nodeId !== nodeIdOf(2) })
    expect(all.messages.map(({ state, items }) => [state, ...items.map(({ hostname }) => hostname)])).toEqual([
      ['open', 'host-1'],
      ['sent', 'host-3'],
      ['sent'],
      ['sent', 'host-1'],
    ])
    const whole = await bench.notify.messages.page(spaceId, everything)
    expect(new Set(whole.messages.map(({ targetId }) => targetId))).toEqual(new Set(['all', 'mine']))
    expect(whole.counts).toEqual({ waiting: 2, failed: 0 })
    const ids: string[] = []
    let before: string | undefined
    do {
      const page = await bench.notify.messages.page(spaceId, { ...everything, state: 'sent', limit: 2, before })
      ids.push(...page.messages.map(({ messageId }) => messageId))
      before = page.next
    } while (before !== undefined)
    expect(ids).toEqual(whole.messages.flatMap(({ state, messageId }) => (state === 'sent' ? [messageId] : [])))
  })

  it('[DL23] a failed message is tried once more when somebody wants it, or dropped, and one that is over is refused', async () => {
    const bench = createNotifyBench({ targets: [targetOf('all')] })
    bench.answers.set('all', () => ({ is: 'refused', problem: 'No.' }))
    await bench.notify.take(alertNews('warning', 'clear'))
    await bench.pass(2_000)
    const [failed] = (await bench.notify.messages.page(spaceId, everything)).messages
    const messageId = failed?.messageId ?? ''
    const state = async () => (await bench.notify.messages.page(spaceId, everything)).messages.map((row) => row.state)

    bench.answers.set('all', () => ({ is: 'retry', problem: 'Still not.' }))
    await bench.notify.messages.retry(spaceId, messageId, personId)
    await bench.notify.idle()
    expect(await state()).toEqual(['failed'])
    bench.answers.delete('all')
    await bench.notify.messages.retry(spaceId, messageId, personId)
    await bench.notify.idle()
    expect(await state()).toEqual(['sent'])
    expect(new Set(bench.sent.map(({ message }) => message.messageId)).size).toBe(1)
    await expect(bench.notify.messages.retry(spaceId, messageId, personId)).rejects.toMatchObject({ code: 'CONFLICT' })
    await expect(bench.notify.messages.drop(spaceId, messageId, personId)).rejects.toMatchObject({ code: 'CONFLICT' })
    await expect(bench.notify.messages.drop(spaceId, newMessageId(5), personId)).rejects.toMatchObject({ code: 'NOT_FOUND' })

    bench.answers.set('all', () => ({ is: 'refused', problem: 'No.' }))
    await bench.notify.take(alertNews('critical', 'warning'))
    await bench.pass(12_000)
    const [second] = (await bench.notify.messages.page(spaceId, everything)).messages
    await bench.notify.messages.drop(spaceId, second?.messageId ?? '', personId)
    const page = await bench.notify.messages.page(spaceId, everything)
    expect([await state(), page.counts]).toEqual([['dropped', 'sent'], { waiting: 0, failed: 0 }])
  })

  it('[DL24] dropping a message that waits lets the next one through', async () => {
    const bench = createNotifyBench({ targets: [targetOf('all')] })
    bench.answers.set('all', (message) =>
      message.items.some((item) => item.kind === 'alert' && item.name === 'bad') ? { is: 'retry', problem: 'No.' } : { is: 'delivered' },
    )
    await bench.notify.take(alertNews('warning', 'clear', { name: 'bad' }))
    await bench.pass(2_000)
    await bench.notify.take(alertNews('warning', 'clear', { name: 'good' }))
    await bench.pass(60_000)
    expect(bench.told('all').flat()).not.toContain('good warning')
    const waiting = await bench.notify.messages.page(spaceId, { ...everything, state: 'waiting' })
    await bench.notify.messages.drop(spaceId, waiting.messages[0]?.messageId ?? '', personId)
    await bench.pass(2_000)
    expect(bench.told('all').flat()).toContain('good warning')
  })

  it('[DL25] what is logged is ids, counts and codes', async () => {
    const bench = createNotifyBench({ targets: [targetOf('all')], nodes: [nodeOf(1, { hostname: 'hostname-marker' })] })
    const marked = { chart: 'chart-marker', name: 'name-marker', context: 'context-marker' }
    bench.answers.set('all', () => ({ is: 'retry', problem: 'problem-marker' }))
    await bench.notify.take(alertNews('warning', 'clear', marked))
    await bench.pass(5 * 3_600_000, 60_000)
    expect(bench.lines.map(({ event }) => event)).toContain('message_failed')
    expect(JSON.stringify(bench.lines)).not.toContain('marker')
    // Which message it was, and how often it was tried; what a line may not have would be left out of it.
    const { messageId } = bench.sent[0]?.message ?? {}
    expect(bench.lines).toContainEqual({
      event: 'message_failed',
      fields: { space: benchSpaceId, target: 'all', messageId, attempt: 8 },
    })
    expect(bench.lines.flatMap(({ fields = {} }) => Object.keys(fields).filter((name) => !Object.hasOwn(logFields, name)))).toEqual([])
  })

  it('[DL33] what is kept of a target and cannot be read any more is begun anew, and keeps nobody from being told', async () => {
    const bench = createNotifyBench({ targets: [targetOf('one'), targetOf('two')] })
    const key = notifyKeys.tray(spaceId, 'one')
    await bench.store.write({ ...key, kind: 'message', data: {}, blob: new Uint8Array([9, 9, 9, 9, 9, 9]) }, 'absent')
    await bench.notify.start()
    await bench.notify.take(alertNews('warning', 'clear'))
    await bench.pass(2_000)
    expect([bench.told('one').length, bench.told('two').length]).toEqual([1, 1])
    expect(bench.lines).toContainEqual({ event: 'tray_damaged', fields: { target: 'one' } })
    await bench.notify.close()
  })
})

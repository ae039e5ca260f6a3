import { gzipSync } from 'node:zlib'
import { expect, it } from 'vitest'
import { encodeFrameHead } from '../../src/live/frame.ts'
import { parseFromBrowser, type FromBrowser, type ToBrowser } from '../../src/live/messages.ts'
import { createHandClock } from '../../test/doubles/hand-clock.ts'
import { createLiveClient, type LiveSocketEvents, type LiveSubscription } from './live-client.ts'

const nodeId = '6f6d9d0e-8c61-4f6f-9a53-0d8f4f1c2a01'
const settle = () => new Promise<void>((resolve) => setImmediate(resolve))

function setUp(renewals: (boolean | Error)[] = []) {
  const clock = createHandClock()
  const sockets: { events: LiveSocketEvents; sent: FromBrowser[]; isClosed: boolean }[] = []
  let renewed = 0
  const client = createLiveClient({
    clock,
    random: () => 0,
    renewSession: async () => {
      const next = renewals[renewed++] ?? true
      if (next instanceof Error) throw next
      return next
    },
    openSocket(events) {
      const socket = { events, sent: [] as FromBrowser[], isClosed: false }
      sockets.push(socket)
      return {
        // The relay's own parser reads what the page sends, so a message of the wrong shape fails here.
        send: (text) => void socket.sent.push(parseFromBrowser(text) ?? ({ type: 'wrong', text } as never)),
        close: () => (socket.isClosed = true),
      }
    },
  })
  const last = () => sockets.at(-1) as (typeof sockets)[number]
  const say = (message: ToBrowser) => last().events.onText(JSON.stringify(message))
  const welcome = (expiresInMs = 900_000) => say({ type: 'welcome', protocol: 1, expiresAtMs: clock.nowMs() + expiresInMs })
  const frame = (kind: 'tick' | 'answer', id: number, text: string, isGzip = false) => {
    const body = isGzip ? gzipSync(text) : Buffer.from(text)
    last().events.onBytes(Buffer.concat([encodeFrameHead({ kind, isGzip, part: 0, httpStatus: 200, id, tick: 1 }), body]))
  }
  const wish = (contexts: string[] = ['system.cpu'], cadenceMs = 1000) => {
    const heard: unknown[] = []
    const subscription: LiveSubscription = {
      nodeId,
      cadenceMs,
      contexts,
      onTick: (text, httpStatus) => heard.push(['tick', text, httpStatus]),
      onPaused: (reason) => heard.push(['paused', reason]),
      onRefused: (code, mayRetry) => heard.push(['refused', code, mayRetry]),
    }
    return { heard, handle: client.subscribe(subscription) }
  }
  return { clock, client, sockets, last, say, welcome, frame, wish, renewedCount: () => renewed }
}

it('[UI37] connects with the first wish and subscribes after the welcome', () => {
  const { client, sockets, last, welcome, wish } = setUp()
  expect([client.state, sockets.length]).toEqual(['idle', 0])
  wish(['system.cpu', 'disk.io'])
  expect([client.state, last().sent]).toEqual(['connecting', []])
  welcome()
  expect(client.state).toBe('open')
  expect(last().sent).toEqual([{ type: 'subscribe', id: 1, nodeId, contexts: ['system.cpu', 'disk.io'], cadenceMs: 1000 }])
})

it('[UI38] gives the ticks of a stream to every wish on it, inflated', async () => {
  const { say, welcome, frame, wish } = setUp()
  const [one, two] = [wish(), wish(['disk.io'])]
  welcome()
  say({ type: 'subscribed', id: 1, stream: 77 })
  say({ type: 'subscribed', id: 2, stream: 77 })
  frame('tick', 77, '{"a":1}', true)
  frame('tick', 5, 'nobody')
  await expect.poll(() => [one.heard, two.heard]).toEqual([[['tick', '{"a":1}', 200]], [['tick', '{"a":1}', 200]]])
  one.handle.close()
  frame('tick', 77, '2')
  await expect.poll(() => two.heard.length).toBe(2)
  expect(one.heard.length).toBe(1)
})

it('[UI39] changes a wish under its id, ends it, and tells pauses and refusals', () => {
  const { last, say, welcome, wish } = setUp()
  const { heard, handle } = wish()
  welcome()
  say({ type: 'subscribed', id: 1, stream: 4 })
  handle.change(['mem.available'])
  say({ type: 'paused', stream: 4, reason: 'AGENT_UNREACHABLE' })
  say({ type: 'error', id: 1, code: 'RATE_LIMITED', message: 'm', retry: true })
  handle.close()
  handle.close()
  expect(heard).toEqual([
    ['paused', 'AGENT_UNREACHABLE'],
    ['refused', 'RATE_LIMITED', true],
  ])
  expect(last().sent.slice(1)).toEqual([
    { type: 'subscribe', id: 1, nodeId, contexts: ['mem.available'], cadenceMs: 1000 },
    { type: 'unsubscribe', id: 1 },
  ])
})

it('[UI40] answers a question once, or rejects it with the relay’s code', async () => {
  const { client, last, say, welcome, frame } = setUp()
  const first = client.ask(nodeId, { kind: 'contexts' })
  const second = client.ask(nodeId, { kind: 'info' })
  welcome()
  expect(last().sent.map((message) => message.type)).toEqual(['ask', 'ask'])
  frame('answer', 1, '{"contexts":{}}')
  say({ type: 'error', id: 2, code: 'AGENT_TIMEOUT', message: 'slow', retry: true })
  expect(await first).toEqual({ text: '{"contexts":{}}', httpStatus: 200 })
  await expect(second).rejects.toThrowError(expect.objectContaining({ code: 'AGENT_TIMEOUT', message: 'slow' }))
})

it('[UI40] holds questions back beyond its share in flight, and cancels one at the relay', async () => {
  const { client, last, welcome, frame } = setUp()
  const abort = new AbortController()
  const asks = Array.from({ length: 20 }, (_, index) => client.ask(nodeId, { kind: 'info' }, index === 0 ? abort.signal : undefined))
  const outcomes = Promise.allSettled(asks)
  welcome()
  expect(last().sent.length).toBe(16)
  abort.abort()
  expect(last().sent.slice(16)).toEqual([
    { type: 'cancel', id: 1 },
    { type: 'ask', id: 17, nodeId, question: { kind: 'info' } },
  ])
  for (let id = 2; id <= 20; id++) frame('answer', id, 'x')
  expect((await outcomes).map(({ status }) => status)).toEqual(['rejected', ...Array.from({ length: 19 }, () => 'fulfilled')])
})

it('[UI41] reconnects with growing pauses and restores every wish; questions in flight fail', async () => {
  const { client, clock, sockets, last, welcome, wish } = setUp()
  wish()
  const asked = client.ask(nodeId, { kind: 'info' })
  welcome()
  last().events.onClose(1012)
  await expect(asked).rejects.toThrowError(expect.objectContaining({ code: 'AGENT_UNREACHABLE' }))
  expect(client.state).toBe('waiting')
  clock.advance(249)
  expect(sockets.length).toBe(1)
  clock.advance(1)
  expect(sockets.length).toBe(2)
  welcome()
  expect(last().sent).toEqual([{ type: 'subscribe', id: 1, nodeId, contexts: ['system.cpu'], cadenceMs: 1000 }])
})

it('[UI41] ignores what an abandoned socket still says', () => {
  const { client, clock, sockets, welcome, wish } = setUp()
  wish()
  welcome()
  sockets[0]?.events.onClose(1006)
  clock.advance(250)
  sockets[0]?.events.onText('{"type":"welcome","protocol":1,"expiresAtMs":0}')
  expect(client.state).toBe('connecting')
})

it('[UI42] renews the session when the relay says it ended, and signs out when that fails', async () => {
  const { client, clock, sockets, last, welcome, wish } = setUp([true, false])
  wish()
  welcome()
  last().events.onClose(4001)
  await settle()
  clock.advance(250)
  expect(sockets.length).toBe(2)
  welcome()
  last().events.onClose(4001)
  await settle()
  expect(client.state).toBe('signed-out')
  clock.advance(60_000)
  expect(sockets.length).toBe(2)
})

it('[UI42] asks about the session when upgrades keep failing, and goes on trying while the cloud is away', async () => {
  const { client, clock, sockets, last, wish, renewedCount } = setUp([new TypeError('network')])
  wish()
  last().events.onClose(1006)
  clock.advance(250)
  expect(renewedCount()).toBe(0)
  last().events.onClose(1006)
  await settle()
  expect([client.state, renewedCount()]).toEqual(['waiting', 1])
  clock.advance(500)
  expect(sockets.length).toBe(3)
})

it('[UI43] renews the session before it ends', () => {
  const { clock, welcome, wish, renewedCount } = setUp()
  wish()
  welcome(900_000)
  clock.advance(839_000)
  expect(renewedCount()).toBe(0)
  clock.advance(1000)
  expect(renewedCount()).toBe(1)
})

it('[UI44] takes a socket that owes ticks and is silent for dead; not one that is paused or hidden', () => {
  const { client, clock, sockets, say, welcome, wish } = setUp()
  wish()
  welcome()
  say({ type: 'subscribed', id: 1, stream: 9 })
  say({ type: 'paused', stream: 9, reason: 'AGENT_UNREACHABLE' })
  clock.advance(120_000)
  expect(client.state).toBe('open')
  say({ type: 'subscribed', id: 1, stream: 9 })
  client.setVisible(false)
  clock.advance(120_000)
  expect(client.state).toBe('open')
  client.setVisible(true)
  clock.advance(19_000)
  expect(client.state).toBe('open')
  clock.advance(6000)
  expect([client.state, sockets.length]).toEqual(['connecting', 2])
})

it('[UI45] tells the relay when the page is hidden, also after a reconnect', () => {
  const { client, clock, last, welcome, wish } = setUp()
  wish()
  welcome()
  client.setVisible(false)
  client.setVisible(false)
  expect(last().sent.slice(1)).toEqual([{ type: 'visibility', visible: false }])
  last().events.onClose(1006)
  clock.advance(250)
  welcome()
  expect(last().sent[0]).toEqual({ type: 'visibility', visible: false })
})

it('[UI46] closes the socket some seconds after the last wish, and hurries when there is reason to', () => {
  const { client, clock, sockets, last, welcome, wish } = setUp()
  const { handle } = wish()
  welcome()
  last().events.onClose(1006)
  client.hurry()
  expect([client.state, sockets.length]).toEqual(['connecting', 2])
  welcome()
  handle.close()
  clock.advance(9999)
  expect(client.state).toBe('open')
  clock.advance(1)
  expect([client.state, last().isClosed]).toEqual(['idle', true])
})

it.each(['', '{', '[]', '{"type":"surprise"}', 'null'])('[UI47] ignores the message %j and goes on', (text) => {
  const { client, last, welcome, wish } = setUp()
  wish()
  welcome()
  last().events.onText(text)
  last().events.onBytes(Uint8Array.of(1, 2, 3))
  expect(client.state).toBe('open')
})

it('[MX37] a standing question is watched after the welcome and after every loss, hears its ticks, and ends', async () => {
  const { clock, client, last, say, welcome, frame } = setUp()
  const question = {
    kind: 'data-v2',
    contexts: ['disk.io'],
    afterS: -8,
    beforeS: 0,
    points: 8,
    groupBy: ['dimension'],
    groupByLabels: [],
    aggregation: 'sum',
    timeGroup: 'average',
    nodeIds: [nodeId],
    raw: true,
  } as const
  const heard: unknown[] = []
  const end = client.watch({
    nodeId,
    question,
    cadenceMs: 2000,
    onTick: (text, httpStatus) => heard.push([text, httpStatus]),
    onPaused: (reason) => heard.push(reason),
    onRefused: (code) => heard.push(code),
  })
  welcome()
  expect(last().sent).toEqual([{ type: 'watch', id: 1, nodeId, question, cadenceMs: 2000 }])
  say({ type: 'subscribed', id: 1, stream: 9 })
  say({ type: 'paused', stream: 9, reason: 'AGENT_TOO_OLD' })
  frame('tick', 9, '{}')
  await settle()
  await expect.poll(() => heard).toEqual(['AGENT_TOO_OLD', ['{}', 200]])
  last().events.onClose(1006)
  clock.advance(1_000)
  welcome()
  expect(last().sent).toEqual([{ type: 'watch', id: 1, nodeId, question, cadenceMs: 2000 }])
  end()
  end()
  expect(last().sent.slice(1)).toEqual([{ type: 'unwatch', id: 1 }])
})

it('[FE4] tells what changed, and after a lost socket that everything may have', () => {
  const { clock, client, sockets, last, say, welcome, wish } = setUp()
  const heard: string[] = []
  const stop = client.onChanged((what) => heard.push(what))
  wish()
  welcome()
  say({ type: 'changed', what: 'alerts' })
  say({ type: 'changed', what: 'feed' })
  expect(heard.splice(0)).toEqual(['alerts', 'feed'])
  last().events.onClose(1006)
  clock.advance(60_000)
  expect(sockets.length).toBe(2)
  welcome()
  expect(heard.splice(0)).toEqual(['alerts', 'feed', 'nodes', 'messages'])
  stop()
  say({ type: 'changed', what: 'alerts' })
  expect(heard).toEqual([])
})

it('[FE4] a page that only listens holds the socket open, and lets it go', () => {
  const { clock, client, last, welcome } = setUp()
  const letGo = client.holdOpen()
  welcome()
  clock.advance(60_000)
  expect([client.state, last().isClosed]).toEqual(['open', false])
  letGo()
  letGo()
  clock.advance(10_000)
  expect([client.state, last().isClosed]).toEqual(['idle', true])
})

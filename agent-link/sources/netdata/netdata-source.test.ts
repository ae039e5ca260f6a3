import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { gzipSync } from 'node:zlib'
import { afterEach, expect, it } from 'vitest'
import { silentLog } from '../../../src/support/log.ts'
import { createHandClock } from '../../../test/doubles/hand-clock.ts'
import type { SourceChange } from '../source.ts'
import { goneForS } from './follow-log.ts'
import { createNetdataSource, pollEveryMs } from './netdata-source.ts'

const undo: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step()
})

const uid = 'a70ef954-e5fa-11f1-9c42-02fc00000001'
const context = (title: string) => ({
  title,
  units: 'u',
  family: 'f',
  chart_type: 'line',
  priority: 1,
  first_time_t: 1_795_300_014,
  collected: true,
})
const alarm = (status: string, when: number) => ({ name: 'a', chart: 'c.1', status, last_status_change: when, config_hash_id: uid })

/** A stand-in for an agent's port whose documents a test can change. */
async function startAgent() {
  const documents: Record<string, unknown> = {
    '/api/v1/info': { version: 'v1.37.1', uid, mirrored_hosts: ['edge-2'] },
    '/api/v1/contexts': { contexts: { 'c.x': context('One') } },
    '/api/v1/contexts?options=charts': { contexts: { 'c.x': { charts: { 'c.1': {} } } } },
    '/api/v1/alarms?all': { alarms: { a: alarm('CLEAR', 100) } },
  }
  const requests: { url: string; gzip: boolean }[] = []
  const watchers = new Set<() => void>()
  let isHolding = false
  const server = createServer((request, response) => {
    const url = request.url ?? ''
    const gzip = request.headers['accept-encoding'] === 'gzip'
    requests.push({ url, gzip })
    response.once('close', () => {
      for (const watch of watchers) watch()
    })
    if (url.startsWith('/api/v1/data')) {
      if (isHolding) return
      const body = Buffer.from(`{"url":${JSON.stringify(url)}}`)
      response.writeHead(200, { 'Content-Type': 'application/json', ...(gzip ? { 'Content-Encoding': 'gzip' } : {}) })
      return void response.end(gzip ? gzipSync(body) : body)
    }
    const document = documents[url]
    response.writeHead(document === undefined ? 404 : 200).end(JSON.stringify(document) ?? '')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const stop = () => {
    server.closeAllConnections()
    return new Promise((resolve) => server.close(resolve))
  }
  undo.push(stop)
  const { port } = server.address() as AddressInfo
  return {
    documents,
    requests,
    stop,
    url: `http://127.0.0.1:${port}`,
    hold: () => (isHolding = true),
    /** Resolves when the n-th request from now on has been answered or broken off. */
    answered: (count: number) =>
      new Promise<void>((resolve) => {
        let left = count
        const watch = () => {
          if (--left > 0) return
          watchers.delete(watch)
          resolve()
        }
        watchers.add(watch)
      }),
  }
}

async function scene() {
  const agent = await startAgent()
  const clock = createHandClock()
  const source = createNetdataSource({ url: agent.url, clock, log: silentLog })
  undo.push(() => source.stop())
  const changes: SourceChange[] = []
  const waiting: { change: SourceChange; resolve: () => void }[] = []
  source.onChange((change) => {
    changes.push(change)
    for (const wait of waiting.splice(0)) {
      if (wait.change === change) wait.resolve()
      else waiting.push(wait)
    }
  })
  const next = (change: SourceChange) => new Promise<void>((resolve) => waiting.push({ change, resolve }))
  return { agent, clock, source, changes, next }
}

it('[NS5] is started when identity, contexts and alerts are known', async () => {
  const { source } = await scene()
  await source.start()
  expect(source.machineGuid).toBe(uid)
  expect(source.info().node.hostname).toBe('edge-2')
  expect(source.contexts()).toMatchObject([{ id: 'c.x', title: 'One' }])
  expect(source.alerts()).toMatchObject([{ chart: 'c.1', name: 'a', context: 'c.x', status: 'clear', whenS: 100, configHash: uid }])
  expect(source.alertConfig(uid)).toMatchObject({ template: 'a', onChart: 'c.x' })
  expect(source.alertConfig('other')).toBeUndefined()
})

it('[NS5] refuses to start, in one sentence, without an agent or with something that is none', async () => {
  const { agent, source } = await scene()
  agent.documents['/api/v1/info'] = { hello: 'world' }
  await expect(source.start()).rejects.toMatchObject({ code: 'SOURCE_UNAVAILABLE' })
  agent.documents['/api/v1/info'] = undefined
  await expect(source.start()).rejects.toMatchObject({ code: 'SOURCE_UNAVAILABLE' })
  await agent.stop()
  await expect(source.start()).rejects.toMatchObject({
    code: 'SOURCE_UNAVAILABLE',
    message: `No netdata agent answers at ${agent.url}; start it, or give its address.`,
  })
})

it('[NS6] looks at contexts and alerts every ten seconds and tells what changed; equal contexts are no change', async () => {
  const { agent, clock, source, changes, next } = await scene()
  await source.start()
  changes.length = 0
  let polled = next('alerts')
  clock.advance(pollEveryMs)
  await polled
  expect(changes).toEqual(['alerts'])
  // The look ends just after its last change is told.
  await new Promise(setImmediate)
  agent.documents['/api/v1/contexts'] = { contexts: { 'c.x': context('Two') } }
  agent.documents['/api/v1/alarms?all'] = { alarms: { a: alarm('CRITICAL', 200) } }
  polled = next('alerts')
  clock.advance(pollEveryMs)
  await polled
  expect(changes).toEqual(['alerts', 'contexts', 'alerts'])
  expect(source.contexts()).toMatchObject([{ title: 'Two' }])
  expect(source.alerts()).toMatchObject([{ status: 'critical', whenS: 200 }])
})

it('[NS6] an agent that goes away keeps what was known of it, and is watched again when it is back', async () => {
  const { agent, clock, source, next } = await scene()
  await source.start()
  const { documents } = agent
  const known = documents['/api/v1/contexts']
  documents['/api/v1/contexts'] = undefined
  const missed = agent.answered(1)
  clock.advance(pollEveryMs)
  await missed
  await new Promise(setImmediate)
  expect(source.contexts()).toMatchObject([{ title: 'One' }])
  documents['/api/v1/contexts'] = known
  let isWatched = false
  void next('alerts').then(() => (isWatched = true))
  await expect
    .poll(() => {
      clock.advance(pollEveryMs)
      return isWatched
    })
    .toBe(true)
})

it('[NS7] passes a question on as it came and its answer back byte for byte, compressed when asked so', async () => {
  const { agent, source } = await scene()
  await source.start()
  const signal = new AbortController().signal
  const query = 'chart=disk.*|x&options=jsonwrap%2Cms&after=-5'
  const plain = await source.answer({ command: 'data', query, acceptsGzip: false }, signal)
  const body = Buffer.from(`{"url":${JSON.stringify(`/api/v1/data?${query}`)}}`)
  expect(plain).toEqual({ status: 200, contentType: 'application/json', isGzip: false, body })
  const zipped = await source.answer({ command: 'data', query, acceptsGzip: true }, signal)
  expect(zipped).toEqual({ status: 200, contentType: 'application/json', isGzip: true, body: gzipSync(body) })
  expect(agent.requests.slice(-2)).toEqual([
    { url: `/api/v1/data?${query}`, gzip: false },
    { url: `/api/v1/data?${query}`, gzip: true },
  ])
})

it('[NS8] breaks a cancelled question off at the agent, and answers for an agent that is gone', async () => {
  const { agent, source } = await scene()
  await source.start()
  agent.hold()
  const broken = agent.answered(1)
  const cancel = new AbortController()
  const pending = source.answer({ command: 'data', query: '', acceptsGzip: true }, cancel.signal)
  cancel.abort()
  expect((await pending).status).toBe(499)
  await Promise.race([broken, new Promise(setImmediate)])
  await agent.stop()
  expect((await source.answer({ command: 'data', query: '', acceptsGzip: true }, new AbortController().signal)).status).toBe(503)
})

const logEntry = (unique: number, status: string, old: string, when: number) => ({
  unique_id: unique,
  alarm_event_id: unique - 6,
  name: 'a',
  chart: 'c.1',
  status,
  old_status: old,
  when,
  config_hash_id: uid,
  value_string: `${unique} &lt;u&gt;`,
  value: unique,
  silenced: 'false',
})

it('[NS10] reads what the log has beyond what is known, so that a change and its end within one look are both told', async () => {
  const { agent, clock, source, next } = await scene()
  agent.documents['/api/v1/alarms?all'] = { latest_alarm_log_unique_id: 7, alarms: { a: alarm('CLEAR', 100) } }
  agent.documents['/api/v1/alarm_log?after=0'] = [logEntry(7, 'CLEAR', 'UNINITIALIZED', 100)]
  await source.start()
  expect(source.alertLog()).toMatchObject([{ sequence: 7, oldStatus: 'unknown', eventId: 1, alert: { status: 'clear', whenS: 100 } }])
  agent.documents['/api/v1/alarms?all'] = { latest_alarm_log_unique_id: 9, alarms: { a: alarm('CLEAR', 115) } }
  // What was logged after the alerts were told is left for the next look.
  agent.documents['/api/v1/alarm_log?after=7'] = [
    logEntry(10, 'WARNING', 'CLEAR', 120),
    logEntry(9, 'CLEAR', 'WARNING', 115),
    logEntry(8, 'WARNING', 'CLEAR', 112),
  ]
  const polled = next('alerts')
  clock.advance(pollEveryMs)
  await polled
  expect(source.alertLog().map(({ sequence, oldStatus, alert }) => [sequence, oldStatus, alert.status, alert.whenS])).toEqual([
    [7, 'unknown', 'clear', 100],
    [8, 'clear', 'warning', 112],
    [9, 'warning', 'clear', 115],
  ])
  expect(source.alertLog()[1]?.alert).toMatchObject({ context: 'c.x', configHash: uid, valueText: '8 <u>', isSilenced: false })
})

it('[NS10] a log that began anew is read from its start', async () => {
  const { agent, clock, source, next } = await scene()
  agent.documents['/api/v1/alarms?all'] = { latest_alarm_log_unique_id: 7, alarms: { a: alarm('CLEAR', 100) } }
  agent.documents['/api/v1/alarm_log?after=0'] = [logEntry(7, 'CLEAR', 'UNINITIALIZED', 100)]
  await source.start()
  agent.documents['/api/v1/alarms?all'] = { latest_alarm_log_unique_id: 2, alarms: { a: alarm('WARNING', 130) } }
  agent.documents['/api/v1/alarm_log?after=0'] = [logEntry(2, 'WARNING', 'UNINITIALIZED', 130)]
  const polled = next('alerts')
  clock.advance(pollEveryMs)
  await polled
  expect(source.alertLog().map(({ sequence, alert }) => [sequence, alert.status])).toEqual([[2, 'warning']])
})

it('[NS11] a restart or a reload is no change: what comes back as it was is as it was, what comes back otherwise has changed once', async () => {
  const { agent, clock, source, next } = await scene()
  const look = async (last: number, alarms: object, entries: readonly object[], after: number) => {
    agent.documents['/api/v1/alarms?all'] = { latest_alarm_log_unique_id: last, alarms }
    agent.documents[`/api/v1/alarm_log?after=${after}`] = entries
    const polled = next('alerts')
    clock.advance(pollEveryMs)
    await polled
  }
  agent.documents['/api/v1/alarms?all'] = { latest_alarm_log_unique_id: 8, alarms: { a: alarm('WARNING', 110) } }
  agent.documents['/api/v1/alarm_log?after=0'] = [logEntry(8, 'WARNING', 'CLEAR', 110), logEntry(7, 'CLEAR', 'UNINITIALIZED', 100)]
  await source.start()
  const shown = () => source.alerts().map(({ status, whenS }) => [status, whenS])
  const changes = () => source.alertLog().map(({ oldStatus, alert }) => [oldStatus, alert.status, alert.whenS])

  await look(9, {}, [logEntry(9, 'REMOVED', 'WARNING', 120)], 8)
  expect(shown()).toEqual([['warning', 110]])
  const returned = [logEntry(11, 'WARNING', 'UNINITIALIZED', 130), logEntry(10, 'UNINITIALIZED', 'UNINITIALIZED', 129)]
  await look(11, { a: alarm('WARNING', 130) }, returned, 9)
  expect(shown()).toEqual([['warning', 110]])
  await look(13, { a: alarm('CLEAR', 140) }, [logEntry(13, 'CLEAR', 'UNINITIALIZED', 140), logEntry(12, 'REMOVED', 'WARNING', 139)], 11)
  expect(shown()).toEqual([['clear', 140]])
  // Killed, an agent has no time to say that it removed anything.
  await look(14, { a: alarm('CLEAR', 150) }, [logEntry(14, 'CLEAR', 'UNINITIALIZED', 150)], 13)
  expect(shown()).toEqual([['clear', 140]])
  expect(changes()).toEqual([
    ['unknown', 'clear', 100],
    ['clear', 'warning', 110],
    ['warning', 'clear', 140],
  ])

  await look(15, {}, [logEntry(15, 'REMOVED', 'CLEAR', 160)], 14)
  for (let s = 0; s < goneForS; s += pollEveryMs / 1000) await look(15, {}, [], 15)
  expect(shown()).toEqual([['clear', 140]])
  await look(15, {}, [], 15)
  expect(shown()).toEqual([])
  await look(16, { a: alarm('CLEAR', 400) }, [logEntry(16, 'CLEAR', 'UNINITIALIZED', 400)], 15)
  expect(shown()).toEqual([['clear', 400]])
})

import { expect, it } from 'vitest'
import { createApiBench } from '../../test/doubles/benches/api-bench.ts'
import { nodeId, spaceId } from '../../test/doubles/benches/identity-bench.ts'
import { alertNews } from '../../test/doubles/benches/notify-bench.ts'
import type { LogMessage } from '../notify/message-log.ts'

const base = '/api/throughline/v1'

/** A space with a channel whose receiver refuses, and one message to it. */
async function start() {
  const bench = await createApiBench()
  const cookie = await bench.signedIn()
  const wish = { name: 'Pager', slug: 'webhook', options: ['CRITICAL', 'WARNING', 'CLEAR'], fields: { url: 'https://receiver.example/' } }
  const made = await bench.call('POST', `${base}/channels`, { cookie, body: wish })
  const { channelId } = made.json as { channelId: string }
  bench.receivers.answer = { is: 'refused', problem: 'The address refused the message.' }
  const raise = async (name: string) => {
    await bench.notify.take(alertNews('critical', 'clear', { spaceId, nodeId, name }))
    bench.clock.advance(2_000)
    await bench.notify.idle()
  }
  await raise('disk_space')
  const list = async (query = '') =>
    (await bench.call('GET', `${base}/messages${query}`, { cookie })).json as {
      messages: LogMessage[]
      next: string | null
      counts: { waiting: number; failed: number }
      silencedToday: number
    }
  return { ...bench, cookie, channelId, raise, list }
}

it('[DL27] GET /messages tells what became of each message, filtered by target and state, page by page', async () => {
  const { list, channelId, raise, node } = await start()
  const whole = await list()
  expect(whole).toEqual({
    messages: [
      {
        messageId: expect.stringMatching(/^[0-9a-f-]{36}$/) as string,
        targetId: channelId,
        targetName: 'Pager',
        slug: 'webhook',
        kind: 'alert',
        state: 'failed',
        items: [
          {
            newsId: expect.stringMatching(/^[0-9a-f]{32}$/) as string,
            nodeId,
            hostname: node.hostname,
            chart: 'system.cpu',
            name: 'disk_space',
            status: 'critical',
          },
        ],
        changes: 1,
        attempts: 1,
        problem: 'The address refused the message.',
        createdAtMs: expect.any(Number) as number,
        nextAttemptAtMs: null,
        sentAtMs: null,
      },
    ],
    next: null,
    counts: { waiting: 0, failed: 1 },
    silencedToday: 0,
  })
  await raise('other')
  expect((await list(`?targetId=${channelId}&state=failed`)).messages.length).toBe(2)
  expect((await list('?state=sent')).messages).toEqual([])
  expect((await list('?targetId=nobody')).messages).toEqual([])
  const first = await list('?limit=1')
  expect((await list(`?limit=1&before=${first.next}`)).messages.map(({ messageId }) => messageId)).toEqual([whole.messages[0]?.messageId])
})

it('[DL28] retrying and dropping a message is written into the audit; one that is over or absent is refused', async () => {
  const { list, call, cookie, audited, notify, receivers } = await start()
  const messageId = (await list()).messages[0]?.messageId ?? ''
  const path = `${base}/messages/${messageId}`
  expect((await call('POST', `${path}/retry`, { cookie })).status).toBe(202)
  await notify.idle()
  receivers.answer = { is: 'delivered' }
  expect((await list()).messages.map(({ state, attempts }) => [state, attempts])).toEqual([['failed', 2]])
  expect((await call('DELETE', path, { cookie })).status).toBe(204)
  expect((await call('DELETE', path, { cookie })).status).toBe(409)
  expect((await call('POST', `${path}/retry`, { cookie })).status).toBe(409)
  for (const absent of ['01a3185c-5000-7788-9d27-c4cd6b0feb90', 'nothing'])
    expect((await call('DELETE', `${base}/messages/${absent}`, { cookie })).status).toBe(404)
  const subject = { kind: 'message', id: messageId }
  expect(audited.filter((event) => event.subject?.kind === 'message')).toEqual([
    expect.objectContaining({ action: 'message-retried', subject }),
    expect.objectContaining({ action: 'message-dropped', subject }),
  ])
  expect((await list()).counts).toEqual({ waiting: 0, failed: 0 })
})

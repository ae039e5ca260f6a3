import { readFileSync } from 'node:fs'
import PostalMime from 'postal-mime'
import { expect, it } from 'vitest'
import { createChannelBench } from '../../../test/doubles/benches/channel-bench.ts'
import { createHandClock } from '../../../test/doubles/hand-clock.ts'
import { startMailbox } from '../../../test/doubles/servers/mailbox.ts'
import { failing, limiting, redirecting, startReceiver } from '../../../test/doubles/servers/receiver.ts'
import { ShownValue } from '../../../src/domain/shown-value.ts'
import type { AlertValues } from '../ports.ts'
import {
  alertItem,
  benchChannel,
  benchMessageId,
  benchNode,
  benchSpace,
  messageOf,
  reachItem,
} from '../../../test/doubles/benches/sample-messages.ts'
import { webhookSignature } from './webhook.ts'

const webhook = async (fields: Readonly<Record<string, string>> = {}) => {
  const receiver = await startReceiver()
  const all = { url: `${receiver.url}/in`, ...fields }
  return { receiver, ...createChannelBench({ slug: 'webhook', fields: all, receiver }) }
}

it('[NC1] a channel is a target with its rooms, severities and repetition, and nothing secret', async () => {
  const { targets } = createChannelBench({ slug: 'webhook', fields: { url: 'https://hooks.example/secret' }, channel: { repeatMin: 30 } })
  expect(await targets.list(benchSpace)).toEqual([
    {
      targetId: benchChannel,
      kind: 'channel',
      slug: 'webhook',
      name: 'Night shift',
      isEnabled: true,
      roomIds: null,
      options: ['CRITICAL', 'WARNING', 'CLEAR', 'REACHABLE', 'UNREACHABLE'],
      repeatMin: 30,
      includesValue: false,
      personId: undefined,
    },
  ])
})

it('[NC2] (N2) a webhook gets the documented body, and a receiver can prove whose it is and when it was sent', async () => {
  const { receiver, send } = await webhook({
    signingSecret: 's3cret',
    headers: 'X-Team: night\r\nx-team: day\nContent-Type: text/plain',
    bearerToken: 'tok',
  })
  expect(await send()).toEqual({ is: 'delivered' })
  const [request] = receiver.requests
  expect(request?.json()).toMatchObject({
    message: 'Critical (was warning): 10min_cpu_usage on web-1',
    alert: '10min_cpu_usage',
    info: 'Average CPU utilization over the last 10 minutes',
    chart: 'system.cpu',
    context: 'system.cpu',
    space: 'My space',
    Rooms: { 'Web servers': 'https://cloud.example/spaces/5a/alerts' },
    family: '',
    class: 'Utilization',
    severity: 'critical',
    date: '2027-01-15T08:00:00.000Z',
    additional_active_critical_alerts: 0,
    additional_active_warning_alerts: 0,
    alert_url: 'https://cloud.example/spaces/5a/alerts',
    messageId: benchMessageId,
    omitted: 0,
  })
  const { headers, text = '' } = request ?? {}
  expect(headers).toMatchObject({
    'content-type': 'application/json',
    'throughline-delivery': benchMessageId,
    'x-team': 'night, day',
    authorization: 'Bearer tok',
  })
  const time = String(headers?.['throughline-time'])
  expect(headers?.['throughline-signature']).toBe(`v1=${webhookSignature('s3cret', benchMessageId, time, text)}`)
})

it('[NC2] reachability has its own documented body, and a message of several changes lists all of them', async () => {
  const { receiver, send } = await webhook({ username: 'ann', password: 'pw' })
  await send(messageOf([reachItem({ state: 'reachable' })]))
  await send(messageOf([alertItem(), alertItem({ newsId: 'c3'.repeat(16), status: 'clear', oldStatus: 'critical' })], { omitted: 7 }))
  const [first, second] = receiver.requests
  expect(first?.json()).toMatchObject({
    message: 'Reachable again: web-1',
    url: 'https://cloud.example/spaces/5a/alerts',
    host: 'web-1',
    severity: 'info',
    status: { reachable: true, text: 'reachable' },
  })
  expect(first?.headers.authorization).toBe(`Basic ${Buffer.from('ann:pw').toString('base64')}`)
  expect(first?.headers['throughline-signature']).toBeUndefined()
  expect(second?.json()).toMatchObject({
    message: '9 changes: 1 critical, 1 cleared, 7 more',
    severity: 'critical',
    items: [{ severity: 'critical' }, { severity: 'clear' }],
    omitted: 7,
  })
})

it('[NC3] (U1) a mail goes to one address with the id of its message, as text and as HTML in which names are text', async () => {
  const { smtpUrl, mails, raw } = await startMailbox()
  const { send } = createChannelBench({ slug: 'email', fields: { address: 'ann@example.com' }, smtpUrl })
  const hostile = '<img src=x onerror=alert(1)>\r\nBcc: eve@example.com\u202e'
  expect(await send(messageOf([alertItem({ name: hostile, hostname: hostile })]))).toEqual({ is: 'delivered' })
  const mail = await PostalMime.parse(raw[0] ?? '')
  expect([mails[0]?.to, mail.messageId, mail.bcc]).toEqual(['ann@example.com', `<${benchMessageId}@cloud.example>`, undefined])
  expect(mail.subject).toBe(
    'Critical (was warning): <img src=x onerror=alert(1)> Bcc: eve@example.com on <img src=x onerror=alert(1)> Bcc: eve@example.com · My space',
  )
  expect(mail.html).not.toContain('<img')
  expect(mail.html).toContain('&lt;img src=x onerror=alert(1)&gt; Bcc: eve@example.com')
  expect(mail.text).toContain('https://cloud.example/spaces/5a/alerts')
  expect(mail.headers.find(({ key }) => key === 'auto-submitted')?.value).toBe('auto-generated')
})

it('[NC3] without a mail server a mail is refused, with one that is away it is tried again', async () => {
  const wish = { slug: 'email', fields: { address: 'ann@example.com' } }
  expect(await createChannelBench(wish).send()).toMatchObject({ is: 'refused', problem: expect.stringContaining('THROUGHLINE_SMTP_URL') })
  expect(await createChannelBench({ ...wish, smtpUrl: 'smtp://127.0.0.1:1' }).send()).toMatchObject({ is: 'retry' })
})

it('[NC7] Opsgenie gets the priority of an alert that got worse with PUT, in the message that says so', async () => {
  const receiver = await startReceiver()
  const { send } = createChannelBench({ slug: 'opsgenie', fields: { apiKey: 'g', region: 'us' }, receiver })
  expect(await send(messageOf([alertItem({ oldStatus: 'warning' })]))).toEqual({ is: 'delivered' })
  const told = receiver.requests.map((request) => [request.method, request.path.replace(/throughline-\w{40}/, 'alias'), request.json()])
  expect(told).toEqual(
    expect.arrayContaining([
      ['POST', '/v2/alerts', expect.objectContaining({ priority: 'P1' })],
      ['PUT', '/v2/alerts/alias/priority?identifierType=alias', { priority: 'P1' }],
    ]),
  )
  expect(told).toHaveLength(2)
})

it('[NC4] what passes is tried again, when the receiver says, and nothing a receiver says is told', async () => {
  const { receiver, send } = await webhook()
  receiver.script(
    limiting('7', 'secret words'),
    limiting(new Date(Date.now() + 3_600_000_000).toUTCString()),
    limiting('soon', '{"retry_after":2.5}'),
    limiting('', '{"parameters":{"retry_after":9}}'),
    failing(503),
    { does: 'break' },
  )
  expect(await send()).toEqual({ is: 'retry', problem: 'The receiver has had enough for now (status 429).', retryAfterMs: 7_000 })
  expect(await send()).toMatchObject({ is: 'retry', retryAfterMs: 3_600_000 })
  expect(await send()).toMatchObject({ is: 'retry', retryAfterMs: 2_500 })
  expect(await send()).toMatchObject({ is: 'retry', retryAfterMs: 9_000 })
  expect(await send()).toEqual({ is: 'retry', problem: 'The receiver is in trouble (status 503).' })
  expect(await send()).toMatchObject({ is: 'retry' })
  expect(new Set(receiver.requests.map(({ headers }) => headers['throughline-delivery']))).toEqual(new Set([benchMessageId]))
})

it.each([
  [400, 'The receiver did not take the message (status 400).'],
  [401, 'The receiver does not accept the key or password of this channel (status 401).'],
  [404, 'There is nobody at the address of this channel any more (status 404).'],
])('[NC4] status %i is refused', async (status, problem) => {
  const { receiver, send } = await webhook()
  receiver.script({ does: 'answer', status, body: 'words of theirs' })
  expect(await send()).toEqual({ is: 'refused', problem })
})

it('[NC4] a receiver that hangs or never ends is given up after ten seconds', async () => {
  const receiver = await startReceiver()
  const clock = createHandClock()
  const { send } = createChannelBench({ slug: 'webhook', fields: { url: receiver.url }, receiver, clock })
  receiver.script({ does: 'hang' })
  const sent = send()
  await receiver.until(1)
  clock.advance(10_000)
  expect(await sent).toEqual({ is: 'retry', problem: 'There was no answer within 10 s.' })
})

it('[NC4] a channel that was deleted or switched off gets nothing more', async () => {
  const { targets } = createChannelBench({ slug: 'webhook', fields: { url: 'https://hooks.example/' } })
  for (const id of ['c4c4c4c4-0000-4000-8000-00000000000f', 'x'])
    expect(await targets.send(benchSpace, id, messageOf())).toEqual({ is: 'refused', problem: 'This channel was deleted.' })
  const off = createChannelBench({ slug: 'webhook', fields: { url: 'https://hooks.example/' }, channel: { isEnabled: false } })
  expect(await off.send()).toEqual({ is: 'refused', problem: 'This channel is switched off.' })
})

it('[NC5] (N1) a redirect is refused and not followed', async () => {
  const inside = await startReceiver()
  const { receiver, send } = await webhook()
  receiver.script(redirecting(`${inside.url}/`), redirecting('http://169.254.169.254/', 307))
  for (const status of [302, 307])
    expect(await send()).toEqual({
      is: 'refused',
      problem: `The receiver points to another address (status ${status}); that is not followed.`,
    })
  expect([receiver.requests.length, inside.requests.length]).toEqual([2, 0])
})

it('[NC10] a value is asked for and said only where the owner of the channel chose so', async () => {
  const receiver = await startReceiver()
  const asked: unknown[] = []
  const values: AlertValues = {
    read: async (spaceId, nodeId, alert) => {
      asked.push({ spaceId, nodeId, alert })
      return new ShownValue('\u202e92.5\n%')
    },
  }
  const wish = { slug: 'webhook', fields: { url: receiver.url }, receiver, values }
  await createChannelBench(wish).send()
  expect([asked, receiver.requests[0]?.text]).toEqual([[], expect.not.stringContaining('92.5')])
  const chosen = createChannelBench({ ...wish, channel: { includesValue: true } })
  await chosen.send()
  expect(asked).toMatchObject([
    { spaceId: benchSpace, nodeId: benchNode, alert: { chart: 'system.cpu', name: '10min_cpu_usage', units: '%' } },
  ])
  expect(receiver.requests[1]?.json()).toMatchObject({ value: '92.5 %' })
  await chosen.send(messageOf([alertItem()], { kind: 'test' }))
  await chosen.send(messageOf([reachItem()]))
  expect(asked).toHaveLength(1)
})

it('[NC10] a message does not wait more than three seconds for values, and goes without those that did not come', async () => {
  const receiver = await startReceiver()
  const clock = createHandClock()
  const read = (_spaceId: unknown, _nodeId: unknown, { name }: { name: string }) =>
    name === 'quick'
      ? Promise.resolve(new ShownValue('1 %'))
      : name === 'bad'
        ? Promise.reject(new Error('secret 777'))
        : new Promise<never>(() => {})
  const { send } = createChannelBench({
    slug: 'webhook',
    fields: { url: receiver.url },
    receiver,
    clock,
    values: { read },
    channel: { includesValue: true },
  })
  const sent = send(messageOf(['quick', 'bad', 'slow'].map((name) => alertItem({ name, newsId: name }))))
  await new Promise((resolve) => setImmediate(resolve))
  clock.advance(3_000)
  expect(await sent).toEqual({ is: 'delivered' })
  const [sentBody] = receiver.requests.map((request) => request.json() as { items: { value?: string }[] })
  expect(sentBody?.items.map(({ value }) => value)).toEqual(['1 %', undefined, undefined])
})

it('[NC10] no outcome of an attempt holds a value, however it ends', async () => {
  const receiver = await startReceiver()
  const values = { read: async () => new ShownValue('canary-of-a-value') }
  const { send } = createChannelBench({
    slug: 'webhook',
    fields: { url: receiver.url },
    receiver,
    values,
    channel: { includesValue: true },
  })
  receiver.script(
    failing(500),
    failing(400),
    { does: 'break' },
    redirecting('https://x.example/canary-of-a-value'),
    limiting('canary-of-a-value', 'canary-of-a-value'),
  )
  for (let n = 0; n < 5; n++) expect(JSON.stringify(await send())).not.toContain('canary-of-a-value')
  expect(receiver.requests.every(({ text }) => text.includes('canary-of-a-value'))).toBe(true)
})

it('[NC19] (N2) the check of a signature that the README shows takes our requests and no other', async () => {
  const [, code = ''] = /```js\n(import \{ createHmac[\s\S]*?)```/.exec(readFileSync('README.md', 'utf8')) ?? []
  const shown = (await import(`data:text/javascript,${encodeURIComponent(code)}`)) as {
    isFromThroughline(headers: object, body: string, secret: string, nowS?: number): boolean
  }
  const { receiver, send } = await webhook({ signingSecret: 's3cret' })
  await send()
  const { headers = {}, text = '' } = receiver.requests[0] ?? {}
  const check = (wish: { headers?: object; body?: string; secret?: string; laterS?: number } = {}) =>
    shown.isFromThroughline(
      { ...headers, ...wish.headers },
      wish.body ?? text,
      wish.secret ?? 's3cret',
      Date.now() / 1_000 + (wish.laterS ?? 0),
    )
  expect(check()).toBe(true)
  expect([
    check({ body: `${text} ` }),
    check({ secret: 'other' }),
    check({ laterS: 400 }),
    check({ headers: { 'throughline-delivery': 'other' } }),
    check({ headers: { 'throughline-time': String(Number(headers['throughline-time']) + 1) } }),
    check({ headers: { 'throughline-signature': undefined } }),
  ]).toEqual([false, false, false, false, false, false])
})

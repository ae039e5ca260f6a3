import { expect, it } from 'vitest'
import { claimSimulated, connectSimulated } from '../doubles/agents/agent-simulator.ts'
import { cloudCaller } from '../doubles/people/cloud-caller.ts'
import { startInstallation } from '../doubles/installation.ts'
import { claimTokenOf } from '../doubles/agents/live-agents.ts'
import { startMailbox } from '../doubles/servers/mailbox.ts'
import { startReceiver, type ReceivedRequest } from '../doubles/servers/receiver.ts'
import { simulatedAlert } from '../doubles/agents/simulated/alerts.ts'
import { createSoftPushBrowser } from '../doubles/people/soft-push-browser.ts'
import { waitUntil } from '../doubles/wait-until.ts'

const options = ['CRITICAL', 'WARNING', 'CLEAR']
const title = 'Critical: disk_full on shop-1'

it(
  '[NC18] [DL48] an alert and its end reach a real receiver of every integration once, in the form it documents, and a deleted channel leaves nothing open',
  { timeout: 240_000 },
  async () => {
    const [receiver, mailbox] = [await startReceiver(), await startMailbox()]
    const at = (path: string) => `${receiver.url}/${path}`
    const cloud = await startInstallation({
      NODE_EXTRA_CA_CERTS: receiver.caFile,
      THROUGHLINE_PRIVATE_TARGETS: '127.0.0.0/8,::1/128',
      THROUGHLINE_SMTP_URL: mailbox.smtpUrl,
      THROUGHLINE_MAIL_FROM: 'alerts@cloud.example',
      THROUGHLINE_TELEGRAM_URL: at('telegram'),
      THROUGHLINE_OPSGENIE_URL: at('opsgenie'),
      THROUGHLINE_OPSGENIE_EU_URL: at('opsgenie-eu'),
    })
    const call = await cloudCaller(() => cloud)
    const channels: Readonly<Record<string, Readonly<Record<string, string | number>>>> = {
      slack: { url: at('slack') },
      discord: { url: at('discord'), 'channelParams.selection': 'forum', 'channelParams.threadName': 'Alerts' },
      pagerduty: { alertEventsURL: at('pagerduty'), integrationKey: 'routing' },
      telegram: { token: '7:abc', chatID: '-1001', topicID: 3 },
      microsoftteams: { webhookUrl: at('teams') },
      webhook: { url: at('webhook'), signingSecret: 'secret', headers: 'X-Team: ops' },
      opsgenie: { apiKey: 'key', region: 'eu' },
      mattermost: { url: at('mattermost'), channel: 'ops' },
      rocketchat: { url: at('rocketchat') },
      email: { address: 'ann@example.com' },
      ntfy: { url: at('ntfy/alerts'), token: 'tk_1' },
    }
    const channelIds = new Map<string, string>()
    for (const [slug, fields] of Object.entries(channels)) {
      const made = (await call('POST', '/channels', { name: slug, slug, options, fields })) as { channelId: string }
      channelIds.set(slug, made.channelId)
    }
    const soft = createSoftPushBrowser(at('push/browser-1'))
    await call('POST', '/push', { ...soft.subscription, name: 'Laptop', options })

    const claim = await claimSimulated(cloud, await claimTokenOf(cloud), 'shop-1')
    const whenS = Math.floor(Date.now() / 1_000) - 30
    const alert = (name: string) =>
      simulatedAlert({ chart: `disk.${name}`, name, context: 'disk.space', status: 'critical', whenS, valueText: '97%' })
    const agent = await connectSimulated(cloud, claim, { alerts: [alert('disk_full')] })

    /** What came below a path, the first, second, … time; a push is shown as its browser reads it. */
    const got = (path: string, turn: number) => {
      const found: ReceivedRequest | undefined = receiver.requests.filter((request) => request.path.startsWith(`/${path}`))[turn]
      if (found === undefined) return undefined
      const json = path === 'push' ? (JSON.parse(soft.read(found.body)) as unknown) : found.json()
      return { path: found.path, headers: found.headers, json }
    }
    const ofAll = (turn: number) =>
      waitUntil(() => {
        const paths = [
          'slack',
          'discord',
          'pagerduty',
          'telegram',
          'teams',
          'webhook',
          'opsgenie-eu',
          'mattermost',
          'rocketchat',
          'ntfy',
          'push',
        ]
        const all = paths.map((path) => [path, got(path, turn)] as const)
        return all.every(([, request]) => request !== undefined) && mailbox.mails[turn] !== undefined ? Object.fromEntries(all) : undefined
      })

    const first = await ofAll(0)
    expect(first).toMatchObject({
      slack: { path: '/slack', json: { text: title, attachments: [{ color: '#c4314b' }] } },
      discord: { path: '/discord?wait=true', json: { thread_name: 'Alerts', allowed_mentions: { parse: [] }, embeds: [{}] } },
      pagerduty: {
        json: { routing_key: 'routing', event_action: 'trigger', payload: { summary: title, source: 'shop-1', severity: 'critical' } },
      },
      telegram: { path: '/telegram/bot7:abc/sendMessage', json: { chat_id: '-1001', message_thread_id: 3, parse_mode: 'HTML' } },
      teams: { json: { type: 'message', attachments: [{ contentType: 'application/vnd.microsoft.card.adaptive' }] } },
      webhook: {
        headers: { 'x-team': 'ops', 'throughline-signature': expect.stringMatching(/^v1=[0-9a-f]{64}$/u) },
        json: { message: title, alert: 'disk_full', chart: 'disk.disk_full', context: 'disk.space', severity: 'critical', host: 'shop-1' },
      },
      'opsgenie-eu': {
        path: '/opsgenie-eu/v2/alerts',
        headers: { authorization: 'GenieKey key' },
        json: { message: title, priority: 'P1' },
      },
      mattermost: { json: { channel: 'ops', attachments: [{ fallback: title }] } },
      rocketchat: { json: { text: 'Critical: disk\\_full on shop-1', parseUrls: false } },
      ntfy: { path: '/ntfy/', headers: { authorization: 'Bearer tk_1' }, json: { topic: 'alerts', title, priority: 5 } },
      push: { path: '/push/browser-1', headers: { 'content-encoding': 'aes128gcm', urgency: 'high' }, json: { title } },
    })
    expect(mailbox.mails[0]).toMatchObject({ to: 'ann@example.com', subject: `${title} · My space` })
    expect(mailbox.raw[0]?.toString('utf8')).toMatch(/^Message-ID: <[0-9a-f-]{36}@cloud\.example>/imu)

    // The agent comes back without it: what was raised is over.
    agent.close()
    await connectSimulated(cloud, claim, { alerts: [alert('other')], nodeId: agent.nodeId })
    const events = () =>
      receiver.requests
        .filter(({ path }) => path === '/pagerduty')
        .map((request) => request.json() as { event_action: string; dedup_key: string; payload: { summary: string } })
    const resolved = await waitUntil(() => events().find(({ event_action }) => event_action === 'resolve'))
    expect(resolved.dedup_key).toBe(events()[0]?.dedup_key)
    const { alias } = (first['opsgenie-eu']?.json ?? {}) as { alias?: string }
    const closed = await waitUntil(() => receiver.requests.find(({ path }) => path.endsWith('/close?identifierType=alias')))
    expect(closed.path).toBe(`/opsgenie-eu/v2/alerts/${alias}/close?identifierType=alias`)
    // What is raised now is closed at the service of a channel that is deleted.
    const raised = await waitUntil(() => events().find(({ payload }) => payload.summary === 'Critical: other on shop-1'))
    await call('DELETE', `/channels/${channelIds.get('pagerduty')}`)
    await waitUntil(() => events().find((event) => event.event_action === 'resolve' && event.dedup_key === raised.dedup_key))
    // Once each: by the message's id nothing was told twice.
    const told = receiver.requests
      .filter(({ path }) => path === '/webhook')
      .map((request) => request.json() as { messageId: string; items: { newsId: string }[] })
    const news = told.flatMap(({ items }) => items.map(({ newsId }) => newsId))
    expect(news.length).toBe(new Set(news).size)
  },
)

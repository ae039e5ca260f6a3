import { expect, it } from 'vitest'
import { alertItem, benchMessageId, benchNode, benchSpace, messageOf, reachItem } from '../../../test/doubles/benches/sample-messages.ts'
import type { Message } from '../ports.ts'
import type { Fields } from './http-request.ts'
import { createLetter } from './letter.ts'
import { rendererOf } from './renderers.ts'
import { testKinds, testMessage } from './test-message.ts'

const vendors = {
  telegram: 'https://api.telegram.org',
  opsgenie: 'https://api.opsgenie.com',
  opsgenieEu: 'https://api.eu.opsgenie.com',
}
const fieldsOf: Readonly<Record<string, Fields>> = {
  slack: { url: 'https://hooks.slack.com/services/T/B/x' },
  discord: { url: 'https://discord.com/api/webhooks/1/t', 'channelParams.selection': 'text' },
  pagerduty: { alertEventsURL: 'https://events.pagerduty.com/v2/enqueue', integrationKey: 'k' },
  telegram: { token: '123:abc', chatID: '-100', topicID: 7 },
  microsoftteams: { webhookUrl: 'https://x.logic.azure.com/w' },
  opsgenie: { apiKey: 'g', region: 'us' },
  mattermost: { url: 'https://mm.example/hooks/x', channel: 'town' },
  rocketchat: { url: 'https://rc.example/hooks/x' },
  ntfy: { url: 'https://ntfy.example/alerts?auth=1', token: 'tk' },
  webhook: { url: 'https://hooks.example/in' },
}

function render(slug: string, message: Message = messageOf(), fields: Fields = {}) {
  const hints = { vendors, beside: new Map(), nowMs: message.createdAtMs }
  const requests = rendererOf(slug)?.(createLetter(message), { ...fieldsOf[slug], ...fields }, hints) ?? []
  return requests.map(({ url, headers, body }) => ({ url, headers, json: JSON.parse(String(body)) as Record<string, unknown> }))
}
const headers = { 'Content-Type': 'application/json', 'User-Agent': 'Throughline', 'Throughline-Delivery': benchMessageId }
const link = 'https://cloud.example/spaces/5a/alerts'
const title = 'Critical (was warning): 10min_cpu_usage on web-1'
const facts = [
  'Summary: System CPU utilization',
  'Chart: system.cpu',
  'About: Average CPU utilization over the last 10 minutes',
  'Since: 2027-01-15 08:00:00 UTC',
].join('\n')
const key = 'throughline-693e511c013483392d19084da611a4e40dc72789'
const nodeKey = 'throughline-6c61a6ac553ab7afd34d8d52032874a1100f68e8'

it('[NC6] Slack gets an attachment whose names stand in plain text', () => {
  const blocks = [
    { type: 'section', text: { type: 'plain_text', text: facts, emoji: false } },
    {
      type: 'context',
      elements: [
        { type: 'plain_text', text: 'Space: My space', emoji: false },
        { type: 'mrkdwn', text: `<${link}|Open it in Throughline>` },
      ],
    },
  ]
  const json = {
    text: title,
    mrkdwn: false,
    unfurl_links: false,
    unfurl_media: false,
    attachments: [{ color: '#c4314b', fallback: title, blocks }],
  }
  expect(render('slack')).toEqual([{ url: 'https://hooks.slack.com/services/T/B/x', headers, json }])
})

it('[NC6] Discord gets an embed that mentions nobody, and in a forum a thread', () => {
  const embed = {
    title: 'Critical \\(was warning\\)\\: 10min\\_cpu\\_usage on web\\-1',
    url: link,
    description: facts.replaceAll(/[-:]/g, '\\$&').replaceAll(/^(\w+)\\:/gm, '$1:'),
    color: 0xc4314b,
    footer: { text: 'Space: My space' },
    timestamp: '2027-01-15T08:00:05.000Z',
  }
  const json = { embeds: [embed], allowed_mentions: { parse: [] } }
  expect(render('discord')).toEqual([{ url: 'https://discord.com/api/webhooks/1/t?wait=true', headers, json }])
  const forum = { 'channelParams.selection': 'forum', 'channelParams.threadName': 'Nights' }
  expect(render('discord', messageOf(), forum)[0]?.json).toEqual({ ...json, thread_name: 'Nights' })
  const inThread = render('discord', messageOf(), { ...forum, url: 'https://discord.com/api/webhooks/1/t?thread_id=9' })
  expect(inThread).toEqual([{ url: 'https://discord.com/api/webhooks/1/t?thread_id=9&wait=true', headers, json }])
})

it('[NC6] Telegram gets HTML of ours with the topic', () => {
  const text = `<b>${title}</b>\n${facts}\nSpace: My space\n<a href="${link}">Open it in Throughline</a>`
  const json = { chat_id: '-100', message_thread_id: 7, text, parse_mode: 'HTML', link_preview_options: { is_disabled: true } }
  expect(render('telegram')).toEqual([{ url: 'https://api.telegram.org/bot123:abc/sendMessage', headers, json }])
  expect(render('telegram', messageOf(), { topicID: 0 })[0]?.json).not.toHaveProperty('message_thread_id')
})

it('[NC6] Microsoft Teams gets an adaptive card of text runs', () => {
  const bold = { weight: 'Bolder' }
  const runs = facts.split('\n').map((line) => {
    const [label = '', text = ''] = line.split(/(?<=: )(.*)/)
    return {
      type: 'RichTextBlock',
      inlines: [
        { type: 'TextRun', text: label, ...bold },
        { type: 'TextRun', text },
      ],
    }
  })
  const content = {
    $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
    type: 'AdaptiveCard',
    version: '1.4',
    msteams: { width: 'Full' },
    fallbackText: title,
    body: [
      { type: 'RichTextBlock', inlines: [{ type: 'TextRun', text: title, ...bold, size: 'Large', color: 'Attention' }] },
      ...runs,
      { type: 'RichTextBlock', inlines: [{ type: 'TextRun', text: 'Space: My space', isSubtle: true }] },
    ],
    actions: [{ type: 'Action.OpenUrl', title: 'Open it in Throughline', url: link }],
  }
  const attachments = [{ contentType: 'application/vnd.microsoft.card.adaptive', contentUrl: null, content }]
  expect(render('microsoftteams')).toEqual([
    { url: 'https://x.logic.azure.com/w', headers, json: { type: 'message', summary: title, attachments } },
  ])
})

it('[NC6] ntfy gets JSON for its topic with priority, tag, link and the id that replaces a repeat', () => {
  const json = {
    topic: 'alerts',
    title,
    message: facts,
    priority: 5,
    tags: ['rotating_light'],
    click: link,
    sequence_id: benchMessageId,
  }
  expect(render('ntfy')).toEqual([{ url: 'https://ntfy.example/?auth=1', headers: { ...headers, Authorization: 'Bearer tk' }, json }])
  const clear = render('ntfy', messageOf([alertItem({ status: 'clear', oldStatus: 'critical' })]), { token: '' })
  expect(clear).toMatchObject([{ headers, json: { priority: 3, tags: ['white_check_mark'], title: 'Cleared: 10min_cpu_usage on web-1' } }])
})

it('[NC6] Mattermost and Rocket.Chat get an attachment in the channel that was named', () => {
  const look = { color: '#c4314b', title: 'Open it in Throughline', title_link: link }
  expect(render('mattermost')).toEqual([
    {
      url: 'https://mm.example/hooks/x',
      headers,
      json: {
        channel: 'town',
        text: 'Critical \\(was warning\\): 10min\\_cpu\\_usage on web\\-1',
        attachments: [{ ...look, fallback: title, text: `${facts.replaceAll('-', '\\-')}\nSpace: My space` }],
      },
    },
  ])
  expect(render('rocketchat')).toEqual([
    {
      url: 'https://rc.example/hooks/x',
      headers,
      json: {
        text: 'Critical (was warning): 10min\\_cpu\\_usage on web-1',
        parseUrls: false,
        attachments: [{ ...look, text: `${facts}\nSpace: My space` }],
      },
    },
  ])
})

it('[NC7] PagerDuty opens an incident for each alert and node, and what is over closes it by the same key', () => {
  const [trigger] = render('pagerduty')
  expect(trigger).toEqual({
    url: 'https://events.pagerduty.com/v2/enqueue',
    headers,
    json: {
      routing_key: 'k',
      event_action: 'trigger',
      dedup_key: key,
      payload: {
        summary: title,
        source: 'web-1',
        severity: 'critical',
        timestamp: '2027-01-15T08:00:00.000Z',
        group: 'My space',
        component: 'system.cpu',
        class: 'Utilization',
        custom_details: {
          alert: '10min_cpu_usage',
          chart: 'system.cpu',
          context: 'system.cpu',
          summary: 'System CPU utilization',
          info: 'Average CPU utilization over the last 10 minutes',
          space: 'My space',
          rooms: 'Web servers',
          url: link,
        },
      },
      client: 'Throughline',
      client_url: link,
      links: [{ href: link, text: 'Open it in Throughline' }],
    },
  })
  const over = messageOf([alertItem({ status: 'clear', oldStatus: 'critical' }), reachItem()])
  expect(render('pagerduty', over).map(({ json }) => [json['event_action'], json['dedup_key']])).toEqual([
    ['trigger', nodeKey],
    ['resolve', key],
  ])
  // Of several changes of one alert the last counts.
  const both = messageOf([alertItem(), alertItem({ status: 'clear', oldStatus: 'critical', newsId: 'c' })])
  expect(render('pagerduty', both).map(({ json }) => json['event_action'])).toEqual(['resolve'])
})

it('[NC7] Opsgenie opens an alert under its alias and closes it under the same, in its region', () => {
  const headersThere = { ...headers, Authorization: 'GenieKey g' }
  expect(render('opsgenie')).toMatchObject([
    {
      url: 'https://api.opsgenie.com/v2/alerts',
      headers: headersThere,
      json: {
        message: title,
        alias: key,
        priority: 'P1',
        source: 'Throughline',
        entity: 'web-1',
        tags: ['critical'],
        description: `${title}\n${facts}\n${link}`,
      },
    },
    // It may be open as a warning, and making it again changes no priority there.
    {
      url: `https://api.opsgenie.com/v2/alerts/${key}/priority?identifierType=alias`,
      headers: headersThere,
      json: { priority: 'P1' },
    },
  ])
  const urlsOf = (item: Parameters<typeof alertItem>[0]) => render('opsgenie', messageOf([alertItem(item)])).map(({ url }) => url)
  const made = 'https://api.opsgenie.com/v2/alerts'
  expect([urlsOf({ oldStatus: 'clear' }), urlsOf({ isRepeat: true }), urlsOf({ oldStatus: 'critical' })]).toEqual([[made], [made], [made]])
  expect(render('opsgenie', messageOf([reachItem({ state: 'reachable' })]), { region: 'eu' })).toEqual([
    {
      url: `https://api.eu.opsgenie.com/v2/alerts/${nodeKey}/close?identifierType=alias`,
      headers: headersThere,
      json: { source: 'Throughline', note: 'Reachable again: web-1' },
    },
  ])
})

it.each(testKinds)('[NC11] a test (%s) says in the first line of every integration that it is one', (kind) => {
  const where = { spaceId: benchSpace, spaceName: 'My space', url: link }
  const message = testMessage(kind, where, 1_800_000_000_000)
  for (const slug of Object.keys(fieldsOf)) {
    const [first] = render(slug, message)
    // What closes an incident calls nobody.
    if (kind === 'clear' && (slug === 'pagerduty' || slug === 'opsgenie')) continue
    expect([slug, JSON.stringify(first?.json)]).toEqual([slug, expect.stringMatching(/Test\\*: /)])
  }
})

it('[NC7] a host whose name shows nothing is called by its id, since services refuse an incident without a source', () => {
  const [alert] = render('pagerduty', messageOf([alertItem({ hostname: '\u200b\u0007' })]))
  const [node] = render('pagerduty', messageOf([reachItem({ nodeIds: [benchNode], hostnames: [''] })]))
  const from = { payload: { source: benchNode } }
  expect([alert?.json, node?.json]).toMatchObject([from, from])
})

it('[NC7] what a message does not name is one incident more, unless all of it is over', () => {
  const summaries = (message: Message) => render('pagerduty', message).map(({ json }) => (json['payload'] as { summary: string }).summary)
  expect(summaries(messageOf(undefined, { omitted: 3 }))).toEqual([title, '3 more changes in My space'])
  const many = Array.from({ length: 300 }, (_, n) => `0d0d0d0d-0000-4000-8000-${String(n).padStart(12, '0')}`)
  const reach = reachItem({ nodeIds: many as never, hostnames: many, parentHostname: 'parent-1' })
  const told = summaries(messageOf([reach]))
  expect([told.length, told[0], told.at(-1)]).toEqual([
    60,
    `Unreachable: 300 nodes behind parent-1 (${many[0]})`,
    '241 more changes in My space',
  ])
  expect(summaries(messageOf([reachItem({ state: 'reachable' })], { omitted: 9 }))).toEqual(['Reachable again: web-1'])
})

const hostile =
  '</b><a href="https://evil">x</a><!channel> @everyone @all <@U1> [x](https://evil) **b** `c` \r\nBcc: eve \u202e\u0007\u2066 {"a":"b"} &amp; \ud800'

it.each(Object.keys(fieldsOf))('[NC8] (U1) a hostile name is only text for %s', (slug) => {
  const message = messageOf([alertItem({ name: hostile, hostname: hostile, summary: hostile, info: hostile, chart: hostile })], {
    spaceName: hostile,
    roomNames: [hostile],
  })
  const [request] = render(slug, message)
  const text = JSON.stringify(request)
  const json = request?.json ?? {}
  expect(text).not.toMatch(/[\p{Cc}\u202a-\u202e\u2066-\u2069\u200e\u200f]|\\u(00|20|d8)|\\r/u)
  for (const value of Object.values(request?.headers ?? {})) expect(value).toMatch(/^[\x20-\x7e]*$/)
  if (slug === 'slack') {
    const { text: top, attachments } = json as unknown as { text: string; attachments: { blocks: object[] }[] }
    expect(top).toContain('&lt;!channel&gt; @everyone')
    const markup = JSON.stringify(attachments[0]?.blocks).match(/"type":"mrkdwn","text":"[^"]*"/g)
    expect(markup).toEqual([`"type":"mrkdwn","text":"<${link}|Open it in Throughline>"`])
  }
  if (slug === 'discord') {
    expect(request?.json['allowed_mentions']).toEqual({ parse: [] })
    // A footer reads no markup.
    const [embed] = json['embeds'] as { title: string; description: string }[]
    expect(`${embed?.title}${embed?.description}`).not.toMatch(/(?<!\\)[[\]<>*`]|https:/)
  }
  if (slug === 'telegram') expect(String(request?.json['text']).match(/<[^>]*>/g)).toEqual(['<b>', '</b>', `<a href="${link}">`, '</a>'])
  if (slug === 'microsoftteams') expect(text).not.toContain('"TextBlock"')
  if (slug === 'mattermost' || slug === 'rocketchat') {
    const { text: top, attachments } = json as unknown as { text: string; attachments: { text: string }[] }
    expect(`${top}${attachments[0]?.text}`).not.toMatch(/@(all|everyone)|\]\(https/)
  }
})

it.each(Object.keys(fieldsOf))('[NC8] fifty changes with the longest names fit what %s takes', (slug) => {
  const long = '漢'.repeat(5_000)
  const items = Array.from({ length: 50 }, (_, n) =>
    alertItem({ newsId: `${n}`, name: `${n}${long}`, hostname: long, summary: long, info: long }),
  )
  const requests = render(slug, messageOf(items, { omitted: 900, spaceName: long }))
  const json = requests[0]?.json ?? {}
  const sizes: Record<string, readonly (readonly [number, number])[]> = {
    slack: [[JSON.stringify(json).length, 80_000]],
    discord: [[(json['embeds'] as { description: string }[] | undefined)?.[0]?.description.length ?? 0, 4_096]],
    telegram: [[String(json['text']).length, 4_096]],
    microsoftteams: [[Buffer.byteLength(JSON.stringify(json)), 28_000]],
    ntfy: [[Buffer.byteLength(String(json['message'])), 4_096]],
    opsgenie: [[String(json['message']).length, 130]],
  }
  for (const [size, max] of sizes[slug] ?? []) {
    expect(size).toBeGreaterThan(0)
    expect(size).toBeLessThanOrEqual(max)
  }
  expect(JSON.stringify(requests.map((request) => request.json))).toMatch(/9\d\d/)
})

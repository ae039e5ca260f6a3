/** What a form shows for a field, and how it is checked. `lines` is text of several lines. */
export type FieldKind = 'text' | 'url' | 'number' | 'choice' | 'lines' | 'email'

/** One thing a channel needs to be told. */
export interface IntegrationField {
  /** Its place among the secrets of a channel; a dot leads into an object (cloud-api §8). */
  readonly name: string
  readonly label: string
  readonly kind: FieldKind
  /** Never shown again by our own API. */
  readonly isSecret: boolean
  readonly isRequired: boolean
  readonly choices?: readonly string[]
}

/** A way to notify people. Its id is the same in every installation; clients find it by its slug. */
export interface Integration {
  readonly integrationId: string
  readonly slug: string
  /** Other spellings of the slug. */
  readonly aliases?: readonly string[]
  readonly name: string
  readonly fields: readonly IntegrationField[]
}

type Options = Partial<Pick<IntegrationField, 'isSecret' | 'isRequired' | 'choices'>>
const field = (name: string, label: string, kind: FieldKind, options: Options = {}): IntegrationField => ({
  name,
  label,
  kind,
  isSecret: false,
  isRequired: true,
  ...options,
})
const secret = { isSecret: true }
const optional = { isRequired: false }

/** Every integration there is. Slugs and fields of the first five are what existing clients send (cloud-api §8). */
export const integrations: readonly Integration[] = [
  {
    integrationId: '8bd38566-b128-42f2-86fd-c5402f370e66',
    slug: 'slack',
    name: 'Slack',
    fields: [field('url', 'Webhook address', 'url', secret)],
  },
  {
    integrationId: '93229605-aa40-4bf2-b9f4-3492dd044264',
    slug: 'discord',
    name: 'Discord',
    fields: [
      field('url', 'Webhook address', 'url', secret),
      field('channelParams.selection', 'Kind of channel', 'choice', { choices: ['text', 'forum'] }),
      field('channelParams.threadName', 'Name of the thread in a forum', 'text', optional),
    ],
  },
  {
    integrationId: '17d04e09-f89e-42da-9e00-c66bc587ed20',
    slug: 'pagerduty',
    name: 'PagerDuty',
    fields: [field('alertEventsURL', 'Events address', 'url'), field('integrationKey', 'Integration key', 'text', secret)],
  },
  {
    integrationId: '8b14d360-401f-4f70-a6ec-6db1f54e4662',
    slug: 'telegram',
    name: 'Telegram',
    fields: [field('token', 'Bot token', 'text', secret), field('chatID', 'Chat', 'text'), field('topicID', 'Topic', 'number', optional)],
  },
  {
    integrationId: '36d1aa71-d5fb-43bd-bf25-186d2bafe9b7',
    slug: 'microsoftteams',
    aliases: ['msteams'],
    name: 'Microsoft Teams',
    fields: [field('webhookUrl', 'Webhook address', 'url', secret)],
  },
  {
    integrationId: '98a8b0f0-e354-43dd-adc1-8cf332eacb67',
    slug: 'webhook',
    name: 'Webhook',
    fields: [
      field('url', 'Address', 'url', secret),
      field('headers', 'Headers, one a line', 'lines', { ...secret, ...optional }),
      field('username', 'User name', 'text', optional),
      field('password', 'Password', 'text', { ...secret, ...optional }),
      field('bearerToken', 'Bearer token', 'text', { ...secret, ...optional }),
      field('signingSecret', 'Secret that signs what is sent', 'text', { ...secret, ...optional }),
    ],
  },
  {
    integrationId: '2a99e6ed-210f-4354-927f-70e561f0ed28',
    slug: 'opsgenie',
    name: 'Opsgenie',
    fields: [field('apiKey', 'API key', 'text', secret), field('region', 'Region', 'choice', { ...optional, choices: ['us', 'eu'] })],
  },
  {
    integrationId: 'dd54e857-4903-4576-9cc7-3fe739ea0db5',
    slug: 'mattermost',
    name: 'Mattermost',
    fields: [field('url', 'Webhook address', 'url', secret), field('channel', 'Channel', 'text', optional)],
  },
  {
    integrationId: 'a6a87dbb-320a-4183-8173-ce495198e746',
    slug: 'rocketchat',
    name: 'Rocket.Chat',
    fields: [field('url', 'Webhook address', 'url', secret), field('channel', 'Channel', 'text', optional)],
  },
  {
    integrationId: '5ceeb5de-64b9-4b0a-bcb6-d5a8a9368119',
    slug: 'email',
    name: 'Email',
    fields: [field('address', 'Address', 'email')],
  },
  {
    integrationId: '31a9ca71-ac2d-4f36-bacd-692f3a606fa1',
    slug: 'ntfy',
    name: 'ntfy',
    fields: [field('url', 'Address of the topic', 'url', secret), field('token', 'Access token', 'text', { ...secret, ...optional })],
  },
]

/** The integration of an id, a slug in any case, or another spelling of one. */
export function integrationOf(idOrSlug: string): Integration | undefined {
  const wanted = idOrSlug.toLowerCase()
  return integrations.find(
    ({ integrationId, slug, aliases = [] }) => integrationId === wanted || slug === wanted || aliases.includes(wanted),
  )
}

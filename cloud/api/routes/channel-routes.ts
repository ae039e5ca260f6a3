import { z } from 'zod'
import { ThroughlineError } from '../../../src/errors/throughline-error.ts'
import type { Caller } from '../../identity/ports.ts'
import { testKinds } from '../../notify/channels/test-message.ts'
import { channelOptions, type Channel } from '../../metadata/channels/channel-record.ts'
import { integrationOf, integrations } from '../../metadata/channels/integrations.ts'
import { channelIdIn, channelNote, noChannel } from '../channel-subjects.ts'
import { apiLimits } from '../limits.ts'
import type { ApiChannels, ApiChannelTests, ApiRooms, ApiSpaces } from '../ports.ts'
import { apiBase, guardedRoute, type Route } from '../route.ts'
import { roomsSeen } from '../sight.ts'

const roomIds = z.array(z.string().max(64)).max(apiLimits.roomsPerChannel).nullable()
const options = z.array(z.enum(channelOptions)).max(channelOptions.length)
const value = z.union([z.string().max(8_192), z.number()])
const wish = z.strictObject({
  name: z.string().min(1).max(200),
  slug: z.string().max(100),
  isEnabled: z.boolean().default(true),
  roomIds: roomIds.default(null),
  options,
  repeatMin: z.int().min(0).default(0),
  includesValue: z.boolean().default(false),
  fields: z.record(z.string().max(100), value),
})
const changes = z.strictObject({
  name: z.string().min(1).max(200).optional(),
  isEnabled: z.boolean().optional(),
  roomIds: roomIds.optional(),
  options: options.optional(),
  repeatMin: z.int().min(0).optional(),
  includesValue: z.boolean().optional(),
  fields: z.record(z.string().max(100), value.nullable()).optional(),
})

const integrationShown = z.object({
  integrationId: z.string(),
  slug: z.string(),
  name: z.string(),
  fields: z.array(
    z.object({
      name: z.string(),
      label: z.string(),
      kind: z.enum(['text', 'url', 'number', 'choice', 'lines', 'email']),
      isSecret: z.boolean(),
      isRequired: z.boolean(),
      choices: z.array(z.string()).optional(),
    }),
  ),
})
const row = z.object({
  channelId: z.string(),
  name: z.string(),
  slug: z.string(),
  integrationId: z.string(),
  isEnabled: z.boolean(),
  roomIds: z.array(z.string()).nullable(),
  options: z.array(z.enum(channelOptions)),
  repeatMin: z.number(),
  includesValue: z.boolean(),
  createdAtMs: z.number(),
  changedAtMs: z.number(),
})
const whole = row.extend({ fields: z.record(z.string(), z.union([z.string(), z.number()])), secretsSet: z.array(z.string()) })

export interface ChannelRoutesDeps {
  readonly channels: ApiChannels
  readonly channelTests: ApiChannelTests
  readonly rooms: Pick<ApiRooms, 'list'>
  readonly spaces: Pick<ApiSpaces, 'get'>
}

/** Notification channels for our own page: what is secret of them goes in, and never comes out again (security requirement N2). */
export function channelRoutes({ channels, channelTests, rooms, spaces }: ChannelRoutesDeps): readonly Route[] {
  const shownTo = async (caller: Caller) => {
    const seen = new Set((await roomsSeen(rooms, caller)).map(({ roomId }) => roomId))
    return (channel: Channel): z.infer<typeof row> => ({
      ...channel,
      integrationId: integrationOf(channel.slug)?.integrationId ?? '',
      options: [...channel.options],
      // A list never becomes all rooms, also when every room of it is gone.
      roomIds: channel.roomIds === null ? null : channel.roomIds.filter((roomId) => seen.has(roomId)),
    })
  }
  const wholeTo = async (caller: Caller, channel: Channel): Promise<z.infer<typeof whole>> => {
    const told = await channels.fields(caller.spaceId, channel.channelId)
    const known = integrationOf(channel.slug)?.fields ?? []
    return {
      ...(await shownTo(caller))(channel),
      fields: Object.fromEntries(known.flatMap(({ name, isSecret }) => (isSecret || told[name] === undefined ? [] : [[name, told[name]]]))),
      secretsSet: known.flatMap(({ name, isSecret }) => (isSecret && told[name] !== undefined && told[name] !== '' ? [name] : [])),
    }
  }

  return [
    guardedRoute(
      'GET',
      `${apiBase}/integrations`,
      'channels.view',
      undefined,
      () => ({
        status: 200,
        json: { integrations: integrations.map(({ integrationId, slug, name, fields }) => ({ integrationId, slug, name, fields })) },
      }),
      {
        docs: {
          summary: 'The ways to notify people, and what each needs to be told.',
          answer: z.object({ integrations: z.array(integrationShown) }),
        },
      },
    ),
    guardedRoute(
      'GET',
      `${apiBase}/channels`,
      'channels.view',
      undefined,
      async ({ caller }) => ({ status: 200, json: { channels: (await channels.list(caller.spaceId)).map(await shownTo(caller)) } }),
      { docs: { summary: 'Notification channels of a space, the oldest first.', answer: z.object({ channels: z.array(row) }) } },
    ),
    guardedRoute(
      'POST',
      `${apiBase}/channels`,
      'channels.change',
      wish,
      async ({ caller, body: { slug, fields, ...rest } }) => {
        const integration = integrationOf(slug)
        if (integration === undefined) throw new ThroughlineError('BODY_UNPROCESSABLE', 'There is no such integration.')
        const channel = await channels.create(caller.spaceId, integration, rest, { fields })
        return { status: 201, json: await wholeTo(caller, channel), audit: [channelNote('channel-created', channel)] }
      },
      { audits: ['channel-created'], docs: { summary: 'Makes a notification channel.', answer: whole, status: 201 } },
    ),
    guardedRoute(
      'GET',
      `${apiBase}/channels/:channelId`,
      'channels.view',
      undefined,
      async ({ caller, params }) => {
        const channel = await channels.get(caller.spaceId, channelIdIn(params))
        if (channel === undefined) throw noChannel()
        return { status: 200, json: await wholeTo(caller, channel) }
      },
      { docs: { summary: 'One notification channel; of its secrets only which are set.', answer: whole } },
    ),
    guardedRoute(
      'PATCH',
      `${apiBase}/channels/:channelId`,
      'channels.change',
      changes,
      async ({ caller, params, body: { fields, ...rest } }) => {
        const told = fields === undefined ? undefined : { fields }
        const channel = await channels.change(caller.spaceId, channelIdIn(params), rest, told)
        return { status: 200, json: await wholeTo(caller, channel), audit: [channelNote('channel-changed', channel)] }
      },
      {
        audits: ['channel-changed'],
        docs: { summary: 'Changes a notification channel; what is not named stays, also fields and secrets.', answer: whole },
      },
    ),
    guardedRoute(
      'POST',
      `${apiBase}/channels/:channelId/test`,
      'channels.change',
      z.strictObject({ kind: z.enum(testKinds) }),
      async ({ caller, params, body: { kind } }) => {
        const channel = await channels.get(caller.spaceId, channelIdIn(params))
        if (channel === undefined) throw noChannel()
        const name = (await spaces.get(caller.spaceId))?.name ?? ''
        const json = await channelTests.run({ spaceId: caller.spaceId, name }, channel.channelId, kind)
        return { status: 200, json, audit: [channelNote('channel-tested', channel)] }
      },
      {
        audits: ['channel-tested'],
        docs: {
          summary: 'Sends a test to a notification channel now and says how it went; six times a minute in a space.',
          answer: z.object({ isDelivered: z.boolean(), problem: z.string().nullable(), tookMs: z.number() }),
        },
      },
    ),
    guardedRoute(
      'DELETE',
      `${apiBase}/channels/:channelId`,
      'channels.change',
      undefined,
      async ({ caller, params }) => {
        const channelId = channelIdIn(params)
        if (!(await channels.remove(caller.spaceId, channelId))) throw noChannel()
        return { status: 204, audit: [{ action: 'channel-deleted', subject: { kind: 'channel', id: channelId } }] }
      },
      { audits: ['channel-deleted'], docs: { summary: 'Deletes a notification channel.', status: 204 } },
    ),
  ]
}

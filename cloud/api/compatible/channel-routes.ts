import { z } from 'zod'
import { canonicalUuid, type ChannelId } from '../../../src/domain/ids.ts'
import { ThroughlineError } from '../../../src/errors/throughline-error.ts'
import { isPermitted } from '../../identity/permissions.ts'
import type { Caller } from '../../identity/ports.ts'
import type { Channel } from '../../metadata/channels/channel-record.ts'
import { integrationOf, integrations } from '../../metadata/channels/integrations.ts'
import { channelIdIn, channelNote, noChannel } from '../channel-subjects.ts'
import type { ApiChannels, ApiRooms } from '../ports.ts'
import { guardedRoute, type AuditNote, type Route, type RouteOptions } from '../route.ts'
import { roomsSeen } from '../sight.ts'

const texts = z.array(z.string().max(200)).max(1_000)
const secrets = z.record(z.string(), z.unknown())
const shared = {
  name: z.string().max(1_000),
  // A list of Go that was never made is null (cloud-api §1.2).
  notification_options: texts.nullish(),
  rooms: texts.nullish(),
  enabled: z.boolean().nullish(),
  repeat_notification_min: z.int().nullish(),
}
const newChannel = z.object({ ...shared, integrationID: z.string().max(100), secrets })
const wholeChannel = z.object({ ...shared, integrationID: z.string().max(100).nullish(), secrets: secrets.nullish() })
const switched = z.object({ enabled: z.boolean() })

const integration = z.object({ id: z.string(), slug: z.string(), name: z.string() })
const shown = z.object({
  id: z.string(),
  enabled: z.boolean(),
  name: z.string(),
  integration,
  notification_options: z.array(z.string()),
  rooms: z.array(z.string()).nullable(),
  repeat_notification_min: z.number(),
})

export interface CompatibleChannelRoutesDeps {
  readonly channels: ApiChannels
  readonly rooms: Pick<ApiRooms, 'list'>
}

const base = '/api/v2/spaces/:spaceId'

/** Notification channels as existing clients know them (cloud-api §8). */
export function compatibleChannelRoutes({ channels, rooms }: CompatibleChannelRoutesDeps): readonly Route[] {
  /** Channels as a caller sees them: without rooms that are no more or not theirs, and a list of rooms never becomes all rooms. */
  const shownTo = async (caller: Caller) => {
    const seen = new Set((await roomsSeen(rooms, caller)).map(({ roomId }) => roomId))
    return ({ channelId, name, slug, isEnabled, roomIds, options, repeatMin }: Channel): z.infer<typeof shown> => ({
      id: channelId,
      enabled: isEnabled,
      name,
      integration: integrationRow(slug),
      notification_options: [...options],
      rooms: roomIds === null ? null : roomIds.filter((roomId) => seen.has(roomId)),
      repeat_notification_min: repeatMin,
    })
  }
  const options = (
    audits: RouteOptions['audits'],
    summary: string,
    answer?: z.ZodType,
    status = 200,
  ): RouteOptions & { style: 'compatible' } => ({
    style: 'compatible',
    ...(audits === undefined ? {} : { audits }),
    docs: { summary, status, ...(answer === undefined ? {} : { answer }) },
  })

  return [
    guardedRoute(
      'GET',
      `${base}/integrations`,
      'channels.view',
      undefined,
      () => ({ status: 200, json: { integrations: integrations.map(({ slug }) => integrationRow(slug)) } }),
      options(undefined, 'The ways to notify people that there are.', z.object({ integrations: z.array(integration) })),
    ),
    guardedRoute(
      'GET',
      `${base}/channel`,
      'channels.view',
      undefined,
      async ({ caller }) => ({ status: 200, json: (await channels.list(caller.spaceId)).map(await shownTo(caller)) }),
      options(undefined, 'Every notification channel of a space, the oldest first, without secrets.', z.array(shown)),
    ),
    guardedRoute(
      'POST',
      `${base}/channel`,
      'channels.change',
      newChannel,
      async ({ caller, body }) => {
        const kind = integrationOf(body.integrationID)
        if (kind === undefined) throw new ThroughlineError('BODY_UNPROCESSABLE', 'There is no such integration.')
        const wish = {
          name: body.name,
          isEnabled: body.enabled ?? true,
          roomIds: body.rooms ?? null,
          options: body.notification_options ?? [],
          repeatMin: body.repeat_notification_min ?? 0,
        }
        const channel = await channels.create(caller.spaceId, kind, wish, { secrets: body.secrets })
        return { status: 200, json: (await shownTo(caller))(channel), audit: [channelNote('channel-created', channel)] }
      },
      options(['channel-created'], 'Makes a notification channel.', shown),
    ),
    guardedRoute(
      'GET',
      `${base}/channel/:channelId`,
      'channels.view',
      undefined,
      async ({ caller, params }) => {
        const channelId = channelIdIn(params)
        const channel = await channels.get(caller.spaceId, channelId)
        if (channel === undefined) throw noChannel()
        const row = (await shownTo(caller))(channel)
        if (!isPermitted('channels.change', caller)) return { status: 200, json: { ...row, secrets: {} } }
        const told = await channels.secrets(caller.spaceId, channelId)
        return { status: 200, json: { ...row, secrets: told }, audit: [channelNote('channel-secrets-read', channel)] }
      },
      options(
        ['channel-secrets-read'],
        'One notification channel; with its secrets for those who may change it.',
        shown.extend({ secrets: z.record(z.string(), z.unknown()) }),
      ),
    ),
    guardedRoute(
      'PATCH',
      `${base}/channel/:channelId`,
      'channels.change',
      switched,
      async ({ caller, params, body }) => {
        const channel = await channels.change(caller.spaceId, channelIdIn(params), { isEnabled: body.enabled })
        return { status: 200, json: (await shownTo(caller))(channel), audit: [channelNote('channel-changed', channel)] }
      },
      options(['channel-changed'], 'Switches a notification channel on or off.', shown),
    ),
    guardedRoute(
      'PUT',
      `${base}/channel/:channelId`,
      'channels.change',
      wholeChannel,
      async ({ caller, params, body }) => {
        const channelId = channelIdIn(params)
        const before = await channels.get(caller.spaceId, channelId)
        if (before === undefined) throw noChannel()
        // Clients send it empty; another kind would have other secrets.
        if (body.integrationID && integrationOf(body.integrationID)?.slug !== before.slug)
          throw new ThroughlineError('BODY_UNPROCESSABLE', 'A channel keeps its integration; make another one instead.')
        const wish = {
          name: body.name,
          isEnabled: body.enabled ?? undefined,
          // What is not said at all stays: leaving rooms out must not mean every room.
          roomIds: body.rooms,
          options: body.notification_options === undefined ? undefined : (body.notification_options ?? []),
          repeatMin: body.repeat_notification_min ?? 0,
        }
        const told = body.secrets === undefined || body.secrets === null ? undefined : { secrets: body.secrets }
        const channel = await channels.change(caller.spaceId, channelId, wish, told)
        return { status: 200, json: (await shownTo(caller))(channel), audit: [channelNote('channel-changed', channel)] }
      },
      options(['channel-changed'], 'Replaces a notification channel; whether it is on stays as it was.', shown),
    ),
    guardedRoute(
      'DELETE',
      `${base}/channel/:channelId`,
      'channels.change',
      undefined,
      async ({ caller, params }) => {
        const channelId = canonicalUuid(params['channelId']) as ChannelId | undefined
        const isRemoved = channelId !== undefined && (await channels.remove(caller.spaceId, channelId))
        const audit: AuditNote[] = isRemoved ? [{ action: 'channel-deleted', subject: { kind: 'channel', id: channelId } }] : []
        return { status: 200, json: {}, audit }
      },
      options(['channel-deleted'], 'Deletes a notification channel; one that is gone already is no failure.', z.object({})),
    ),
  ]
}

function integrationRow(slug: string): z.infer<typeof integration> {
  const known = integrationOf(slug)
  return { id: known?.integrationId ?? '', slug, name: known?.name ?? slug }
}

import { z } from 'zod'
import { canonicalUuid, type RoomId } from '../../../src/domain/ids.ts'
import { ThroughlineError } from '../../../src/errors/throughline-error.ts'
import type { Caller } from '../../identity/ports.ts'
import { channelOptions } from '../../metadata/channels/channel-record.ts'
import { pushLimits } from '../../notify/push/push-browsers.ts'
import type { PushBrowser } from '../../notify/push/push-record.ts'
import { apiLimits } from '../limits.ts'
import type { ApiPush, ApiRooms } from '../ports.ts'
import { apiBase, guardedRoute, type Route } from '../route.ts'
import { roomsSeen } from '../sight.ts'

const isEndpoint = (text: string) => {
  const url = URL.canParse(text) ? new URL(text) : undefined
  return url?.protocol === 'https:' && url.username === '' && url.password === ''
}
const options = z.array(z.enum(channelOptions)).min(1).max(channelOptions.length)
const roomIds = z.array(z.string().max(64)).max(apiLimits.roomsPerChannel).nullable()
const name = z.string().trim().min(1).max(pushLimits.nameChars)
const wish = z.strictObject({
  endpoint: z.string().max(1_024).refine(isEndpoint),
  keys: z.strictObject({ p256dh: z.string().regex(/^[A-Za-z0-9_-]{87}=?$/), auth: z.string().regex(/^[A-Za-z0-9_-]{22}(==)?$/) }),
  name,
  options,
  roomIds: roomIds.default(null),
})
const changes = z.strictObject({ name: name.optional(), options: options.optional(), roomIds: roomIds.optional() })
const row = z.object({
  pushId: z.string(),
  name: z.string(),
  createdAtMs: z.number(),
  options: z.array(z.enum(channelOptions)),
  roomIds: z.array(z.string()).nullable(),
  endpointHash: z.string(),
})

const shown = ({ pushId, name: called, createdAtMs, options: told, roomIds: of, endpointHash }: PushBrowser): z.infer<typeof row> => ({
  pushId,
  name: called,
  createdAtMs,
  options: [...told],
  roomIds: of === null ? null : [...of],
  endpointHash,
})

const noBrowser = () => new ThroughlineError('NOT_FOUND', 'There is no such browser.')
const note = (action: 'push-target-added' | 'push-target-removed', pushId: string) => [
  { action, subject: { kind: 'push-target' as const, id: pushId } },
]

export interface PushRoutesDeps {
  readonly push: ApiPush
  readonly rooms: Pick<ApiRooms, 'list'>
}

/** The browsers that the caller is notified on in a space. Nobody sees those of somebody else, nor the address of any. */
export function pushRoutes({ push, rooms }: PushRoutesDeps): readonly Route[] {
  const pushIdIn = (params: Readonly<Record<string, string>>): string => {
    const pushId = canonicalUuid(params['pushId'])
    if (pushId === undefined) throw noBrowser()
    return pushId
  }
  /** Rooms the caller sees; any other looks like one that is not there. */
  const ownRooms = async (caller: Caller, wanted: readonly string[] | null): Promise<readonly RoomId[] | null> => {
    if (wanted === null) return null
    const seen = new Set<string>((await roomsSeen(rooms, caller)).map(({ roomId }) => roomId))
    if (!wanted.every((roomId) => seen.has(roomId)))
      throw new ThroughlineError('CLAIM_ROOM_INVALID', 'One or more rooms are not rooms of this space.')
    return wanted as readonly RoomId[]
  }

  return [
    guardedRoute(
      'GET',
      `${apiBase}/push/key`,
      'notifications.own',
      undefined,
      () => ({ status: 200, json: { publicKey: push.publicKey } }),
      {
        docs: { summary: 'The key that browsers subscribe to (VAPID, base64url).', answer: z.object({ publicKey: z.string() }) },
      },
    ),
    guardedRoute(
      'GET',
      `${apiBase}/push`,
      'notifications.own',
      undefined,
      async ({ caller }) => ({
        status: 200,
        json: { browsers: (await push.browsers.listOf(caller.spaceId, caller.personId)).map(shown) },
      }),
      {
        docs: {
          summary: 'The browsers you are notified on in a space; a browser finds itself by the SHA-256 of its address.',
          answer: z.object({ browsers: z.array(row) }),
        },
      },
    ),
    guardedRoute(
      'POST',
      `${apiBase}/push`,
      'notifications.own',
      wish,
      async ({ caller, body: { endpoint, keys, roomIds: wanted, ...rest } }) => {
        const of = await ownRooms(caller, wanted)
        const browser = await push.browsers.add(caller, { endpoint, keys }, { ...rest, roomIds: of })
        return { status: 201, json: shown(browser), audit: note('push-target-added', browser.pushId) }
      },
      {
        audits: ['push-target-added'],
        docs: { summary: 'Notifies you on this browser from now on; the same browser again is changed.', answer: row, status: 201 },
      },
    ),
    guardedRoute(
      'PATCH',
      `${apiBase}/push/:pushId`,
      'notifications.own',
      changes,
      async ({ caller, params, body: { roomIds: wanted, ...rest } }) => {
        const of = wanted === undefined ? {} : { roomIds: await ownRooms(caller, wanted) }
        const said = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined))
        return {
          status: 200,
          json: shown(await push.browsers.change(caller.spaceId, caller.personId, pushIdIn(params), { ...said, ...of })),
        }
      },
      {
        audits: { none: 'what somebody hears on a browser of their own concerns nobody else' },
        docs: { summary: 'Changes what you hear on a browser of yours.', answer: row },
      },
    ),
    guardedRoute(
      'DELETE',
      `${apiBase}/push/:pushId`,
      'notifications.own',
      undefined,
      async ({ caller, params }) => {
        const pushId = pushIdIn(params)
        if (!(await push.browsers.remove(caller.spaceId, caller.personId, pushId))) throw noBrowser()
        return { status: 204, audit: note('push-target-removed', pushId) }
      },
      { audits: ['push-target-removed'], docs: { summary: 'Notifies you no more on a browser of yours.', status: 204 } },
    ),
  ]
}

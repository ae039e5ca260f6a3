import { z } from 'zod'
import type { Caller } from '../../identity/ports.ts'
import type { ReachSetting } from '../../notify/reach/reach-settings.ts'
import type { ApiReachSettings, ApiRooms } from '../ports.ts'
import { guardedRoute, type Route, type RouteOptions } from '../route.ts'
import { reachNote, reachRowsSeen } from '../routes/reach-routes.ts'

const text = z.string().max(64).nullish()
const seconds = z.number().nullish()
/** The names of these members are published nowhere (cloud-api §8.1), so each that comes to mind is taken. */
const row = z.object({
  id: text,
  room_id: text,
  roomID: text,
  roomId: text,
  reachability_delay: seconds,
  reachability_delay_seconds: seconds,
  reachabilityDelay: seconds,
})
const shown = z.object({ id: z.string(), room_id: z.string().nullable(), reachability_delay: z.number().nullable() })

export interface CompatibleReachRoutesDeps {
  readonly reachSettings: ApiReachSettings
  readonly rooms: Pick<ApiRooms, 'list'>
}

const shownRow = ({ settingId, roomId, delayS }: ReachSetting): z.infer<typeof shown> => ({
  id: settingId,
  room_id: roomId,
  reachability_delay: delayS,
})

/** Notification settings as existing clients know them: the delay of reachability, by room (cloud-api §8.1). */
export function compatibleReachRoutes({ reachSettings, rooms }: CompatibleReachRoutesDeps): readonly Route[] {
  const path = '/api/v2/spaces/:spaceId/notifications'
  const options = (audits: RouteOptions['audits'], summary: string): RouteOptions & { style: 'compatible' } => ({
    style: 'compatible',
    ...(audits === undefined ? {} : { audits }),
    docs: { summary, status: 200, answer: z.array(shown) },
  })
  const whole = async (caller: Caller) => (await reachRowsSeen({ reachSettings, rooms }, caller)).map(shownRow)

  return [
    guardedRoute(
      'GET',
      path,
      'channels.view',
      undefined,
      async ({ caller }) => ({ status: 200, json: await whole(caller) }),
      options(undefined, 'Notification settings of the space and its rooms.'),
    ),
    guardedRoute(
      'POST',
      path,
      'channels.change',
      z.array(row).max(500),
      async ({ caller, body }) => {
        const before = await reachSettings.list(caller.spaceId)
        const wishes = body.map((each) => {
          const roomId = each.room_id ?? each.roomID ?? each.roomId ?? ''
          const known = before.find((setting) =>
            each.id ? setting.settingId === each.id : setting.roomId === (roomId === '' ? null : roomId),
          )
          const delayS = each.reachability_delay ?? each.reachability_delay_seconds ?? each.reachabilityDelay ?? null
          return { settingId: known?.settingId, roomId: roomId === '' ? null : roomId, delayS, isOn: known?.isOn ?? true }
        })
        const rows = await reachSettings.upsert(caller.spaceId, wishes)
        return { status: 200, json: await whole(caller), audit: [reachNote(caller, rows)] }
      },
      options(['reach-settings-changed'], 'Makes or changes notification settings; answers the whole set.'),
    ),
    guardedRoute(
      'DELETE',
      path,
      'channels.change',
      z.array(z.string().max(64)).max(1_000),
      async ({ caller, body }) => {
        const removed = await reachSettings.remove(caller.spaceId, body)
        const audit = removed === 0 ? [] : [reachNote(caller, await reachSettings.list(caller.spaceId))]
        return { status: 200, json: await whole(caller), audit }
      },
      options(['reach-settings-changed'], 'Deletes notification settings; those that are gone already are no failure.'),
    ),
  ]
}

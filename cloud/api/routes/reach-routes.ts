import { z } from 'zod'
import { quorumOf, reachLimits } from '../../notify/reach/reach-limits.ts'
import type { ReachSetting } from '../../notify/reach/reach-settings.ts'
import type { Caller } from '../../identity/ports.ts'
import type { ApiNodes, ApiReachSettings, ApiRooms } from '../ports.ts'
import { apiBase, guardedRoute, type AuditNote, type Route } from '../route.ts'
import { roomsSeen } from '../sight.ts'

const row = { roomId: z.string().max(64).nullable(), delayS: z.number().nullable(), isOn: z.boolean() }
const wish = z.strictObject({
  rows: z.array(z.strictObject({ ...row, settingId: z.string().max(64).optional() })).max(reachLimits.settingsPerSpace),
})
const shown = z.object({
  rows: z.array(z.object({ ...row, settingId: z.string() })),
  defaultDelayS: z.number(),
  quorum: z.object({ nodes: z.number(), withinS: z.number() }),
})

export interface ReachRoutesDeps {
  readonly reachSettings: ApiReachSettings
  readonly rooms: Pick<ApiRooms, 'list'>
  readonly nodes: Pick<ApiNodes, 'list'>
}

/** What the audit says of a change of these settings. */
export const reachNote = (caller: Caller, rows: readonly ReachSetting[]): AuditNote => ({
  action: 'reach-settings-changed',
  subject: { kind: 'space', id: caller.spaceId },
  details: { rows: rows.length },
})

/** The settings of rooms a caller sees, and that of the space. */
export async function reachRowsSeen(
  { reachSettings, rooms }: Pick<ReachRoutesDeps, 'reachSettings' | 'rooms'>,
  caller: Caller,
): Promise<readonly ReachSetting[]> {
  const [rows, seen] = await Promise.all([reachSettings.list(caller.spaceId), roomsSeen(rooms, caller)])
  const ids = new Set(seen.map(({ roomId }) => roomId))
  return rows.filter(({ roomId }) => roomId === null || ids.has(roomId))
}

/** After how long nodes that are out of reach are told of, by room. */
export function reachRoutes({ reachSettings, rooms, nodes }: ReachRoutesDeps): readonly Route[] {
  const whole = async (caller: Caller): Promise<z.infer<typeof shown>> => ({
    rows: [...(await reachRowsSeen({ reachSettings, rooms }, caller))],
    defaultDelayS: reachLimits.defaultDelayS,
    quorum: { nodes: quorumOf((await nodes.list(caller.spaceId)).length), withinS: reachLimits.withinMs / 1_000 },
  })
  return [
    guardedRoute(
      'GET',
      `${apiBase}/reach-settings`,
      'channels.view',
      undefined,
      async ({ caller }) => ({ status: 200, json: await whole(caller) }),
      { docs: { summary: 'After how long nodes that are out of reach are told of, by room, and from how many on as one.', answer: shown } },
    ),
    guardedRoute(
      'PUT',
      `${apiBase}/reach-settings`,
      'channels.change',
      wish,
      async ({ caller, body }) => {
        const rows = await reachSettings.replace(caller.spaceId, body.rows)
        return { status: 200, json: await whole(caller), audit: [reachNote(caller, rows)] }
      },
      {
        audits: ['reach-settings-changed'],
        docs: {
          summary: 'Replaces these settings; the row without a room is for every node that no room says something else of.',
          answer: shown,
        },
      },
    ),
  ]
}

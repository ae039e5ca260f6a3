import { z } from 'zod'
import type { Clock } from '../../../src/support/clock.ts'
import type { ApiAlerts, ApiFeed, ApiNodes, ApiRooms } from '../ports.ts'
import { guardedRoute, type Route } from '../route.ts'
import { askedRoom } from './asked-room.ts'
import { toldOfAlerts, type Category, type Threshold } from './told-of-alerts.ts'

const categories = ['firing_often', 'stuck_raised', 'silenced_long', 'dispatch_none'] as const

const count = (fallback: number) => z.number().int().min(1).max(5_000).default(fallback)
const seconds = (fallback: number) => z.number().int().min(1).max(7_776_000).default(fallback)
const thresholds = z.object({
  firing_often: z.object({ transitions: count(30), window_seconds: seconds(259_200) }).prefault({}),
  stuck_raised: z.object({ duration_seconds: seconds(1_209_600) }).prefault({}),
  silenced_long: z.object({ count: count(20), window_seconds: seconds(2_592_000) }).prefault({}),
  dispatch_none: z.object({ count: count(10), window_seconds: seconds(2_592_000) }).prefault({}),
})
const body = z.object({ categories: z.array(z.enum(categories)).max(20).nullish(), thresholds: thresholds.prefault({}) })

/** More rows than anybody mends in one go. */
const itemsMax = 2_000

/**
 * Alerts that look as if their definition were wrong (cloud-api §10.1): raised for too long by their state; changing too often, silenced
 * too often, or raised with nobody who wants to hear of it, by the feed. `since` says how far back the feed was looked through.
 */
export function misconfiguredRoute(deps: {
  readonly rooms: Pick<ApiRooms, 'get'>
  readonly nodes: Pick<ApiNodes, 'list'>
  readonly alerts: Pick<ApiAlerts, 'raised' | 'configs'>
  readonly feed: ApiFeed
  readonly clock: Clock
}): Route {
  return guardedRoute(
    'POST',
    '/api/v2/spaces/:spaceId/rooms/:roomId/alerts\\:misconfigured',
    'alerts.view',
    body,
    async ({ caller, params, body }) => {
      const [{ nodes }, raised] = await Promise.all([askedRoom(deps, caller, params['roomId']), deps.alerts.raised(caller.spaceId)])
      const nowS = Math.floor(deps.clock.nowMs() / 1_000)
      const stuck = nodes
        .flatMap((node) => (raised.get(node.nodeId) ?? []).map((alert) => ({ node, alert, forS: nowS - alert.whenS })))
        .filter(({ forS }) => forS >= body.thresholds.stuck_raised.duration_seconds)
        .sort((a, b) => b.forS - a.forS)
      const items = stuck.slice(0, itemsMax).map(({ node, alert, forS }) => ({
        alert: {
          name: alert.name,
          chart: alert.chart,
          context: alert.context,
          duration_seconds: forS,
          status: alert.status,
          triggered_at: alert.whenS,
          // Values are live: none is kept.
          value: null,
          units: null,
        },
        node: { id: node.nodeId, name: node.hostname },
      }))
      const critical = stuck.filter(({ alert }) => alert.status === 'critical').length
      const isAsked = (category: (typeof categories)[number]) =>
        (body.categories?.length ?? 0) === 0 || body.categories?.includes(category) === true
      const { firing_often: often, silenced_long: silenced, dispatch_none: none } = body.thresholds
      const asked = (category: (typeof categories)[number], count: number, windowS: number): Threshold | undefined =>
        isAsked(category) ? { count, sinceMs: (nowS - windowS) * 1_000 } : undefined
      const told = await toldOfAlerts(deps.feed, caller.spaceId, nodes, {
        often: asked('firing_often', often.transitions, often.window_seconds),
        silenced: asked('silenced_long', silenced.count, silenced.window_seconds),
        nobody: asked('dispatch_none', none.count, none.window_seconds),
      })
      const whole = {
        firing_often: categoryOf(told.often, ({ alert, node, count }) => ({
          alert: { ...alert, transitions: count },
          node,
          transitions: count,
        })),
        stuck_raised: { items, totals: { items: stuck.length, critical, warning: stuck.length - critical } },
        silenced_long: categoryOf(told.silenced, ({ alert, node, count, firstS, lastS }) => ({
          alert,
          node,
          count,
          first_silenced: firstS,
          last_silenced: lastS,
        })),
        dispatch_none: categoryOf(told.nobody, ({ alert, node, count, firstS, lastS }) => ({
          alert,
          node,
          count,
          first: firstS,
          last: lastS,
        })),
      }
      const json = Object.fromEntries(Object.entries(whole).filter(([name]) => isAsked(name as (typeof categories)[number])))
      return { status: 200, json: { ...json, thresholds: body.thresholds } }
    },
    {
      style: 'compatible',
      audits: { none: 'It only reads.' },
      docs: { summary: 'Alerts whose definition looks wrong.', answer: z.looseObject({ thresholds: z.looseObject({}) }) },
    },
  )
}

function categoryOf({ items, total, sinceS }: Category, itemOf: (item: Category['items'][number]) => object) {
  return { items: items.map(itemOf), totals: { items: total }, since: sinceS }
}

import { z } from 'zod'
import { ThroughlineError } from '../../../src/errors/throughline-error.ts'
import type { DeletedThing } from '../../metadata/deleted/deleted-content.ts'
import type { PurgeOrder } from '../../metadata/deleted/purge.ts'
import {
  isRestorable,
  retentionClasses,
  retentionDaysMax,
  restorableKinds,
  type RestorableKind,
} from '../../metadata/deleted/restorable.ts'
import { isPermitted, type Permission } from '../../identity/permissions.ts'
import type { Caller } from '../../identity/ports.ts'
import type { ApiDeletedContent, ApiPurge, ApiRetention } from '../ports.ts'
import { apiBase, guardedRoute, type Route } from '../route.ts'

/** Who may bring a thing back: whoever may make such a thing for the space. */
const restorers: Readonly<Record<RestorableKind, Permission>> = {
  board: 'boards.edit-any',
  room: 'rooms.manage',
  channel: 'channels.change',
  silence: 'silencing.change',
  'alert-document': 'alerts.change-config',
}

const thing = z.object({
  kind: z.enum(restorableKinds),
  id: z.string(),
  name: z.string(),
  deletedAtMs: z.int(),
  restorableUntilMs: z.int(),
})
const days = z.int().min(0).max(retentionDaysMax)
const retentionWish = z.strictObject({ days: z.strictObject(Object.fromEntries(retentionClasses.map((each) => [each, days.optional()]))) })
const retentionShape = z.object({ days: z.object(Object.fromEntries(retentionClasses.map((each) => [each, days]))) })
const order = z.object({
  orderId: z.string(),
  kind: z.enum(restorableKinds),
  due: z.int(),
  of: z.int(),
  askedAtMs: z.int(),
  approvedAtMs: z.int().nullable(),
})
const shownOrder = ({ orderId, kind, due, of, askedAtMs, approvedAtMs }: PurgeOrder) => ({
  orderId,
  kind,
  due,
  of,
  askedAtMs,
  approvedAtMs: approvedAtMs ?? null,
})

export interface DeletedRoutesDeps {
  readonly deleted: ApiDeletedContent
  readonly retention: ApiRetention
  readonly purge: ApiPurge
}

const nothing = () => new ThroughlineError('NOT_FOUND', 'There is nothing of that to restore.')

/** What was deleted in a space and its way back, for how long it is kept, and purges that wait for a word. */
export function deletedRoutes({ deleted, retention, purge }: DeletedRoutesDeps): readonly Route[] {
  const may = (caller: Caller, kind: RestorableKind) => isPermitted(restorers[kind], caller)
  const shown = async (caller: Caller): Promise<readonly DeletedThing[]> =>
    (await deleted.list(caller.spaceId)).filter(({ kind }) => may(caller, kind))
  return [
    guardedRoute(
      'GET',
      `${apiBase}/deleted`,
      'deleted.restore',
      undefined,
      async ({ caller }) => ({ status: 200, json: { items: (await shown(caller)).slice(0, listMax) } }),
      { docs: { summary: 'Lists what was deleted in the space and can still be restored.', answer: z.object({ items: z.array(thing) }) } },
    ),
    guardedRoute(
      'POST',
      `${apiBase}/deleted/:kind/:deletedId/restore`,
      'deleted.restore',
      undefined,
      async ({ caller, params }) => {
        const kind = (params['kind'] ?? '') as RestorableKind
        if (!isRestorable(kind) || !may(caller, kind)) throw nothing()
        const restored = await deleted.restore(caller.spaceId, kind, params['deletedId'] ?? '')
        const subject = { kind, id: restored.id } as const
        return { status: 204, audit: [{ action: 'content-restored', subject }] }
      },
      { audits: ['content-restored'], docs: { summary: 'Brings back what was deleted.' } },
    ),
    guardedRoute(
      'GET',
      `${apiBase}/retention`,
      'space.view',
      undefined,
      async ({ caller }) => ({ status: 200, json: { days: await retention.of(caller.spaceId) } }),
      { docs: { summary: 'For how many days what is deleted can be restored, by class.', answer: retentionShape } },
    ),
    guardedRoute(
      'PUT',
      `${apiBase}/retention`,
      'space.change',
      retentionWish,
      async ({ caller, body }) => {
        const wish = Object.fromEntries(Object.entries(body.days).filter(([, count]) => count !== undefined)) as Record<string, number>
        const changeWords = Object.entries(wish)
          .map(([name, count]) => `${name} ${count}`)
          .join(', ')
        const set = await retention.set(caller.spaceId, wish)
        return {
          status: 200,
          json: { days: set },
          audit: [{ action: 'retention-changed', subject: { kind: 'space', id: caller.spaceId }, details: { change: changeWords } }],
        }
      },
      {
        audits: ['retention-changed'],
        docs: { summary: 'Sets for how many days what is deleted can be restored.', answer: retentionShape },
      },
    ),
    guardedRoute(
      'GET',
      `${apiBase}/purges`,
      'space.change',
      undefined,
      async ({ caller }) => {
        const orders = (await purge.orders()).filter(({ spaceId }) => spaceId === caller.spaceId)
        return { status: 200, json: { orders: orders.map(shownOrder) } }
      },
      { docs: { summary: 'Purges that would take very much and wait for a word.', answer: z.object({ orders: z.array(order) }) } },
    ),
    guardedRoute(
      'POST',
      `${apiBase}/purges/:orderId/approve`,
      'space.change',
      undefined,
      async ({ caller, params }) => {
        const orderId = params['orderId'] ?? ''
        const mine = (await purge.orders()).some((each) => each.orderId === orderId && each.spaceId === caller.spaceId)
        if (!mine) throw new ThroughlineError('NOT_FOUND', 'There is no such purge to approve.')
        const approved = await purge.approve(orderId)
        const details = { kind: approved.kind, items: approved.due }
        return { status: 204, audit: [{ action: 'purge-approved', subject: { kind: 'space', id: caller.spaceId }, details }] }
      },
      { audits: ['purge-approved'], docs: { summary: 'Allows a purge that asked.' } },
    ),
  ]
}

/** Lists of our own API page at this many. */
const listMax = 200

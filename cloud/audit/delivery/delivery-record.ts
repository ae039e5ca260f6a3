import { z } from 'zod'
import type { SpaceId } from '../../../src/domain/ids.ts'
import type { ItemKey } from '../../store/port.ts'

export const deliveryKinds = ['webhook', 'syslog'] as const
export type DeliveryKind = (typeof deliveryKinds)[number]

/** Where the events of a space go; what is secret is sealed for this item. `fromSeq`: the entry after which it began. */
export const deliveryData = z.object({
  webhook: z.object({ sealedUrl: z.string(), sealedSecret: z.string(), fromSeq: z.number() }).optional(),
  syslog: z.object({ host: z.string(), port: z.number(), fromSeq: z.number() }).optional(),
})
export type DeliveryData = z.output<typeof deliveryData>

/** How far a delivery came. Times are epoch milliseconds. */
export const deliveryState = z.object({
  seq: z.number(),
  deliveredAtMs: z.number().nullable(),
  failures: z.number(),
  problem: z.string().nullable(),
  problemAtMs: z.number().nullable(),
})
export type DeliveryState = z.output<typeof deliveryState>

export const deliveryPartition = 'audit-deliveries'
export const deliveryKey = (spaceId: SpaceId): ItemKey => ({ partition: deliveryPartition, sort: spaceId })
export const stateKey = (spaceId: SpaceId, kind: DeliveryKind): ItemKey => ({ partition: `audit/${spaceId}`, sort: `delivery/${kind}` })

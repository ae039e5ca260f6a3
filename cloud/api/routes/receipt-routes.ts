import { z } from 'zod'
import { canonicalUuid, type SpaceId } from '../../../src/domain/ids.ts'
import { places } from '../../../src/domain/receipt.ts'
import { ThroughlineError } from '../../../src/errors/throughline-error.ts'
import { exportFormats } from '../../privacy/export/export-text.ts'
import type { ApiExports, ApiReceipts } from '../ports.ts'
import { apiBase, personRoute, type Route } from '../route.ts'

const text = z.string().nullable()
const rowShape = z.object({
  where: z.enum(places),
  class: z.string(),
  kind: z.string(),
  what: z.string(),
  name: text,
  spaceId: text,
  item: text,
  isGoing: z.boolean(),
  count: z.int().nullable(),
  sinceMs: z.number().nullable(),
  expires: z.string(),
  expiresAtMs: z.number().nullable(),
  fields: z.array(z.object({ field: z.string(), value: text, note: text, purpose: z.string(), count: z.int() })),
})
const totalsShape = z.array(z.object({ where: z.enum(places), class: z.string(), rows: z.int().nullable(), fields: z.int() }))
const placesShape = z.array(z.object({ where: z.enum(places), state: z.enum(['read', 'off', 'unreachable']), note: z.string() }))
const receiptAnswer = z.object({
  madeAtMs: z.number(),
  rowsRead: z.int(),
  places: placesShape,
  totals: totalsShape,
  person: z.object({ rows: z.array(rowShape), totals: totalsShape }),
  spaces: z.array(
    z.object({
      spaceId: z.string(),
      name: z.string(),
      held: z.array(rowShape).nullable(),
      heldTotals: totalsShape.nullable(),
      traces: z.array(rowShape),
    }),
  ),
  facts: z.array(z.object({ kind: z.string(), class: z.string(), holds: z.string(), retention: z.string(), erasure: z.string() })),
})
const openExport = z.object({
  exportId: z.string(),
  format: z.enum(exportFormats),
  scope: z.enum(['me', 'space']),
  spaceId: text,
  createdAtMs: z.number(),
  expiresAtMs: z.number(),
})

const wishShape = z.strictObject({
  format: z.enum(exportFormats),
  scope: z.enum(['me', 'space']),
  spaceId: z
    .uuid()
    .transform((id) => id.toLowerCase())
    .optional(),
})
const tokenShape = z.strictObject({ token: z.string().max(128) })

export interface ReceiptRoutesDeps {
  readonly receipts: ApiReceipts
  readonly exports: ApiExports
  readonly publicUrl: string
}

/** What is held about whoever asks, and taking it along (D7, N4). */
export function receiptRoutes({ receipts, exports, publicUrl }: ReceiptRoutesDeps): readonly Route[] {
  return [
    personRoute(
      'GET',
      `${apiBase}/me/receipt`,
      'self.change',
      undefined,
      async ({ caller: { personId } }) => ({
        status: 200,
        json: await receipts.of(personId),
        audit: [{ action: 'receipt-read', subject: { kind: 'person', id: personId } }],
      }),
      {
        audits: ['receipt-read'],
        docs: {
          summary: 'Everything held about the person who asks and about the spaces they run: field, value, purpose, where, since, expires.',
          answer: receiptAnswer,
        },
      },
    ),
    personRoute(
      'GET',
      `${apiBase}/me/receipt/summary`,
      'self.change',
      undefined,
      async ({ caller: { personId } }) => {
        const { madeAtMs, rowsRead, places: states, totals, spaces } = await receipts.of(personId)
        const counts = spaces.map(({ spaceId, name, heldTotals }) => ({ spaceId, name, totals: heldTotals }))
        return { status: 200, json: { madeAtMs, rowsRead, places: states, totals, spaces: counts } }
      },
      {
        docs: {
          summary: 'How much is held about the person who asks, by place and class.',
          answer: z.object({
            madeAtMs: z.number(),
            rowsRead: z.int(),
            places: placesShape,
            totals: totalsShape,
            spaces: z.array(z.object({ spaceId: z.string(), name: z.string(), totals: totalsShape.nullable() })),
          }),
        },
      },
    ),
    personRoute(
      'GET',
      `${apiBase}/me/receipt/progress`,
      'self.change',
      undefined,
      ({ caller: { personId } }) => ({ status: 200, json: { rowsRead: receipts.progress(personId) ?? null } }),
      {
        docs: {
          summary: 'How many rows the receipt that is being made has read; null while none is being made.',
          answer: z.object({ rowsRead: z.int().nullable() }),
        },
      },
    ),
    personRoute(
      'GET',
      `${apiBase}/me/exports`,
      'self.change',
      undefined,
      async ({ caller: { personId } }) => ({ status: 200, json: { exports: await exports.list(personId) } }),
      { docs: { summary: 'Links to exports that were made and not used.', answer: z.object({ exports: z.array(openExport) }) } },
    ),
    personRoute(
      'POST',
      `${apiBase}/me/exports`,
      'self.change',
      wishShape,
      async ({ caller: { personId }, body }) => {
        if ((body.scope === 'space') !== (body.spaceId !== undefined))
          throw new ThroughlineError('BODY_UNPROCESSABLE', 'The member spaceId stands with the scope space, and only there.')
        const { token, ...made } = await exports.make(personId, body)
        const href = `${publicUrl}/profile/privacy#export=${made.exportId}.${token}`
        return { status: 201, json: { ...made, href }, audit: [noteOf(personId, made, 'link-made')] }
      },
      {
        audits: ['data-exported'],
        docs: {
          summary:
            'Makes a link to an export. It is good once, for a day, and only for the person who made it; the secret stands behind the # of it.',
          status: 201,
          answer: openExport.extend({ href: z.string() }),
        },
      },
    ),
    personRoute(
      'POST',
      `${apiBase}/me/exports/:exportId/file`,
      'self.change',
      tokenShape,
      async ({ caller: { personId }, params, body }) => {
        const exportId = canonicalUuid(params['exportId'])
        if (exportId === undefined)
          throw new ThroughlineError('NOT_FOUND', 'This link was used, is older than a day, or is not yours; make another one.')
        const { type, fileName, chunks, ...made } = await exports.open(personId, exportId, body.token)
        return { status: 200, stream: { type, fileName, chunks }, audit: [noteOf(personId, made, 'fetched')] }
      },
      { audits: ['data-exported'], docs: { summary: 'The file of an export, made while it is sent. Uses the link up.' } },
    ),
  ]
}

const noteOf = (personId: string, made: { format: string; scope: string; spaceId: string | null }, step: string) => ({
  action: 'data-exported' as const,
  subject: made.spaceId === null ? ({ kind: 'person', id: personId } as const) : ({ kind: 'space', id: made.spaceId } as const),
  ...(made.spaceId === null ? {} : { spaceId: made.spaceId as SpaceId }),
  details: { format: made.format, scope: made.scope, step },
})

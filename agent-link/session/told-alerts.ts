import { z } from 'zod'
import type { AlertStatus } from '../../src/domain/model.ts'
import type { SourceAlert } from '../sources/source.ts'

/** An alert as the cloud was told of it last. */
export interface ToldAlert {
  readonly alert: SourceAlert
  readonly oldStatus: AlertStatus
  readonly eventId: bigint
}

/** What the cloud has been told of alerts, and how far of the source's log: kept, so that a restart tells nothing twice and loses nothing. */
export interface ToldAlerts {
  readonly isStreaming: boolean
  readonly sequence: number
  readonly alerts: readonly ToldAlert[]
}

const statuses = ['null', 'unknown', 'removed', 'undefined', 'clear', 'warning', 'critical'] as const
const status = z.enum(statuses)
const rowSchema = z.tuple([z.string(), z.string(), z.string(), z.string(), z.string(), status, z.int(), status, z.int()])
const fileSchema = z.object({
  version: z.literal(1),
  claimId: z.string(),
  nodeId: z.string(),
  isStreaming: z.boolean(),
  sequence: z.number(),
  alerts: z.array(rowSchema),
})

/** Whose words they were: told by one claim about one node, they say nothing to another cloud. */
export interface ToldBy {
  readonly claimId: string
  readonly nodeId: string
}

/** The text of a file; there is no value in it. */
export function writeTold({ claimId, nodeId }: ToldBy, { isStreaming, sequence, alerts }: ToldAlerts): string {
  const rows = alerts.map(({ alert, oldStatus, eventId }) => {
    return [alert.chart, alert.name, alert.context, alert.family, alert.configHash, alert.status, alert.whenS, oldStatus, Number(eventId)]
  })
  return `${JSON.stringify({ version: 1, claimId, nodeId, isStreaming, sequence, alerts: rows })}\n`
}

/** What such a text says; undefined when it is another's or damaged: then all is told from the beginning. */
export function readTold({ claimId, nodeId }: ToldBy, text: string): ToldAlerts | undefined {
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch {
    return undefined
  }
  const read = fileSchema.safeParse(json)
  if (!read.success || read.data.claimId !== claimId || read.data.nodeId !== nodeId) return undefined
  const { isStreaming, sequence, alerts } = read.data
  return {
    isStreaming,
    sequence,
    alerts: alerts.map(([chart, name, context, family, configHash, now, whenS, oldStatus, eventId]) => ({
      alert: { ...unknownNow, chart, name, context, family, configHash, status: now, whenS },
      oldStatus,
      eventId: BigInt(eventId),
    })),
  }
}

/** What is not kept is told again by the source, or has gone with the alert. */
const unknownNow = {
  execPath: '',
  configSource: '',
  delayS: 0,
  delayUpToS: 0,
  lastRepeatS: 0,
  isSilenced: false,
  valueText: '-',
  value: 0,
  info: '',
  summary: '',
}

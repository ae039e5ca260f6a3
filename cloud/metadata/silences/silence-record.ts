import type { PersonId, SilenceId } from '../../../src/domain/ids.ts'
import type { StoredItem } from '../../store/port.ts'
import type { ItemContent } from '../change-item.ts'

/** What a silence can keep quiet (cloud-api §8). */
export const silenceSeverities = ['CRITICAL', 'WARNING', 'CLEAR', 'REACHABLE', 'UNREACHABLE'] as const
export type SilenceSeverity = (typeof silenceSeverities)[number]

/**
 * What is silenced and when. An empty list means any. Names, contexts, instances, roles and the values of labels are simple patterns;
 * a list of them is one pattern, in which the first that fits decides.
 */
export interface SilenceContent {
  readonly name: string
  readonly roomIds: readonly string[]
  readonly nodeIds: readonly string[]
  /** Every one of them has to fit. */
  readonly hostLabels: Readonly<Record<string, string>>
  readonly alertNames: readonly string[]
  readonly alertContexts: readonly string[]
  /** Charts. */
  readonly alertInstances: readonly string[]
  /** Recipients in the alert's definition. */
  readonly alertRoles: readonly string[]
  readonly integrationIds: readonly string[]
  readonly severities: readonly SilenceSeverity[]
  readonly startsAtMs: number
  /** With a rule: the end of the first time; each one after it ends at the same time of its day. Null: it does not end. */
  readonly endsAtMs: number | null
  /** An iCalendar RRULE as it was given, without DTSTART; null: once. */
  readonly rrule: string | null
  /** An IANA name as it was given, in which the rule counts; null: UTC. */
  readonly timeZone: string | null
  /** Deleted as soon as it ended. */
  readonly deletesOnEnd: boolean
  readonly isDisabled: boolean
}

/** A silence of a space, or of one person in it. */
export interface Silence extends SilenceContent {
  readonly silenceId: SilenceId
  /** Whose it is, and then it keeps only what this person gets quiet; null: the space's. */
  readonly personId: PersonId | null
  readonly createdBy: PersonId
  readonly createdAtMs: number
  readonly changedAtMs: number
}

type SilenceRecord = {
  name: string
  personId: PersonId | null
  roomIds: string[]
  nodeIds: string[]
  hostLabels: { [key: string]: string }
  alertNames: string[]
  alertContexts: string[]
  alertInstances: string[]
  alertRoles: string[]
  integrationIds: string[]
  severities: SilenceSeverity[]
  startsAtMs: number
  endsAtMs: number | null
  rrule: string | null
  timeZone: string | null
  deletesOnEnd: boolean
  isDisabled: boolean
  createdBy: PersonId
  createdAtMs: number
  changedAtMs: number
}

export const silencePrefix = 'silence/'

/** The silence an item holds. */
export function silenceOf({ sort, data }: Pick<StoredItem, 'sort' | 'data'>): Silence {
  return { silenceId: sort.slice(silencePrefix.length) as SilenceId, ...(data as SilenceRecord) }
}

/** The content of a silence's item. One that deletes itself hides from its end on, and is purged like everything that expired. */
export function silenceContent({ silenceId: _id, ...silence }: Silence): ItemContent {
  const { roomIds, nodeIds, hostLabels, alertNames, alertContexts, alertInstances, alertRoles, integrationIds, severities } = silence
  const data: SilenceRecord = {
    ...silence,
    roomIds: [...roomIds],
    nodeIds: [...nodeIds],
    hostLabels: { ...hostLabels },
    alertNames: [...alertNames],
    alertContexts: [...alertContexts],
    alertInstances: [...alertInstances],
    alertRoles: [...alertRoles],
    integrationIds: [...integrationIds],
    severities: [...severities],
  }
  const expires = silence.deletesOnEnd && silence.endsAtMs !== null ? { expiresAtMs: silence.endsAtMs } : {}
  return { kind: 'silence', data, ...expires }
}

import type { PersonId, SilenceId } from '../../../src/domain/ids.ts'
import type { SilenceContent, SilenceSeverity } from '../../../src/domain/silence.ts'
import type { StoredItem } from '../../store/port.ts'
import type { ItemContent } from '../change-item.ts'

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

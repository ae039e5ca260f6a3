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

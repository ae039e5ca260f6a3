/** One field of an integration, as the cloud describes it. */
export interface IntegrationField {
  readonly name: string
  readonly label: string
  readonly kind: 'text' | 'url' | 'number' | 'choice' | 'lines' | 'email'
  readonly isSecret: boolean
  readonly isRequired: boolean
  readonly choices?: readonly string[]
}

/** A way to tell people about alerts. */
export interface Integration {
  readonly integrationId: string
  readonly slug: string
  readonly name: string
  readonly fields: readonly IntegrationField[]
}

export const channelOptions = ['CRITICAL', 'WARNING', 'CLEAR', 'REACHABLE', 'UNREACHABLE'] as const
export type ChannelOption = (typeof channelOptions)[number]

/** What a channel is told about, in words. */
export const optionWords: Readonly<Record<ChannelOption, string>> = {
  CRITICAL: 'An alert becomes critical',
  WARNING: 'An alert becomes a warning',
  CLEAR: 'An alert clears',
  REACHABLE: 'A node is reachable again',
  UNREACHABLE: 'A node is not reachable any more',
}

/** A channel in the list. */
export interface ChannelRow {
  readonly channelId: string
  readonly name: string
  readonly slug: string
  readonly integrationId: string
  readonly isEnabled: boolean
  /** Null: all rooms; empty: the rooms it was for are gone. */
  readonly roomIds: readonly string[] | null
  readonly options: readonly ChannelOption[]
  /** Minutes between reminders; 0 for none. */
  readonly repeatMin: number
  /** Whether its messages say the value of an alert. */
  readonly includesValue: boolean
}

/** What came of a test. */
export interface ChannelTest {
  readonly isDelivered: boolean
  readonly problem: string | null
  readonly tookMs: number
}

/** What a test may be of, in words. */
export const testWords = { alert: 'Test an alert', clear: 'Test its end', reach: 'Test a lost node' } as const
export type TestKind = keyof typeof testWords

/** A channel with its fields; secrets are never among them, only their names. */
export interface ChannelDetails extends ChannelRow {
  readonly fields: Readonly<Record<string, string | number>>
  readonly secretsSet: readonly string[]
}

/** What a channel is to be. */
export interface ChannelWish {
  readonly name: string
  readonly isEnabled: boolean
  readonly roomIds: readonly string[] | null
  readonly options: readonly ChannelOption[]
  readonly repeatMin: number
  readonly includesValue: boolean
  /** Null takes a value away; fields that are not named stay as they are. */
  readonly fields: Readonly<Record<string, string | number | null>>
}

/** How often somebody is reminded, in words. */
export const repeatChoices: readonly { readonly repeatMin: number; readonly words: string }[] = [
  { repeatMin: 0, words: 'Never' },
  { repeatMin: 30, words: 'Every 30 minutes' },
  { repeatMin: 60, words: 'Every hour' },
  { repeatMin: 240, words: 'Every 4 hours' },
  { repeatMin: 1440, words: 'Every day' },
]

/**
 * The fields to send for what was typed. A secret that was left empty stays as it is kept; another field that was emptied is taken
 * away. `kept` is what the cloud has; undefined for a new channel.
 */
export function fieldsToSend(
  fields: readonly IntegrationField[],
  typed: Readonly<Record<string, string>>,
  kept: Pick<ChannelDetails, 'fields'> | undefined,
): ChannelWish['fields'] {
  const sent: Record<string, string | number | null> = {}
  for (const { name, kind, isSecret } of fields) {
    const text = (typed[name] ?? '').trim()
    if (text !== '') sent[name] = kind === 'number' ? Number(text) : text
    else if (!isSecret && kept !== undefined && kept.fields[name] !== undefined) sent[name] = null
  }
  return sent
}

/** The labels of fields that must still be filled in. */
export function missingFields(
  fields: readonly IntegrationField[],
  typed: Readonly<Record<string, string>>,
  secretsSet: readonly string[],
): readonly string[] {
  return fields
    .filter(({ name, isRequired }) => isRequired && (typed[name] ?? '').trim() === '' && !secretsSet.includes(name))
    .map(({ label }) => label)
}

import { canonicalUuid } from '../../../src/domain/ids.ts'
import { ThroughlineError } from '../../../src/errors/throughline-error.ts'
import { metadataLimits } from '../limits.ts'
import { cleanText } from '../text-rules.ts'
import { isTimeZone } from './recurrence.ts'
import { withoutStart } from './rule-parts.ts'
import { silenceSeverities, type SilenceContent, type SilenceSeverity } from '../../../src/domain/silence.ts'
import { createSilenceTimes } from './silence-times.ts'

/** What somebody wishes for; what is not said is any, or none. */
export interface SilenceWish extends Partial<Omit<SilenceContent, 'severities'>> {
  readonly name: string
  readonly startsAtMs: number
  readonly severities?: readonly string[]
}

const unfit = (what: string) => new ThroughlineError('BODY_UNPROCESSABLE', what)
const { entriesPerSilenceList: entriesMax, labelsPerSilence: labelsMax, silencePatternBytes: patternBytes } = metadataLimits

/** Times that clocks and rules can work with: 1970 to 2199. */
const timesMs = { least: 0, most: Date.UTC(2200, 0, 1) }

function checkedName(name: string): string {
  if (name.trim() === '' || cleanText(name, metadataLimits.nameBytes) !== name) throw unfit('A silence needs a name of one plain line.')
  return name
}

function isPlain(text: string): boolean {
  return text.trim() !== '' && cleanText(text, patternBytes) === text
}

function checkedPatterns(what: string, entries: readonly string[] = []): readonly string[] {
  if (entries.length > entriesMax) throw unfit(`A silence names at most ${entriesMax} ${what}.`)
  if (!entries.every(isPlain)) throw unfit(`One of the ${what} is empty, too long or not plain text.`)
  return [...new Set(entries)]
}

function checkedIds(what: string, ids: readonly string[] = []): readonly string[] {
  if (ids.length > entriesMax) throw unfit(`A silence names at most ${entriesMax} ${what}.`)
  return [
    ...new Set(
      ids.map((id) => {
        const canonical = canonicalUuid(id)
        if (canonical === undefined) throw unfit(`One of the ${what} is no id.`)
        return canonical
      }),
    ),
  ]
}

function checkedLabels(labels: Readonly<Record<string, string>> = {}): Readonly<Record<string, string>> {
  const pairs = Object.entries(labels)
  if (pairs.length > labelsMax) throw unfit(`A silence names at most ${labelsMax} labels.`)
  if (!pairs.every(([key, value]) => isPlain(key) && isPlain(value))) throw unfit('A label needs a name and a value of plain text.')
  return Object.fromEntries(pairs)
}

function checkedSeverities(severities: readonly string[] = []): readonly SilenceSeverity[] {
  const isSeverity = (text: string): text is SilenceSeverity => (silenceSeverities as readonly string[]).includes(text)
  if (!severities.every(isSeverity)) throw unfit(`A silence keeps ${silenceSeverities.join(', ')} quiet, and nothing else.`)
  return [...new Set(severities.filter(isSeverity))]
}

function checkedTimes(
  wish: SilenceWish,
  nowMs: number,
): Pick<SilenceContent, 'startsAtMs' | 'endsAtMs' | 'rrule' | 'timeZone' | 'deletesOnEnd'> {
  const { startsAtMs, endsAtMs = null, timeZone: zone = null, deletesOnEnd = false } = wish
  const isTime = (ms: number) => Number.isInteger(ms) && ms >= timesMs.least && ms < timesMs.most
  if (!isTime(startsAtMs) || (endsAtMs !== null && !isTime(endsAtMs))) throw unfit('A silence begins and ends between 1970 and 2199.')
  if (endsAtMs !== null && endsAtMs <= startsAtMs) throw unfit('A silence ends after it begins.')
  const timeZone = zone === '' ? null : zone
  if (timeZone !== null && !isTimeZone(timeZone)) throw unfit('There is no such time zone; Europe/Berlin is one, for instance.')
  const rule = wish.rrule === undefined || wish.rrule === null ? '' : withoutStart(wish.rrule)
  const rrule = rule === '' ? null : rule
  if (deletesOnEnd && (endsAtMs === null || rrule !== null))
    throw unfit('Only a silence that ends and does not recur can be deleted at its end.')
  const times = { startsAtMs, endsAtMs, rrule, timeZone, deletesOnEnd }
  // Whatever cannot be worked out is refused here, so that it cannot trouble whoever asks later.
  createSilenceTimes({ ...times, isDisabled: false }).at(nowMs)
  return times
}

/** A wish as it is kept. Throws BODY_UNPROCESSABLE in one sentence that says what to change. */
export function checkedSilence(wish: SilenceWish, nowMs: number): SilenceContent {
  return {
    name: checkedName(wish.name),
    roomIds: checkedIds('rooms', wish.roomIds),
    nodeIds: checkedIds('nodes', wish.nodeIds),
    hostLabels: checkedLabels(wish.hostLabels),
    alertNames: checkedPatterns('alert names', wish.alertNames),
    alertContexts: checkedPatterns('contexts', wish.alertContexts),
    alertInstances: checkedPatterns('instances', wish.alertInstances),
    alertRoles: checkedPatterns('recipients', wish.alertRoles),
    integrationIds: checkedIds('integrations', wish.integrationIds),
    severities: checkedSeverities(wish.severities),
    ...checkedTimes(wish, nowMs),
    isDisabled: wish.isDisabled ?? false,
  }
}

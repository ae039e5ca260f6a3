import { timeFormat } from '../time/format-time.ts'
import { isTimeZone } from '../time/time-zone.ts'
import { readRepeats, ruleOf, type Repeats } from './repeats.ts'
import type { SilenceContent, SilenceSeverity } from '../../../src/domain/silence.ts'
import type { SilenceRow, SilenceScope } from './silence-answers.ts'

export type SilenceWhen = 'now' | 'once' | 'recurring'

/** A silence while somebody writes it: texts as they stand in the fields. */
export interface SilenceDraft {
  readonly name: string
  readonly scope: SilenceScope
  readonly roomIds: readonly string[]
  readonly nodeIds: readonly string[]
  /** One `key=value` a line. */
  readonly labels: string
  /** Patterns, apart by commas or lines. */
  readonly names: string
  readonly contexts: string
  readonly instances: string
  readonly roles: string
  readonly integrationIds: readonly string[]
  readonly severities: readonly SilenceSeverity[]
  readonly when: SilenceWhen
  /** From now on, in minutes; null: until somebody ends it. */
  readonly forMin: number | null
  /** Fields of date and time in the draft's zone; an empty end means none. */
  readonly starts: string
  readonly ends: string
  readonly timeZone: string
  readonly repeats: Repeats
  readonly deletesOnEnd: boolean
  readonly isDisabled: boolean
}

export const forChoices: readonly { readonly forMin: number | null; readonly words: string }[] = [
  { forMin: 30, words: '30 minutes' },
  { forMin: 60, words: '1 hour' },
  { forMin: 240, words: '4 hours' },
  { forMin: 480, words: '8 hours' },
  { forMin: 1_440, words: '1 day' },
  { forMin: 10_080, words: '1 week' },
  { forMin: null, words: 'Until somebody ends it' },
]

const minuteMs = 60_000
/** Without seconds, as fields of date and time are typed. */
const fieldOf = (ms: number, zone: string) =>
  timeFormat(zone)
    .field(Math.floor(ms / 1_000))
    .slice(0, 16)
const msOf = (text: string, zone: string): number | undefined => {
  const timeS = timeFormat(zone).parseField(text)
  return timeS === undefined ? undefined : timeS * 1_000
}

/** A new silence: from now on for an hour, of everything. */
export function newDraft(nowMs: number, timeZone: string, scope: SilenceScope): SilenceDraft {
  const dayMs = 24 * 60 * minuteMs
  return {
    name: '',
    scope,
    roomIds: [],
    nodeIds: [],
    labels: '',
    names: '',
    contexts: '',
    instances: '',
    roles: '',
    integrationIds: [],
    severities: [],
    when: 'now',
    forMin: 60,
    starts: fieldOf(nowMs, timeZone),
    ends: fieldOf(nowMs + 60 * minuteMs, timeZone),
    timeZone,
    repeats: { kind: 'daily', days: [], monthDay: 1, until: fieldOf(nowMs + 90 * dayMs, timeZone).slice(0, 10), isEnding: false, rule: '' },
    deletesOnEnd: false,
    isDisabled: false,
  }
}

/** A silence that is there, as it is changed. */
export function draftOf(row: SilenceRow, nowMs: number, fallbackZone: string): SilenceDraft {
  const timeZone = row.timeZone !== null && isTimeZone(row.timeZone) ? row.timeZone : row.rrule === null ? fallbackZone : 'UTC'
  const { name, scope, roomIds, nodeIds, integrationIds, severities, startsAtMs, endsAtMs, rrule, deletesOnEnd, isDisabled } = row
  const made = newDraft(nowMs, timeZone, scope)
  return {
    ...made,
    name,
    roomIds,
    nodeIds,
    integrationIds,
    severities,
    deletesOnEnd,
    isDisabled,
    labels: Object.entries(row.hostLabels)
      .map(([key, value]) => `${key}=${value}`)
      .join('\n'),
    names: row.alertNames.join(', '),
    contexts: row.alertContexts.join(', '),
    instances: row.alertInstances.join(', '),
    roles: row.alertRoles.join(', '),
    when: rrule === null ? 'once' : 'recurring',
    starts: fieldOf(startsAtMs, timeZone),
    ends: endsAtMs === null ? '' : fieldOf(endsAtMs, timeZone),
    repeats: rrule === null ? made.repeats : readRepeats(rrule, made.repeats),
  }
}

/** What an address like `?new&node=&alert=&instance=&hours=` begins a silence with; undefined: it asks for none. */
export function draftInAddress(
  search: string,
  draft: SilenceDraft,
  hostnameOf: (nodeId: string) => string | undefined,
): SilenceDraft | undefined {
  const params = new URLSearchParams(search)
  if (!params.has('new')) return undefined
  const first = (...names: readonly string[]) =>
    (names.map((name) => params.get(name) ?? '').find((text) => text !== '') ?? '').slice(0, 250)
  const [node, alert, instance] = [first('node'), first('alert', 'name'), first('instance', 'chart')]
  const hours = Number(first('hours'))
  const where = node === '' ? '' : ` on ${hostnameOf(node) ?? 'a node'}`
  return {
    ...draft,
    name: alert === '' ? '' : `${alert}${where}`.slice(0, 100),
    nodeIds: node === '' ? [] : [node],
    names: alert,
    instances: instance,
    forMin: hours > 0 && hours <= 24 * 31 ? Math.round(hours * 60) : draft.forMin,
    deletesOnEnd: alert !== '',
  }
}

const split = (text: string): readonly string[] =>
  text
    .split(/[,\n]/u)
    .map((item) => item.trim())
    .filter((item) => item !== '')

function labelsOf(text: string): Record<string, string> | undefined {
  const pairs = text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .map((line) => line.split(/=(.*)/su).map((part) => part.trim()))
  return pairs.every(([key = '', value = '']) => key !== '' && value !== '')
    ? Object.fromEntries(pairs.map(([key = '', value = '']) => [key, value]))
    : undefined
}

/** What the cloud is told of a draft, or one sentence about what is still missing. */
export function readDraft(draft: SilenceDraft, nowMs: number): { readonly content: SilenceContent } | { readonly problem: string } {
  const hostLabels = labelsOf(draft.labels)
  if (hostLabels === undefined) return { problem: 'Write labels as key=value, one a line.' }
  const times = timesOf(draft, nowMs)
  if ('problem' in times) return times
  const { name, roomIds, nodeIds, integrationIds, severities, isDisabled } = draft
  return {
    content: {
      name: name.trim(),
      roomIds,
      nodeIds,
      hostLabels,
      integrationIds,
      severities,
      isDisabled,
      alertNames: split(draft.names),
      alertContexts: split(draft.contexts),
      alertInstances: split(draft.instances),
      alertRoles: split(draft.roles),
      ...times,
    },
  }
}

type Times = Pick<SilenceContent, 'startsAtMs' | 'endsAtMs' | 'rrule' | 'timeZone' | 'deletesOnEnd'>

function timesOf(draft: SilenceDraft, nowMs: number): Times | { readonly problem: string } {
  const { when, forMin, timeZone, deletesOnEnd } = draft
  if (when === 'now') {
    const endsAtMs = forMin === null ? null : nowMs + forMin * minuteMs
    return { startsAtMs: nowMs, endsAtMs, rrule: null, timeZone, deletesOnEnd: deletesOnEnd && endsAtMs !== null }
  }
  const startsAtMs = msOf(draft.starts, timeZone)
  const endsAtMs = draft.ends === '' ? null : msOf(draft.ends, timeZone)
  if (startsAtMs === undefined) return { problem: 'Enter the date and time at which it begins.' }
  if (endsAtMs === undefined) return { problem: 'Enter the date and time at which it ends.' }
  if (endsAtMs !== null && endsAtMs <= startsAtMs) return { problem: 'The end has to be after the beginning.' }
  if (when === 'once') return { startsAtMs, endsAtMs, rrule: null, timeZone, deletesOnEnd: deletesOnEnd && endsAtMs !== null }
  if (endsAtMs === null) return { problem: 'A silence that recurs needs the time at which it ends each time.' }
  const rule = ruleOf(draft.repeats, timeZone)
  return 'problem' in rule ? rule : { startsAtMs, endsAtMs, rrule: rule.rule, timeZone, deletesOnEnd: false }
}

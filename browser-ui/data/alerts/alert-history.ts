import { isObject, listOf, objectOf } from '../json.ts'
import { parseObject } from '../feed/agent-answer.ts'
import { ThroughlineError } from '../../../src/errors/throughline-error.ts'
import { agentText } from './agent-text.ts'

/** One change of an alert as its agent remembers it. Values are shown and forgotten with the page. */
export interface AlertChange {
  /** Stable among the changes of one answer and the next. */
  readonly key: string
  readonly whenS: number
  readonly status: string
  readonly oldStatus: string
  /** As the agent words it, else the number with its unit; empty without one. */
  readonly value: string
  readonly oldValue: string
  /** How long it had the old status, seconds; undefined when the agent does not say. */
  readonly durationS: number | undefined
  readonly configHash: string
  /** What became of the agent's own notification, in one or two words; empty when there is nothing to tell. */
  readonly note: string
}

/** A part of a history, newest first. */
export interface HistoryPage {
  readonly changes: readonly AlertChange[]
  /** Where the next, older part begins; undefined when there is none, or the agent gives all at once. */
  readonly nextAnchor: number | undefined
}

const textMax = 60

/** Reads an answer of `alert_transitions` (agent-api §9.3): only what is about this chart. Throws AGENT_PROTOCOL for what is none. */
export function parseTransitions(
  text: string,
  alert: { readonly nodeId: string; readonly chart: string; readonly name: string },
  asked: number,
): HistoryPage {
  const rows = listOf(parseObject(text)['transitions']).filter(isObject)
  const changes = rows.flatMap((row) => {
    const nodeId = agentText(row['node_id'])
    const isOurs =
      agentText(row['alert']) === alert.name &&
      [row['instance'], row['instance_n']].includes(alert.chart) &&
      (nodeId === '' || nodeId.toLowerCase() === alert.nodeId.toLowerCase())
    const now = objectOf(row['new'])
    const old = objectOf(row['old'])
    const units = agentText(row['units'])
    return !isOurs
      ? []
      : [
          {
            key: agentText(row['transition_id']) || String(row['gi']),
            whenS: numberOf(row['when']) ?? 0,
            status: statusOf(now['status']),
            oldStatus: statusOf(old['status']),
            value: numberText(now['value'], units),
            oldValue: numberText(old['value'], units),
            durationS: numberOf(old['duration']),
            configHash: agentText(row['config_hash_id']),
            note: noteOf(objectOf(row['notification'])),
          },
        ]
  })
  // An anchor that is no number would ask for the first page again, for ever.
  const anchor = numberOf(rows.at(-1)?.['gi'])
  const isMore = rows.length >= asked && anchor !== undefined && Number.isSafeInteger(anchor) && anchor > 0
  return { changes: newestFirst(changes), nextAnchor: isMore ? anchor : undefined }
}

/** Reads an answer of `alarm_log` (agent-api §9.1): only what is about this alert. Throws AGENT_PROTOCOL for what is none. */
export function parseAlertLog(text: string, alert: { readonly chart: string; readonly name: string }): HistoryPage {
  const changes = parseList(text).flatMap((entry) => {
    if (!isObject(entry) || agentText(entry['name']) !== alert.name || agentText(entry['chart']) !== alert.chart) return []
    const units = agentText(entry['units'])
    return [
      {
        key: agentText(entry['transition_id']) || String(numberOf(entry['unique_id']) ?? entry['when']),
        whenS: numberOf(entry['when']) ?? 0,
        status: statusOf(entry['status']),
        oldStatus: statusOf(entry['old_status']),
        value: worded(entry['value_string']) || numberText(entry['value'], units),
        oldValue: worded(entry['old_value_string']) || numberText(entry['old_value'], units),
        durationS: numberOf(entry['duration']),
        configHash: agentText(entry['config_hash_id']),
        note: entry['silenced'] === 'true' ? 'silenced at the agent' : entry['exec_failed'] === true ? 'the agent could not notify' : '',
      },
    ]
  })
  return { changes: newestFirst(changes), nextAnchor: undefined }
}

function parseList(text: string): readonly unknown[] {
  let parsed: unknown
  try {
    parsed = JSON.parse(text)
  } catch {
    parsed = undefined
  }
  if (!Array.isArray(parsed)) throw new ThroughlineError('AGENT_PROTOCOL', 'The agent sent no list of changes.')
  return parsed
}

const numberOf = (value: unknown) => (typeof value === 'number' && Number.isFinite(value) ? value : undefined)
const statusOf = (value: unknown) => agentText(value).toLowerCase().slice(0, textMax)
/** Agents write a dash for a value they do not have. */
const worded = (value: unknown) => (value === '-' ? '' : agentText(value).slice(0, textMax))

function numberText(value: unknown, units: string): string {
  const number = numberOf(value)
  return number === undefined ? '' : `${Math.round(number * 100) / 100} ${units}`.trim().slice(0, textMax)
}

function noteOf(notification: Readonly<Record<string, unknown>>): string {
  const flags = listOf(notification['flags'])
  if (flags.includes('SILENCED')) return 'silenced at the agent'
  return flags.includes('EXEC_FAILED') ? 'the agent could not notify' : ''
}

const newestFirst = (changes: readonly AlertChange[]) => changes.toSorted((a, b) => b.whenS - a.whenS)

/** Older changes after the ones that are there; what is in both is there once. */
export function withOlder(changes: readonly AlertChange[], older: readonly AlertChange[]): readonly AlertChange[] {
  const known = new Set(changes.map(({ key }) => key))
  return newestFirst([...changes, ...older.filter(({ key }) => !known.has(key))])
}

/** A stretch of time in one status, for the strip; shares of its length from 0 to 1. */
export interface StripSpan {
  readonly status: string
  readonly fromS: number
  readonly toS: number
}

/** How the alert stood between two times, oldest first: each change begins a stretch, and before the oldest known one is its old status. */
export function stripSpans(changes: readonly AlertChange[], fromS: number, toS: number): readonly StripSpan[] {
  if (!(toS > fromS)) return []
  const ordered = changes.toSorted((a, b) => a.whenS - b.whenS)
  const spans: StripSpan[] = []
  const first = ordered[0]
  if (first === undefined) return []
  const firstFromS = first.durationS === undefined ? first.whenS : first.whenS - first.durationS
  const all = [{ status: first.oldStatus, fromS: firstFromS }, ...ordered.map(({ status, whenS }) => ({ status, fromS: whenS }))]
  for (const [index, { status, fromS: beginS }] of all.entries()) {
    const endS = all[index + 1]?.fromS ?? toS
    const [from, to] = [Math.max(fromS, beginS), Math.min(toS, endS)]
    if (to > from) spans.push({ status, fromS: from, toS: to })
  }
  return spans
}

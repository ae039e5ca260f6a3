import type { AlertRuleConfig } from './alert-document.ts'
import { compileRule } from './compile-rule.ts'
import { hasLookup } from './lookup.ts'
import type { Samples } from './lookup.ts'
import type { Variables } from './expression/evaluate.ts'
import { advance, freshState } from './status-machine.ts'
import type { HealthStatus, StatusChange } from './status-machine.ts'

/** The past of one instance, as an agent answered it: rows oldest first, one every `updateEveryS` from `firstS` on; null or NaN: none. */
export interface HistorySeries {
  readonly firstS: number
  /** The step between rows: of the question, not necessarily of the collector. */
  readonly updateEveryS: number
  /** The step at which the agent collects; where it is shorter than the step of the rows, they are aggregates. */
  readonly collectedEveryS?: number | undefined
  readonly dimensions: readonly { readonly id: string; readonly name: string }[]
  readonly rows: readonly (readonly (number | null)[])[]
}

/** A change of status in the past. */
export interface HistoryChange extends StatusChange {
  /** What the rule found then; a live value, for the screen and nothing else. */
  readonly value: number | undefined
  /** Whether people would have heard of it: held long enough, not the same as what was told last, no clear without a raise. */
  readonly isTold: boolean
}

/** A time during which the alert was raised. */
export interface RaisedSpan {
  readonly fromS: number
  /** Undefined: still raised at the end of what is known. */
  readonly toS: number | undefined
  /** The worst it came to. */
  readonly status: 'warning' | 'critical'
}

/** Where an agent may have judged otherwise. */
export type HistoryCaveat =
  /** Rows are coarser than what is collected: short peaks are flattened, sums and counts differ. */
  | 'coarse-rows'
  /** Lookups without `unaligned` snap to multiples of their length. */
  | 'aligned'
  /** The rule reads variables that this history does not hold; where they decide, the result is undefined. */
  | 'unknown-variables'
  /** Anomaly rates are kept by agents alone. */
  | 'anomalies'
  /** The window is longer than the history that was given. */
  | 'too-short'
  /** There are gaps: the rule found nothing at times. */
  | 'gaps'

export interface HistoryVerdict {
  /** When the first and the last evaluation were; undefined when there was none. */
  readonly fromS: number | undefined
  readonly toS: number | undefined
  readonly evaluations: number
  readonly changes: readonly HistoryChange[]
  readonly raised: readonly RaisedSpan[]
  /** How often it would have fired: changes to warning or critical that people would have heard of. */
  readonly firedCount: number
  /** Seconds raised. */
  readonly raisedS: number
  readonly caveats: readonly HistoryCaveat[]
  /** Variables that were asked for and are not in this history. */
  readonly unknownVariables: readonly string[]
}

/** Evaluations in one back-test; a longer past is judged at a coarser pace than `update_every`. */
const evaluationLimit = 100_000

/**
 * What a rule would have done over a past: evaluated at its own pace from the moment its window is covered, as an agent does from a
 * fresh start. Throws RuleError.
 */
export function evaluateHistory(config: AlertRuleConfig, series: HistorySeries, others: Variables = () => undefined): HistoryVerdict {
  const rule = compileRule(config)
  const samples = samplesOf(series)
  const unknown = new Set<string>()
  const resolve: Variables = (name) => {
    const value = others(name)
    if (value === undefined && !isAtGap(samples, name)) unknown.add(name)
    return value
  }
  const lastS = samples.lastS ?? series.firstS
  // On multiples of the pace, as agents evaluate, also where no window has to be covered first.
  const startS = Math.ceil((series.firstS + Math.max(0, rule.looksBackS - series.updateEveryS)) / rule.everyS) * rule.everyS
  const spanS = Math.max(0, lastS - startS)
  const paceS = rule.everyS * Math.max(1, Math.ceil(spanS / rule.everyS / evaluationLimit))
  const changes: HistoryChange[] = []
  let state = freshState
  let evaluations = 0
  let hasGaps = false
  let toS: number | undefined
  for (let nowS = startS; nowS <= lastS && samples.lastS !== undefined; nowS += paceS) {
    evaluations += 1
    toS = nowS
    const { value, status } = rule.evaluate(samples, state, nowS, resolve)
    hasGaps ||= value === undefined && unknown.size === 0
    const step = advance(state, status, nowS, config.action.delay)
    state = step.state
    if (step.change) changes.push({ ...step.change, value, isTold: false })
  }
  const told = markTold(changes, lastS, config.action.options.includes('no-clear-notification'))
  const raised = raisedSpans(changes)
  const { database_lookup: lookup } = config.value
  const caveats: HistoryCaveat[] = []
  if ((series.collectedEveryS ?? series.updateEveryS) < series.updateEveryS || paceS > rule.everyS) caveats.push('coarse-rows')
  if (hasLookup(lookup) && !lookup.options.includes('unaligned')) caveats.push('aligned')
  if (unknown.size > 0) caveats.push('unknown-variables')
  if (lookup.data_source === 'anomalies' && hasLookup(lookup)) caveats.push('anomalies')
  if (evaluations === 0) caveats.push('too-short')
  if (hasGaps && lookup.data_source !== 'anomalies') caveats.push('gaps')
  return {
    fromS: evaluations === 0 ? undefined : startS,
    toS,
    evaluations,
    changes: told,
    raised,
    firedCount: told.filter(({ isTold, status }) => isTold && isRaised(status)).length,
    raisedS: raised.reduce((total, span) => total + ((span.toS ?? lastS) - span.fromS), 0),
    caveats,
    unknownVariables: [...unknown],
  }
}

const isRaised = (status: HealthStatus): status is 'warning' | 'critical' => status === 'warning' || status === 'critical'

/** As agents choose what to tell: what was overtaken while it was held is not told, nor is what was told last. */
function markTold(changes: readonly HistoryChange[], endS: number, isClearSilent: boolean): HistoryChange[] {
  let lastTold: HealthStatus | undefined
  return changes.map((change, index) => {
    const next = changes[index + 1]
    const isHeld = (next?.atS ?? Infinity) < change.heldUntilS || change.heldUntilS > endS
    const isWord = isRaised(change.status) || (change.status === 'clear' && lastTold !== undefined && !isClearSilent)
    const isTold = !isHeld && isWord && change.status !== lastTold
    if (isTold) lastTold = change.status
    return { ...change, isTold }
  })
}

function raisedSpans(changes: readonly HistoryChange[]): readonly RaisedSpan[] {
  const spans: RaisedSpan[] = []
  let open: { fromS: number; status: 'warning' | 'critical' } | undefined
  for (const { atS, status } of changes) {
    if (isRaised(status)) open = { fromS: open?.fromS ?? atS, status: open?.status === 'critical' ? 'critical' : status }
    else if (open) {
      spans.push({ ...open, toS: atS })
      open = undefined
    }
  }
  return open ? [...spans, { ...open, toS: undefined }] : spans
}

function samplesOf({ firstS, updateEveryS, dimensions, rows }: HistorySeries): Samples {
  // Times are kept as they are: rows of aggregates need not lie on multiples of their step.
  const offsetS = firstS % updateEveryS
  return {
    updateEveryS,
    firstS: firstS - offsetS,
    lastS: rows.length === 0 ? undefined : firstS - offsetS + (rows.length - 1) * updateEveryS,
    dimensions,
    at: (dimension, timeS) => rows[Math.round((timeS - firstS + offsetS) / updateEveryS)]?.[dimension] ?? Number.NaN,
  }
}

const isAtGap = (samples: Samples, name: string) => samples.dimensions.some((dimension) => dimension.id === name || dimension.name === name)

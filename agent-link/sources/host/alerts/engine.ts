import { z } from 'zod'
import type { Variables } from '../../../../src/health/expression/evaluate.ts'
import { renderText } from '../../../../src/health/render-text.ts'
import { advance, freshState } from '../../../../src/health/status-machine.ts'
import type { StatusState } from '../../../../src/health/status-machine.ts'
import type { Samples } from '../../../../src/health/lookup.ts'
import type { Chart } from '../chart.ts'
import { createAlertLog, keptEntrySchema } from './alert-log.ts'
import type { RunningRule } from './running-rule.ts'

/** One alert of this host: a rule on a chart. There is one for each name and chart. */
export interface HostAlert {
  readonly id: number
  readonly chart: Chart
  readonly rule: RunningRule
  readonly state: StatusState
  readonly value: number | undefined
  readonly evaluatedAtS: number
  readonly nextAtS: number
  readonly eventId: number
  /** The delay of the last change. */
  readonly delayS: number
}

const status = z.enum(['uninitialized', 'undefined', 'clear', 'warning', 'critical'])
const keptAlertSchema = z.object({
  id: z.int(),
  chart: z.string(),
  name: z.string(),
  context: z.string(),
  family: z.string(),
  hash: z.string(),
  eventId: z.int(),
  delayS: z.int(),
  state: z.object({ status, sinceS: z.int(), delayUpS: z.int(), delayDownS: z.int(), heldUntilS: z.int() }),
})
export type KeptAlert = z.infer<typeof keptAlertSchema>

/** What outlives a restart: statuses, times and the log; never a value. */
export const keptAlertsSchema = z.object({
  version: z.literal(1),
  lastId: z.int(),
  alerts: z.array(keptAlertSchema),
  log: z.array(keptEntrySchema),
})
export type KeptAlerts = z.infer<typeof keptAlertsSchema>

export interface AlertEngineDeps {
  readonly charts: ReadonlyMap<string, Chart>
  readonly hostLabels: () => Readonly<Record<string, string>>
  /** Facts of the host that expressions may name, such as `processors`. */
  readonly hostVariables: () => Readonly<Record<string, number>>
  readonly nowS: () => number
  /** Something changed that should be told and kept. */
  readonly onChange: () => void
  readonly kept?: KeptAlerts | undefined
}

/** A chart that has not been collected for this long is gone, and its alerts with it. Seconds. */
export const chartGoneS = 300
/** After a start, alerts of before wait this long for their chart and their rule. Seconds. */
export const returnWithinS = 60
/** Alerts on one host. */
export const alertLimit = 5_000
/** The newest row may be this many steps old, and some seconds more, before an alert waits for the collector. */
const patientSteps = 2
const patientS = 10

const keyOf = (chart: string, name: string) => JSON.stringify([chart, name])

/** Evaluates the alerts of this host on the history in memory, each at its own pace. */
export function createAlertEngine(deps: AlertEngineDeps) {
  const { charts, hostLabels, hostVariables, nowS, onChange, kept } = deps
  const alerts = new Map<string, HostAlert>()
  const log = createAlertLog(kept?.log)
  /** Of the run before, until chart and rule are here again. */
  const waiting = new Map<string, KeptAlert>((kept?.alerts ?? []).map((alert) => [keyOf(alert.chart, alert.name), alert]))
  /** The number of an alert stays, however often it comes and goes. */
  const ids = new Map<string, { readonly id: number; readonly eventId: number }>()
  let lastId = kept?.lastId ?? 0
  let rules: readonly RunningRule[] = []
  let startedAtS: number | undefined
  let hasWaiting = waiting.size > 0
  for (const [key, { id, eventId }] of waiting) ids.set(key, { id, eventId })

  /** The rule of a name for a chart: rules for the instance before those for its context, in their order. */
  function ruleFor(name: string, chart: Chart): RunningRule | undefined {
    const labels = hostLabels()
    const fitting = rules.filter((each) => each.name === name && each.matches(chart, labels))
    return fitting.find(({ rule }) => rule.type === 'instance') ?? fitting[0]
  }

  function match(chart: Chart, atS: number): void {
    for (const name of new Set(rules.map((each) => each.name))) {
      const key = keyOf(chart.id, name)
      const rule = ruleFor(name, chart)
      const present = alerts.get(key)
      if (present?.rule.hash === rule?.hash) continue
      if (present) remove(key, present, atS)
      if (rule && alerts.size < alertLimit) add(key, chart, rule)
    }
  }

  function add(key: string, chart: Chart, rule: RunningRule): void {
    const before = waiting.get(key)
    waiting.delete(key)
    const known = ids.get(key) ?? { id: ++lastId, eventId: 0 }
    ids.set(key, known)
    const isSame = before?.hash === rule.hash
    alerts.set(key, {
      id: known.id,
      chart,
      rule,
      state: isSame ? before.state : freshState,
      value: undefined,
      evaluatedAtS: 0,
      nextAtS: 0,
      eventId: known.eventId,
      delayS: isSame ? before.delayS : 0,
    })
    // It was told under a definition that is no more.
    if (before && !isSame) logRemoval(before, nowS())
  }

  function remove(key: string, alert: HostAlert, atS: number): void {
    alerts.delete(key)
    const { chart, rule, eventId } = alert
    logRemoval({ ...alert, name: rule.name, chart: chart.id, context: chart.context, family: chart.family, hash: rule.hash, eventId }, atS)
  }

  /** Nobody was told of what was never evaluated. */
  function logRemoval(alert: Omit<KeptAlert, 'delayS'>, atS: number): void {
    if (alert.state.status === 'uninitialized') return
    const key = keyOf(alert.chart, alert.name)
    const eventId = (ids.get(key)?.eventId ?? alert.eventId) + 1
    ids.set(key, { id: alert.id, eventId })
    const running = alerts.get(key)
    if (running) alerts.set(key, { ...running, eventId })
    log.add({
      alarmId: alert.id,
      eventId,
      chart: alert.chart,
      name: alert.name,
      context: alert.context,
      family: alert.family,
      hash: alert.hash,
      whenS: atS,
      status: 'removed',
      oldStatus: alert.state.status,
      durationS: Math.max(0, atS - alert.state.sinceS),
      nonClearS: 0,
      delayS: 0,
      heldUntilS: atS,
      summary: '',
      info: '',
      value: undefined,
      oldValue: undefined,
    })
    onChange()
  }

  /** Whether there is enough to judge by: something new, and all of the window, or all the history there can be. */
  function isReady({ history }: Chart, looksBackS: number, atS: number): boolean {
    const { firstS, lastS, updateEveryS } = history
    if (firstS === undefined || lastS === undefined || lastS < atS - patientSteps * updateEveryS - patientS) return false
    return firstS <= atS - looksBackS + updateEveryS || history.isFull
  }

  function evaluate(key: string, alert: HostAlert, atS: number): void {
    const { chart, rule } = alert
    const nextAtS = atS + rule.compiled.everyS
    if (!isReady(chart, rule.compiled.looksBackS, atS)) return void alerts.set(key, { ...alert, nextAtS })
    const finding = rule.compiled.evaluate(samplesOf(chart), alert.state, atS, othersOf(chart))
    const { state, change } = advance(alert.state, finding.status, atS, rule.rule.config.action.delay)
    const eventId = change ? alert.eventId + 1 : alert.eventId
    const delayS = change ? change.delayS : alert.delayS
    alerts.set(key, { ...alert, state, value: finding.value, evaluatedAtS: atS, nextAtS, eventId, delayS })
    if (change === undefined) return
    ids.set(key, { id: alert.id, eventId })
    const texts = textsOf(alert)
    log.add({
      alarmId: alert.id,
      eventId,
      chart: chart.id,
      name: rule.name,
      context: chart.context,
      family: chart.family,
      hash: rule.hash,
      whenS: atS,
      status: change.status,
      oldStatus: change.oldStatus,
      durationS: alert.state.sinceS === 0 ? 0 : Math.max(0, atS - alert.state.sinceS),
      nonClearS: nonClearS(chart.id, rule.name, change.oldStatus, atS),
      delayS: change.delayS,
      heldUntilS: change.heldUntilS,
      ...texts,
      value: finding.value,
      oldValue: alert.value,
    })
    onChange()
  }

  /** How long an alert has been raised, over all its changes since it was last clear. */
  function nonClearS(chart: string, name: string, oldStatus: string, atS: number): number {
    if (oldStatus !== 'warning' && oldStatus !== 'critical') return 0
    let sinceS = atS
    for (const entry of log.entries().toReversed()) {
      if (entry.chart !== chart || entry.name !== name) continue
      if (entry.status !== 'warning' && entry.status !== 'critical') break
      sinceS = entry.whenS
    }
    return Math.max(0, atS - sinceS)
  }

  /** What an expression may name beyond its own chart: facts of the host, `chart.dimension`, another alert of the chart. */
  function othersOf(chart: Chart): Variables {
    return (name) => {
      const facts = hostVariables()
      if (Object.hasOwn(facts, name)) return facts[name]
      const sibling = alerts.get(keyOf(chart.id, name))
      if (sibling) return sibling.value
      for (let cut = name.lastIndexOf('.'); cut > 0; cut = name.lastIndexOf('.', cut - 1)) {
        const other = charts.get(name.slice(0, cut))
        const dimension = name.slice(cut + 1)
        const index = other?.dimensions.findIndex(({ id, name: shown }) => id === dimension || shown === dimension) ?? -1
        if (other === undefined || index < 0 || other.history.lastS === undefined) continue
        return other.history.at(index, other.history.lastS)
      }
      return undefined
    }
  }

  return {
    /** Replaces the rules that run. What is unchanged goes on; what changed starts anew; what is gone is removed. */
    setRules(next: readonly RunningRule[]): void {
      rules = next
      const atS = nowS()
      const names = new Set(rules.map(({ name }) => name))
      for (const [key, alert] of alerts) if (!names.has(alert.rule.name)) remove(key, alert, atS)
      for (const chart of charts.values()) match(chart, atS)
    },
    /** A chart appeared. */
    addChart: (chart: Chart) => match(chart, nowS()),
    /** Evaluates what is due, once a second. */
    tick(atS: number): void {
      startedAtS ??= atS
      for (const [key, alert] of alerts) {
        // A clock that was set back must not put an alert to sleep.
        const isDue = alert.nextAtS <= atS || alert.nextAtS > atS + alert.rule.compiled.everyS
        if (!isDue) continue
        const { lastS } = alert.chart.history
        const isGone = lastS !== undefined && lastS < atS - chartGoneS
        if (!isGone) evaluate(key, alert, atS)
        else if (alert.state.status !== 'uninitialized') {
          remove(key, alert, atS)
          add(key, alert.chart, alert.rule)
        }
      }
      if (!hasWaiting || atS < startedAtS + returnWithinS) return
      hasWaiting = false
      for (const [key, alert] of waiting) {
        waiting.delete(key)
        logRemoval(alert, atS)
      }
    },
    alerts: (): readonly HostAlert[] => [...alerts.values()],
    /** Alerts of the run before that are waited for. */
    waiting: (): readonly KeptAlert[] => [...waiting.values()],
    log,
    kept(): KeptAlerts {
      const running = [...alerts.values()].map(({ chart, rule, id, eventId, delayS, state }) => {
        return {
          id,
          chart: chart.id,
          name: rule.name,
          context: chart.context,
          family: chart.family,
          hash: rule.hash,
          eventId,
          delayS,
          state,
        }
      })
      const told = running.filter(({ state }) => state.status !== 'uninitialized')
      return { version: 1, lastId, alerts: [...told, ...waiting.values()], log: [...log.kept()] }
    },
  }
}

export type AlertEngine = ReturnType<typeof createAlertEngine>

/** The summary and the description of an alert, filled in. */
export function textsOf({ chart, rule }: Pick<HostAlert, 'chart' | 'rule'>): { readonly summary: string; readonly info: string } {
  const { summary, info } = rule.rule.config
  return { summary: renderText(summary === '' ? rule.name : summary, chart), info: renderText(info, chart) }
}

const samplesOf = ({ history, dimensions }: Chart): Samples => ({
  updateEveryS: history.updateEveryS,
  firstS: history.firstS,
  lastS: history.lastS,
  dimensions,
  at: (dimension, timeS) => history.at(dimension, timeS),
})

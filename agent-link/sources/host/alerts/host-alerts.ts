import type { z } from 'zod'
import type { Clock } from '../../../../src/support/clock.ts'
import { errorCode } from '../../../../src/support/error-code.ts'
import type { Log } from '../../../../src/support/log.ts'
import { valueText } from '../../../../src/health/value-text.ts'
import type { ConfigRequest, SourceAlert, SourceAlertConfig, SourceAnswer, SourceTransition } from '../../source.ts'
import { jsonAnswer } from '../../source.ts'
import { createKeptFile } from '../../../kept-file.ts'
import { readFileIfAny, writeFileAtomically } from '../../../claim/claim-files.ts'
import type { AlertDocument } from '../../../../src/health/alert-document.ts'
import type { Chart } from '../chart.ts'
import { createAlertsApi } from './alerts-api.ts'
import type { LogEntry } from './alert-log.ts'
import { createConfigApi } from './config-api.ts'
import { createDefinitions, keptDefinitionsSchema } from './definitions.ts'
import type { KeptDefinitions } from './definitions.ts'
import { createAlertEngine, keptAlertsSchema, textsOf } from './engine.ts'
import type { HostAlert, KeptAlert, KeptAlerts } from './engine.ts'
import { configurationOf } from './running-rule.ts'
import type { RunningRule } from './running-rule.ts'
import { stockAlerts } from './stock-alerts.ts'

/** Files in the agent's folder: what was configured, and where alerts stand. */
export const alertFileNames = { definitions: 'alert-definitions.json', state: 'alert-state.json' } as const

/** Definitions that are no more, and are still known by their hash. */
const pastRules = 500

export interface HostAlertsDeps {
  readonly machineGuid: string
  readonly hostname: string
  /** Where definitions and statuses are kept, and what was found there; undefined keeps nothing. */
  readonly kept: KeptHostAlerts | undefined
  readonly charts: ReadonlyMap<string, Chart>
  readonly hostLabels: () => Readonly<Record<string, string>>
  readonly hostVariables: () => Readonly<Record<string, number>>
  readonly clock: Clock
  readonly log: Log
  /** Alerts changed. */
  readonly onChange: () => void
  /** The definitions a host has by itself; {@link stockAlerts} unless told otherwise. */
  readonly stock?: readonly AlertDocument[] | undefined
}

/** What an earlier run left in the agent's folder. */
export interface KeptHostAlerts {
  readonly folder: string
  readonly state: KeptAlerts | undefined
  readonly definitions: KeptDefinitions | undefined
}

/** Reads what an earlier run left. What is damaged is told in the log and counts for nothing. */
export async function loadHostAlerts(folder: string, log: Log): Promise<KeptHostAlerts> {
  const state = await readKept(folder, alertFileNames.state, keptAlertsSchema, log)
  return { folder, state, definitions: await readKept(folder, alertFileNames.definitions, keptDefinitionsSchema, log) }
}

/** The alerts of this host: their definitions, where they stand, and how both are asked for. */
export function createHostAlerts(deps: HostAlertsDeps) {
  const { machineGuid, hostname, charts, clock, log, onChange } = deps
  const folder = deps.kept?.folder
  const nowS = () => Math.floor(clock.nowMs() / 1000)
  const nowMs = () => Math.trunc(clock.nowMs())
  const stateFile = folder === undefined ? undefined : createKeptFile({ folder, name: alertFileNames.state, clock, log })
  const engine = createAlertEngine({
    charts,
    hostLabels: deps.hostLabels,
    hostVariables: deps.hostVariables,
    nowS,
    onChange: changed,
    kept: deps.kept?.state,
  })
  const definitions = createDefinitions({
    stock: deps.stock ?? stockAlerts(),
    startedAtMs: nowMs(),
    nowMs,
    kept: deps.kept?.definitions,
    keep: async (kept) => {
      if (folder !== undefined) await writeFileAtomically(folder, alertFileNames.definitions, `${JSON.stringify(kept, undefined, 1)}\n`)
    },
    onChange: applyRules,
  })
  const known = new Map<string, RunningRule>()
  const configure = createConfigApi({ definitions, machineGuid, hostname, nowMs })
  const api = createAlertsApi({
    hostname,
    machineGuid,
    charts,
    nowS,
    engine,
    ruleOf: (hash) => known.get(hash),
    hostVariables: deps.hostVariables,
  })
  let view = look()
  let telling: Promise<void> = Promise.resolve()
  let isGathering = false
  applyRules()

  function look() {
    const running = engine
      .alerts()
      .filter(({ state }) => state.status !== 'uninitialized')
      .map(sourceAlert)
    const transitions = engine.log.entries().map((entry) => sourceTransition(entry, known.get(entry.hash)))
    return { alerts: [...running, ...engine.waiting().map(waitingAlert)], transitions }
  }

  /**
   * What changed is kept before it is told: a program that is killed in between has told nothing it does not remember. Changes of one
   * moment are told together.
   */
  function changed(): void {
    stateFile?.keep(() => JSON.stringify(engine.kept()))
    if (isGathering) return
    isGathering = true
    telling = telling.then(async () => {
      isGathering = false
      const next = look()
      await stateFile?.flush()
      view = next
      onChange()
    })
  }

  function applyRules(): void {
    const rules = definitions.rules()
    for (const rule of rules) {
      known.delete(rule.hash)
      known.set(rule.hash, rule)
    }
    for (const hash of [...known.keys()].slice(0, Math.max(0, known.size - rules.length - pastRules))) known.delete(hash)
    engine.setRules(rules)
  }

  return {
    addChart: engine.addChart,
    tick: (timeS: number) => engine.tick(timeS),
    api,
    /** Those that were evaluated at least once, as they were kept last. */
    alerts: (): readonly SourceAlert[] => view.alerts,
    log: (): readonly SourceTransition[] => view.transitions,
    config(hash: string): SourceAlertConfig | undefined {
      const rule = known.get(hash)
      return rule && configurationOf(rule)
    },
    async configure(request: ConfigRequest): Promise<SourceAnswer> {
      try {
        return await configure(request)
      } catch (cause) {
        log.error('alert_definition_not_kept', { code: errorCode(cause) })
        return jsonAnswer(500, '{"status":500,"message":"the change could not be kept on this host"}')
      }
    },
    /** Resolves when what changed so far is kept and told. */
    told: (): Promise<void> => telling,
    /** Writes what is due. */
    async stop(): Promise<void> {
      await telling
      await stateFile?.stop()
    },
  }
}

async function readKept<T>(folder: string, name: string, schema: z.ZodType<T>, log: Log): Promise<T | undefined> {
  const text = await readFileIfAny(folder, name).catch(() => undefined)
  if (text === undefined) return undefined
  try {
    return schema.parse(JSON.parse(text))
  } catch {
    log.error('alert_file_damaged', { name })
    return undefined
  }
}

const unsent = { execPath: '', lastRepeatS: 0, isSilenced: false }
const finite = (value: number | undefined) => (value === undefined || !Number.isFinite(value) ? 0 : value)

function sourceAlert(alert: HostAlert): SourceAlert {
  const { chart, rule, state, value, delayS } = alert
  return {
    ...unsent,
    chart: chart.id,
    name: rule.name,
    context: chart.context,
    family: chart.family,
    status: state.status === 'uninitialized' ? 'unknown' : state.status,
    whenS: state.sinceS,
    configHash: rule.hash,
    configSource: rule.origin,
    delayS,
    delayUpToS: state.heldUntilS,
    valueText: valueText(value, rule.rule.config.value.units),
    value: finite(value),
    ...textsOf(alert),
  }
}

/** An alert of the run before whose chart is not here yet: nobody knows its value. */
function waitingAlert({ chart, name, context, family, hash, state, delayS }: KeptAlert): SourceAlert {
  return {
    ...unsent,
    chart,
    name,
    context,
    family,
    status: state.status === 'uninitialized' ? 'unknown' : state.status,
    whenS: state.sinceS,
    configHash: hash,
    configSource: '',
    delayS,
    delayUpToS: state.heldUntilS,
    valueText: '-',
    value: 0,
    summary: '',
    info: '',
  }
}

function sourceTransition(entry: LogEntry, rule: RunningRule | undefined): SourceTransition {
  const wire = (status: LogEntry['status']) => (status === 'uninitialized' ? 'unknown' : status)
  return {
    sequence: entry.uniqueId,
    oldStatus: wire(entry.oldStatus),
    eventId: entry.eventId,
    alert: {
      ...unsent,
      chart: entry.chart,
      name: entry.name,
      context: entry.context,
      family: entry.family,
      status: wire(entry.status),
      whenS: entry.whenS,
      configHash: entry.hash,
      configSource: rule?.origin ?? '',
      delayS: entry.delayS,
      delayUpToS: entry.heldUntilS,
      valueText: valueText(entry.value, rule?.rule.config.value.units ?? ''),
      value: finite(entry.value),
      summary: entry.summary,
      info: entry.info,
    },
  }
}

import { canonicalUuid } from '../../../src/domain/ids.ts'
import type { AlertStatus } from '../../../src/domain/model.ts'
import { hashUuid } from '../transition-id.ts'
import type { SourceAlert, SourceAlertConfig, SourceTransition } from '../source.ts'
import { asRecord, text } from './read-info.ts'

type Fields = Readonly<Record<string, unknown>>

/** Alerts of one node; more is refused by clouds (security requirements §1). */
const alertLimit = 20_000
/** Entries of a log that are read; agents keep a thousand. */
const logLimit = 10_000

const statuses: Readonly<Record<string, AlertStatus>> = {
  CLEAR: 'clear',
  WARNING: 'warning',
  CRITICAL: 'critical',
  UNDEFINED: 'undefined',
  REMOVED: 'removed',
}

/** What `/api/v1/alarms?all` tells: the alerts, and how each is defined by configuration hash. */
export interface ReadAlerts {
  readonly alerts: readonly SourceAlert[]
  /** The newest entry of the agent's log when it told this. */
  readonly lastSequence: number
  readonly configs: ReadonlyMap<string, SourceAlertConfig>
}

/**
 * Reads the alerts of an agent. Ones that were never evaluated have had no transition and are left out. Builds without a cloud, such
 * as Debian's, give every alert a zero configuration hash: those get one made of the definition.
 */
export function readAlerts(document: unknown, contextOf: (chart: string) => string): ReadAlerts {
  const alerts: SourceAlert[] = []
  const configs = new Map<string, SourceAlertConfig>()
  for (const value of Object.values(asRecord(asRecord(document)['alarms'])).slice(0, alertLimit)) {
    const fields = asRecord(value)
    const status = statuses[text(fields['status'])]
    const chart = text(fields['chart'])
    const name = text(fields['name'])
    if (status === undefined || chart === '' || name === '') continue
    const context = contextOf(chart)
    const config = readConfig(fields, context)
    const configHash = givenHash(fields['config_hash_id']) ?? madeHash(config)
    if (!configs.has(configHash)) configs.set(configHash, config)
    alerts.push({
      chart,
      name,
      context,
      family: text(fields['family']),
      status,
      whenS: integer(fields['last_status_change']),
      configHash,
      execPath: text(fields['exec']),
      configSource: text(fields['source']),
      delayS: integer(fields['delay']),
      delayUpToS: integer(fields['delay_up_to_timestamp']),
      lastRepeatS: integer(fields['last_repeat']),
      isSilenced: fields['silenced'] === true,
      valueText: text(fields['value_string']) || '-',
      value: typeof fields['value'] === 'number' ? fields['value'] : 0,
      info: plainText(fields['info']),
      summary: plainText(fields['summary']),
    })
  }
  return { alerts, configs, lastSequence: integer(asRecord(document)['latest_alarm_log_unique_id']) }
}

/**
 * The changes in an answer of `/api/v1/alarm_log` (agent-api §9.1), oldest first. An entry does not tell how the alert is defined, so
 * a zero hash becomes the one of the alert as it stands now; `known` finds it. Changes to a status nobody has evaluated are left out.
 */
export function readAlertLog(
  document: unknown,
  contextOf: (chart: string) => string,
  known: (chart: string, name: string) => SourceAlert | undefined,
): readonly SourceTransition[] {
  const entries = Array.isArray(document) ? document.slice(0, logLimit) : []
  const transitions = entries.flatMap((entry): SourceTransition[] => {
    const fields = asRecord(entry)
    const status = statuses[text(fields['status'])]
    const [chart, name] = [text(fields['chart']), text(fields['name'])]
    const sequence = integer(fields['unique_id'])
    if (status === undefined || chart === '' || name === '' || sequence === 0) return []
    const alert: SourceAlert = {
      chart,
      name,
      context: text(fields['context']) || contextOf(chart),
      family: text(fields['family']),
      status,
      whenS: integer(fields['when']),
      configHash: givenHash(fields['config_hash_id']) ?? known(chart, name)?.configHash ?? '',
      execPath: text(fields['exec']),
      configSource: text(fields['source']),
      delayS: integer(fields['delay']),
      delayUpToS: integer(fields['delay_up_to_timestamp']),
      lastRepeatS: integer(fields['last_repeat']),
      isSilenced: fields['silenced'] === true || fields['silenced'] === 'true',
      valueText: plainText(fields['value_string']) || '-',
      value: typeof fields['value'] === 'number' ? fields['value'] : 0,
      info: plainText(fields['info']),
      summary: plainText(fields['summary']),
    }
    const oldStatus = statuses[text(fields['old_status'])] ?? 'unknown'
    return [{ sequence, alert, oldStatus, eventId: integer(fields['alarm_event_id']) }]
  })
  return transitions.sort((a, b) => a.sequence - b.sequence)
}

/** An alert's definition by the wire's names (aclk §6.7); what the agent does not tell is left out. */
function readConfig(fields: Fields, context: string): SourceAlertConfig {
  const lookupAfter = integer(fields['lookup_after'])
  const given: Record<string, string | number> = {
    template: text(fields['name']),
    onChart: context,
    classification: text(fields['class']),
    type: text(fields['type']),
    component: text(fields['component']),
    every: `${integer(fields['update_every'])}s`,
    units: text(fields['units']),
    green: text(fields['green']),
    red: text(fields['red']),
    calculationExpr: plainText(fields['calc']),
    warningExpr: plainText(fields['warn']),
    criticalExpr: plainText(fields['crit']),
    recipient: text(fields['recipient']),
    exec: text(fields['exec']),
    delay: delayText(fields),
    info: plainText(fields['info']),
    summary: plainText(fields['summary']),
    pDbLookupAfter: lookupAfter,
    pDbLookupBefore: integer(fields['lookup_before']),
    pDbLookupDimensions: text(fields['lookup_dimensions']),
    pDbLookupMethod: text(fields['lookup_method']),
    pDbLookupOptions: text(fields['lookup_options']),
    pUpdateEvery: integer(fields['update_every']),
    lookup: lookupAfter === 0 ? '' : `${text(fields['lookup_method'])} ${lookupAfter}s ${text(fields['lookup_options'])}`.trim(),
  }
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== '' && value !== 0))
}

/** The delay line of health files: `up D down D multiplier M max D`. */
function delayText(fields: Fields): string {
  const [up, down] = [integer(fields['delay_up_duration']), integer(fields['delay_down_duration'])]
  if (up === 0 && down === 0) return ''
  return `up ${up}s down ${down}s multiplier ${text(fields['delay_multiplier'])} max ${integer(fields['delay_max_duration'])}s`
}

function givenHash(value: unknown): string | undefined {
  const hash = canonicalUuid(value)
  return hash === undefined || /^[0-]+$/.test(hash) ? undefined : hash
}

/** A hash in the form of a UUID. The rendered texts stay out: they differ from instance to instance of the same definition. */
function madeHash({ info: _info, summary: _summary, ...definition }: SourceAlertConfig): string {
  return hashUuid(5, JSON.stringify(definition))
}

const entities: Readonly<Record<string, string>> = {
  '&lt;': '<',
  '&gt;': '>',
  '&amp;': '&',
  '&quot;': '"',
  '&#39;': "'",
  '&#x27;': "'",
  '&#x2F;': '/',
}

/** Text as it was written: this endpoint escapes its texts for HTML (agent-api §16). */
function plainText(value: unknown): string {
  return text(value).replace(/&(?:lt|gt|amp|quot|#39|#x27|#x2F);/g, (entity) => entities[entity] ?? entity)
}

/** Numbers come as numbers or as text here. */
function integer(value: unknown): number {
  const number = Math.trunc(Number(value))
  return Number.isSafeInteger(number) ? number : 0
}

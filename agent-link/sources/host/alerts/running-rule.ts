import type { AlertDocument, AlertRule } from '../../../../src/health/alert-document.ts'
import { writeDelay, writeRepeat } from '../../../../src/health/action-text.ts'
import { compileRule, RuleError } from '../../../../src/health/compile-rule.ts'
import type { CompiledRule } from '../../../../src/health/compile-rule.ts'
import { writeLookup } from '../../../../src/health/lookup-text.ts'
import { compileLabels } from '../../../../src/health/match-labels.ts'
import type { SourceAlertConfig } from '../../source.ts'
import { hashUuid } from '../../transition-id.ts'
import type { Chart } from '../chart.ts'
import { historyS } from '../history.ts'

/** Where a definition is from: shipped with agent-link, or made or changed over the link. */
export type RuleOrigin = 'stock' | 'dyncfg'

/** A rule of this host, ready to be evaluated. */
export interface RunningRule {
  readonly name: string
  readonly rule: AlertRule
  readonly origin: RuleOrigin
  /** The configuration hash: the same for the same definition. */
  readonly hash: string
  readonly compiled: CompiledRule
  /** Whether it is for this chart of a host with these labels. */
  matches(chart: Chart, hostLabels: Readonly<Record<string, string>>): boolean
}

/** The longest window there is something to look up in: the history less what is being written. */
const longestLookupS = historyS

/** The rules of a document, ready. Throws {@link RuleError} whose member begins with `rules.N.config`. */
export function runningRules({ name, rules }: AlertDocument, origin: RuleOrigin): readonly RunningRule[] {
  return rules.map((rule, index) => {
    try {
      const compiled = compileRule(rule.config)
      if (compiled.looksBackS > longestLookupS)
        throw new RuleError(
          'value.database_lookup.after',
          `This agent keeps ${longestLookupS} seconds of history; the window reaches further back.`,
        )
      if (rule.config.value.database_lookup.data_source === 'anomalies' && rule.config.value.database_lookup.after < 0)
        throw new RuleError('value.database_lookup.data_source', 'This agent does not look for anomalies.')
      const isHost = compileLabels(rule.config.match.host_labels)
      const isInstance = compileLabels(rule.config.match.instance_labels)
      return {
        name,
        rule,
        origin,
        hash: hashUuid(5, JSON.stringify([name, rule.type, rule.config])),
        compiled,
        matches: (chart, hostLabels) =>
          rule.enabled &&
          rule.config.match.on === (rule.type === 'template' ? chart.context : chart.id) &&
          isHost(hostLabels) &&
          isInstance(chart.labels),
      }
    } catch (thrown) {
      if (thrown instanceof RuleError) throw new RuleError(`rules.${index}.config.${thrown.member}`, thrown.message, thrown.at)
      throw thrown
    }
  })
}

/** The definition as it is pushed (aclk §6.7, `AlarmConfiguration`): what is empty is left out. */
export function configurationOf({ name, rule }: RunningRule): SourceAlertConfig {
  const { match, value, conditions, action, ...texts } = rule.config
  const lookup = value.database_lookup
  const isLookedUp = lookup.after < 0
  const fields: Record<string, string | number> = {
    [rule.type === 'template' ? 'template' : 'alarm']: name,
    onChart: match.on,
    hostLabels: match.host_labels === '*' ? '' : match.host_labels,
    chartLabels: match.instance_labels === '*' ? '' : match.instance_labels,
    classification: texts.classification,
    component: texts.component,
    type: texts.type,
    summary: texts.summary,
    info: texts.info,
    units: value.units,
    every: `${value.update_every}s`,
    pUpdateEvery: value.update_every,
    calculationExpr: value.calculation,
    warningExpr: conditions.warning_condition,
    criticalExpr: conditions.critical_condition,
    recipient: action.recipient,
    exec: action.execute,
    delay: writeDelay(action.delay) ?? '',
    repeat: writeRepeat(action.repeat) ?? '',
    options: action.options.join(' '),
    lookup: writeLookup(lookup) ?? '',
    pDbLookupAfter: lookup.after,
    pDbLookupBefore: isLookedUp ? lookup.before : 0,
    pDbLookupMethod: isLookedUp ? lookup.time_group : '',
    pDbLookupOptions: isLookedUp ? lookup.options.join(' ') : '',
    pDbLookupDimensions: isLookedUp && lookup.dimensions !== '*' ? lookup.dimensions : '',
  }
  return Object.fromEntries(Object.entries(fields).filter(([, field]) => field !== '' && field !== 0))
}

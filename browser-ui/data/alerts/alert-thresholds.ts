import { recogniseHysteresis, type Comparison } from '../../../src/health/hysteresis.ts'
import { thresholdLines, type ThresholdLine } from '../alert-config/condition-form.ts'
import { formatNumber } from '../units.ts'
import { agentText } from './agent-text.ts'
import { isReadOffChart, type DefinitionFields } from './definition-view.ts'

export interface AlertThreshold {
  readonly severity: 'warning' | 'critical'
  readonly comparison: Comparison
  readonly raiseAt: number
  readonly clearAt: number
}

/** The thresholds of a definition, as far as its conditions are plain or hysteresis comparisons. */
export function thresholdsOf(fields: DefinitionFields): readonly AlertThreshold[] {
  return (['warning', 'critical'] as const).flatMap((severity) => {
    const condition = agentText(fields[severity === 'warning' ? 'warning_expr' : 'critical_expr'])
    const found = condition === '' ? undefined : recogniseHysteresis(severity, condition)
    return found === undefined ? [] : [{ severity, ...found }]
  })
}

const comparisonWords: Readonly<Record<Comparison, string>> = { '>': 'above', '>=': 'from', '<': 'below', '<=': 'up to' }

/** `Warning above 85 %, until 75 %`. */
export function thresholdWords({ severity, comparison, raiseAt, clearAt }: AlertThreshold, units: string): string {
  const words = (value: number) => `${formatNumber(value)} ${units}`.trim()
  const until = raiseAt === clearAt ? '' : `, until ${words(clearAt)}`
  return `${severity === 'warning' ? 'Warning' : 'Critical'} ${comparisonWords[comparison]} ${words(raiseAt)}${until}`
}

/** The lines for the chart: where an alert is raised and where it clears; none when they would say nothing there. */
export function linesOnChart(fields: DefinitionFields, chartUnits: string): readonly ThresholdLine[] {
  if (!isReadOffChart(fields, chartUnits)) return []
  const condition = (name: string) => agentText(fields[name])
  return thresholdLines({ warning_condition: condition('warning_expr'), critical_condition: condition('critical_expr') })
}

import { composeHysteresis, recogniseHysteresis, type ConditionLevel } from '../../../src/health/hysteresis.ts'
import { isEmpty } from './is-empty.ts'

/** Which side of a number raises. */
export type Side = 'above' | 'below'

/** A condition as the form shows it: nothing, a threshold with its gap, or an expression of another shape. */
export type ConditionForm =
  | { readonly kind: 'none' }
  | { readonly kind: 'threshold'; readonly side: Side; readonly isInclusive: boolean; readonly raiseAt: number; readonly clearAt: number }
  | { readonly kind: 'expression' }

/** How the form shows a condition. */
export function conditionForm(level: ConditionLevel, condition: string): ConditionForm {
  if (isEmpty(condition)) return { kind: 'none' }
  const found = recogniseHysteresis(level, condition)
  if (found === undefined) return { kind: 'expression' }
  const { comparison, raiseAt, clearAt } = found
  return {
    kind: 'threshold',
    side: comparison.startsWith('>') ? 'above' : 'below',
    isInclusive: comparison.endsWith('='),
    raiseAt,
    clearAt,
  }
}

/** The expression behind a threshold. Without a number to raise at there is none. */
export function conditionOf(level: ConditionLevel, threshold: Extract<ConditionForm, { kind: 'threshold' }>): string {
  const { side, isInclusive, raiseAt, clearAt } = threshold
  return composeHysteresis(level, { comparison: `${side === 'above' ? '>' : '<'}${isInclusive ? '=' : ''}`, raiseAt, clearAt })
}

/** What is wrong with a gap: it has to lie on the quiet side of the number that raises. */
export function gapProblem({
  side,
  raiseAt,
  clearAt,
}: Pick<Extract<ConditionForm, { kind: 'threshold' }>, 'side' | 'raiseAt' | 'clearAt'>) {
  if (side === 'above' && clearAt > raiseAt) return 'It would clear above the value that raises it: the value to clear at has to be lower.'
  if (side === 'below' && clearAt < raiseAt) return 'It would clear below the value that raises it: the value to clear at has to be higher.'
  return undefined
}

/** A number to draw across a chart. */
export interface ThresholdLine {
  readonly level: ConditionLevel
  readonly is: 'raise' | 'clear'
  readonly value: number
}

/** The numbers behind the conditions, as far as they are thresholds. */
export function thresholdLines(conditions: {
  readonly warning_condition: string
  readonly critical_condition: string
}): readonly ThresholdLine[] {
  return (['warning', 'critical'] as const).flatMap((level) => {
    const form = conditionForm(level, conditions[`${level}_condition`])
    if (form.kind !== 'threshold') return []
    const raise: ThresholdLine = { level, is: 'raise', value: form.raiseAt }
    return form.clearAt === form.raiseAt ? [raise] : [raise, { level, is: 'clear', value: form.clearAt }]
  })
}

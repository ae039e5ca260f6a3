import { useState } from 'react'
import type { ConditionLevel } from '../../../src/health/hysteresis.ts'
import { conditionForm, conditionOf, gapProblem, type Side } from '../../data/alert-config/condition-form.ts'
import { ChoiceField, ExpressionField, NumberField } from './fields.tsx'

interface ConditionFieldsProps {
  readonly level: ConditionLevel
  readonly path: string
  readonly condition: string
  readonly units: string
  readonly onChange: (condition: string) => void
}

type Shape = 'none' | 'above' | 'below' | 'expression'

const words = { warning: 'Warning', critical: 'Critical' } as const
const marks = { warning: '▲', critical: '◆' } as const

/** When an alert warns or is critical: two numbers where the condition is a threshold, otherwise the expression itself. */
export function ConditionFields({ level, path, condition, units, onChange }: ConditionFieldsProps) {
  const form = conditionForm(level, condition)
  // An expression that happens to be a threshold stays open as one while it is typed.
  const [isFree, setIsFree] = useState(form.kind === 'expression')
  /** A threshold whose number is not typed yet. */
  const [opened, setOpened] = useState<{ readonly side: Side; readonly raiseAt: number; readonly clearAt: number }>()
  const threshold = form.kind === 'threshold' ? form : undefined
  const shown = threshold ?? opened
  const shape: Shape = isFree || form.kind === 'expression' ? 'expression' : (shown?.side ?? 'none')

  const put = (next: { readonly side: Side; readonly raiseAt: number; readonly clearAt: number }) => {
    const isInclusive = threshold?.isInclusive ?? false
    if (Number.isFinite(next.raiseAt)) {
      const clearAt = Number.isFinite(next.clearAt) ? next.clearAt : next.raiseAt
      setOpened(next)
      onChange(conditionOf(level, { kind: 'threshold', isInclusive, ...next, clearAt }))
    } else {
      setOpened(next)
      onChange('')
    }
  }
  const choose = (next: Shape) => {
    setIsFree(next === 'expression')
    if (next === 'none') {
      setOpened(undefined)
      onChange('')
    } else if (next !== 'expression') {
      const { raiseAt, clearAt } = shown ?? { raiseAt: Number.NaN, clearAt: Number.NaN }
      // On the other side the gap lies the other way round.
      put({ side: next, raiseAt, clearAt: shown !== undefined && shown.side !== next ? Number.NaN : clearAt })
    }
  }
  const raiseAt = opened?.raiseAt ?? threshold?.raiseAt ?? Number.NaN
  const clearAt = opened === undefined ? (threshold?.clearAt ?? Number.NaN) : opened.clearAt
  const gap = shown === undefined ? undefined : gapProblem({ side: shown.side, raiseAt, clearAt })
  return (
    <fieldset className="condition" data-level={level}>
      <legend>
        <span aria-hidden="true">{marks[level]}</span> {words[level]}
      </legend>
      <ChoiceField
        path={shape === 'none' ? path : `${path}.shape`}
        label="When the value is"
        value={shape}
        choices={[
          ['none', level === 'warning' ? 'never: it does not warn' : 'never: it is not critical'],
          ['above', 'above a number'],
          ['below', 'below a number'],
          ['expression', 'as an expression says'],
        ]}
        onChange={choose}
      />
      {shape === 'above' || shape === 'below' ? (
        <>
          <NumberField
            path={path}
            label={shape === 'above' ? 'Raise above' : 'Raise below'}
            unit={units}
            value={raiseAt}
            problem={Number.isNaN(raiseAt) ? 'Type the number that raises it.' : undefined}
            onChange={(next) => put({ side: shape, raiseAt: next, clearAt: clearAt === raiseAt ? Number.NaN : clearAt })}
          />
          <NumberField
            path={`${path}.clear`}
            label={shape === 'above' ? 'Clear when down to' : 'Clear when up to'}
            unit={units}
            value={clearAt === raiseAt && opened === undefined ? Number.NaN : clearAt}
            problem={gap}
            hint="Empty: at the same number. A gap keeps it from flapping."
            onChange={(next) => put({ side: shape, raiseAt, clearAt: next })}
          />
        </>
      ) : null}
      {shape === 'expression' ? (
        <ExpressionField
          path={path}
          label="Expression"
          value={condition}
          placeholder="$this > (($status >= $WARNING) ? (75) : (85))"
          hint={
            form.kind === 'expression' ? 'This condition has no form of numbers, so it stays the text it is.' : 'Anything but 0 raises it.'
          }
          onChange={onChange}
        />
      ) : null}
    </fieldset>
  )
}

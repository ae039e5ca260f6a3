import { useState } from 'react'
import type { ConditionLevel } from '../../../src/health/hysteresis.ts'
import { conditionForm, conditionOf, gapProblem, type Side } from '../../data/alert-config/condition-form.ts'
import { isPercentage } from '../../data/units.ts'
import { ChoiceField, ExpressionField, NumberField } from './fields.tsx'

interface ConditionFieldsProps {
  readonly level: ConditionLevel
  readonly path: string
  readonly condition: string
  readonly units: string
  readonly onChange: (condition: string) => void
}

interface Typed {
  readonly side: Side
  readonly raiseAt: number
  /** Undefined: the same number. */
  readonly clearAt: number | undefined
}

const isTorn = ({ raiseAt, clearAt }: Typed) => !Number.isFinite(raiseAt) || (clearAt !== undefined && !Number.isFinite(clearAt))

type Shape = 'none' | 'above' | 'below' | 'expression'

const words = { warning: 'Warning', critical: 'Critical' } as const
const marks = { warning: '▲', critical: '◆' } as const

/** When an alert warns or is critical: two numbers where the condition is a threshold, otherwise the expression itself. */
export function ConditionFields({ level, path, condition, units, onChange }: ConditionFieldsProps) {
  const unit = isPercentage(units) ? '%' : units
  const form = conditionForm(level, condition)
  // An expression that happens to be a threshold stays open as one while it is typed.
  const [isFree, setIsFree] = useState(form.kind === 'expression')
  /** A threshold as it is typed; not a number: something else was. */
  const [opened, setOpened] = useState<Typed>()
  const threshold = form.kind === 'threshold' ? form : undefined
  const shown = threshold ?? opened
  const isUnfinished = opened !== undefined && isTorn(opened)
  const shape: Shape = isFree || (form.kind === 'expression' && !isUnfinished) ? 'expression' : (shown?.side ?? 'none')

  const put = (next: Typed) => {
    const isInclusive = threshold?.isInclusive ?? false
    setOpened(next)
    // What is not finished must not be saved as if nobody had begun: it is no expression, and says so.
    if (isTorn(next)) onChange(`$this ${next.side === 'above' ? '>' : '<'}`)
    else onChange(conditionOf(level, { kind: 'threshold', isInclusive, ...next, clearAt: next.clearAt ?? next.raiseAt }))
  }
  const choose = (next: Shape) => {
    setIsFree(next === 'expression')
    if (next === 'none') {
      setOpened(undefined)
      onChange('')
    } else if (next === 'expression') {
      setOpened(undefined)
    } else {
      // On the other side the gap lies the other way round.
      put({ side: next, raiseAt: shown?.raiseAt ?? Number.NaN, clearAt: shown?.side === next ? clearAt : undefined })
    }
  }
  const raiseAt = shown?.raiseAt ?? Number.NaN
  const clearAt = opened === undefined ? (threshold?.clearAt === threshold?.raiseAt ? undefined : threshold?.clearAt) : opened.clearAt
  const gap = shown === undefined || clearAt === undefined ? undefined : gapProblem({ side: shown.side, raiseAt, clearAt })
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
            unit={unit}
            value={raiseAt}
            problem={Number.isNaN(raiseAt) ? 'Type the number that raises it.' : undefined}
            onChange={(next) => put({ side: shape, raiseAt: next, clearAt })}
          />
          <NumberField
            path={`${path}.clear`}
            label={shape === 'above' ? 'Clear when down to' : 'Clear when up to'}
            unit={unit}
            value={clearAt ?? Number.NaN}
            problem={clearAt !== undefined && Number.isNaN(clearAt) ? 'Type a number, or leave it empty.' : gap}
            hint="Empty: at the same number. A gap keeps it from flapping."
            onChange={(next, text) => put({ side: shape, raiseAt, clearAt: text.trim() === '' ? undefined : next })}
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

import { createContext, useContext, useEffect, useId, useState, type ReactNode } from 'react'
import { parseDuration, writeDuration } from '../../../src/health/durations.ts'
import { problemAt, type Problem } from '../../data/alert-config/document-problems.ts'

/** What the fields of the form know together. */
export interface FieldsState {
  readonly problems: readonly Problem[]
  /** Whether what is wrong with a member is shown: it was left once, or saving was tried. */
  readonly isShown: (path: string) => boolean
  readonly touch: (path: string) => void
  readonly isReadOnly: boolean
}

export const FieldsContext = createContext<FieldsState>({ problems: [], isShown: () => false, touch: () => {}, isReadOnly: false })

interface FieldControl {
  readonly id: string
  readonly 'data-path': string
  readonly 'aria-invalid': boolean | undefined
  readonly 'aria-describedby': string | undefined
  readonly disabled: boolean
  readonly onBlur: () => void
}

interface FieldProps {
  /** The member of the document, such as `rules.0.config.value.units`. */
  readonly path: string
  readonly label: string
  readonly hint?: ReactNode
  readonly isWide?: boolean
  /** A complaint besides those of the document. */
  readonly problem?: string | undefined
}

/** A labelled control with its hint, and what is wrong with it right below. */
export function Field({
  path,
  label,
  hint,
  isWide = false,
  problem: own,
  children,
}: FieldProps & { readonly children: (control: FieldControl) => ReactNode }) {
  const { problems, isShown, touch, isReadOnly } = useContext(FieldsContext)
  const id = useId()
  const problem = own ?? (isShown(path) ? problemAt(problems, path) : undefined)
  const described = [problem === undefined ? '' : `${id}-problem`, hint === undefined ? '' : `${id}-hint`].filter(Boolean).join(' ')
  return (
    <div className="field" data-wide={isWide || undefined}>
      <label htmlFor={id}>{label}</label>
      {children({
        id,
        'data-path': path,
        'aria-invalid': problem === undefined ? undefined : true,
        'aria-describedby': described === '' ? undefined : described,
        disabled: isReadOnly,
        onBlur: () => touch(path),
      })}
      {problem === undefined ? null : (
        <p id={`${id}-problem`} className="field-problem">
          {problem}
        </p>
      )}
      {hint === undefined ? null : (
        <p id={`${id}-hint`} className="field-hint">
          {hint}
        </p>
      )}
    </div>
  )
}

interface TextFieldProps extends FieldProps {
  readonly value: string
  readonly onChange: (value: string) => void
  readonly placeholder?: string
  readonly options?: readonly string[]
  readonly isCode?: boolean
}

/** One line of text; with `options`, known words are offered. */
export function TextField({ value, onChange, placeholder, options, isCode = false, ...field }: TextFieldProps) {
  const listId = useId()
  return (
    <Field {...field}>
      {(control) => (
        <>
          <input
            {...control}
            type="text"
            className={isCode ? 'is-code' : undefined}
            value={value}
            placeholder={placeholder}
            autoComplete="off"
            spellCheck={isCode ? false : undefined}
            list={options === undefined ? undefined : listId}
            onChange={(event) => onChange(event.target.value)}
          />
          {options === undefined ? null : (
            <datalist id={listId}>
              {options.map((option) => (
                <option key={option} value={option} />
              ))}
            </datalist>
          )}
        </>
      )}
    </Field>
  )
}

/** An expression: several lines on screen, one in the document. */
export function ExpressionField({ value, onChange, placeholder, ...field }: Omit<TextFieldProps, 'isCode' | 'options'>) {
  return (
    <Field {...field} isWide>
      {(control) => (
        <textarea
          {...control}
          className="is-code"
          rows={2}
          value={value}
          placeholder={placeholder}
          spellCheck={false}
          onChange={(event) => onChange(event.target.value.replaceAll(/[\r\n]+/g, ' '))}
        />
      )}
    </Field>
  )
}

interface NumberFieldProps extends FieldProps {
  /** Not a number: what was typed is none. */
  readonly value: number
  readonly onChange: (value: number, text: string) => void
  readonly unit?: string
}

/** A number that is typed as text, so that nothing is lost on the way to it. */
export function NumberField({ value, onChange, unit, ...field }: NumberFieldProps) {
  const [text, setText] = useTyped(value, String, Number)
  return (
    <Field {...field}>
      {(control) => (
        <span className="field-unit">
          <input
            {...control}
            type="text"
            inputMode="decimal"
            autoComplete="off"
            value={text}
            onChange={(event) => {
              setText(event.target.value)
              onChange(numberOf(event.target.value), event.target.value)
            }}
          />
          {unit === undefined || unit === '' ? null : <span title={unit}>{unit}</span>}
        </span>
      )}
    </Field>
  )
}

/** A number as people type it, with a comma too; not a number for anything else. */
function numberOf(text: string): number {
  const plain = text.trim().replace(',', '.')
  return plain === '' ? Number.NaN : Number(plain)
}

/** A length of time such as `10m` or `90`, kept in seconds. */
export function DurationField({ value, onChange, ...field }: Omit<NumberFieldProps, 'unit'>) {
  const { isShown } = useContext(FieldsContext)
  const [text, setText] = useTyped(value, durationText, (typed) => parseDuration(typed) ?? Number.NaN)
  const isWrong = Number.isNaN(value)
  return (
    <Field {...field} problem={isWrong && isShown(field.path) ? 'Type a length of time, such as 30s, 10m or 1h30m.' : field.problem}>
      {(control) => (
        <input
          {...control}
          type="text"
          autoComplete="off"
          spellCheck={false}
          value={text}
          onChange={(event) => {
            setText(event.target.value)
            const typed = event.target.value
            onChange(typed.trim() === '' ? Number.NaN : (parseDuration(typed) ?? Number.NaN), typed)
          }}
        />
      )}
    </Field>
  )
}

const durationText = (seconds: number) => (seconds === 0 ? '0' : writeDuration(seconds))

/** What is typed, as long as it means the value; another value brings its own text. */
function useTyped(value: number, write: (value: number) => string, read: (text: string) => number) {
  const [text, setText] = useState(Number.isNaN(value) ? '' : write(value))
  const means = text.trim() === '' ? Number.NaN : read(text.trim().replace(',', '.'))
  const isSame = Number.isNaN(value) ? Number.isNaN(means) : means === value
  useEffect(() => {
    if (!isSame) setText(Number.isNaN(value) ? '' : write(value))
    // Only another value brings another text.
  }, [value])
  return [text, setText] as const
}

interface ChoiceFieldProps<T extends string> extends FieldProps {
  readonly value: T
  readonly choices: readonly (readonly [value: T, words: string])[]
  readonly onChange: (value: T) => void
}

export function ChoiceField<T extends string>({ value, choices, onChange, ...field }: ChoiceFieldProps<T>) {
  return (
    <Field {...field}>
      {(control) => (
        <select
          {...control}
          value={value}
          onChange={(event) => {
            const chosen = choices.find(([id]) => id === event.target.value)
            if (chosen !== undefined) onChange(chosen[0])
          }}
        >
          {choices.map(([id, words]) => (
            <option key={id} value={id}>
              {words}
            </option>
          ))}
        </select>
      )}
    </Field>
  )
}

/** One box to tick. */
export function TickField({
  path,
  label,
  isTicked,
  onChange,
}: {
  readonly path: string
  readonly label: string
  readonly isTicked: boolean
  readonly onChange: (isTicked: boolean) => void
}) {
  const { isReadOnly } = useContext(FieldsContext)
  return (
    <label className="tick">
      <input
        type="checkbox"
        data-path={path}
        disabled={isReadOnly}
        checked={isTicked}
        onChange={(event) => onChange(event.target.checked)}
      />
      <span>{label}</span>
    </label>
  )
}

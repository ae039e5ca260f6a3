import { useId } from 'react'
import type { Choices, FunctionInfo, FunctionParameter } from '../../data/functions/function-info.ts'

/** The parameters of a function as controls; a change counts at once. */
export function ParametersForm({
  info,
  choices,
  onChange,
}: {
  readonly info: FunctionInfo
  readonly choices: Choices
  readonly onChange: (choices: Choices) => void
}) {
  if (info.parameters.length === 0) return null
  const set = (id: string, values: readonly string[]) => onChange(new Map([...choices, [id, values]]))
  return (
    <div className="fn-parameters">
      {info.parameters.map((parameter) => (
        <Parameter
          key={parameter.id}
          parameter={parameter}
          chosen={choices.get(parameter.id) ?? []}
          onChange={(values) => set(parameter.id, values)}
        />
      ))}
    </div>
  )
}

function Parameter({
  parameter,
  chosen,
  onChange,
}: {
  readonly parameter: FunctionParameter
  readonly chosen: readonly string[]
  readonly onChange: (values: readonly string[]) => void
}) {
  const helpId = useId()
  const help =
    parameter.help === '' ? null : (
      <span id={helpId} className="visually-hidden">
        {parameter.help}
      </span>
    )
  if (parameter.kind === 'select') {
    return (
      <label className="fn-field" title={parameter.help}>
        <span className="fn-field-name">{parameter.name}</span>
        <select
          className="fn-select"
          value={chosen[0] ?? ''}
          aria-describedby={help === null ? undefined : helpId}
          onChange={(event) => onChange([event.target.value])}
        >
          {parameter.options.map(({ id, name, detail, isAskable }) => (
            <option key={id} value={id} disabled={!isAskable} title={detail}>
              {name}
            </option>
          ))}
        </select>
        {help}
      </label>
    )
  }
  const toggle = (id: string) => onChange(chosen.includes(id) ? chosen.filter((other) => other !== id) : [...chosen, id])
  return (
    <details className="fn-field fn-multi">
      <summary className="fn-select" title={parameter.help}>
        <span className="fn-field-name">{parameter.name}</span> {chosen.length === 0 ? 'The agent’s own choice' : `${chosen.length} chosen`}
      </summary>
      <fieldset className="fn-options">
        <legend className="visually-hidden">{parameter.name}</legend>
        {parameter.options.map(({ id, name, detail, isAskable }) => (
          <label key={id} className="fn-option">
            <input type="checkbox" checked={chosen.includes(id)} disabled={!isAskable} onChange={() => toggle(id)} />
            <span className="fn-option-name">{name}</span>
            <span className="fn-option-detail">{isAskable ? detail : 'cannot be asked for'}</span>
          </label>
        ))}
      </fieldset>
    </details>
  )
}

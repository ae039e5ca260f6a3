import { useId, type ReactNode } from 'react'

/** One of a few, as radio buttons. */
export function OptionList<T extends string>({
  title,
  options,
  value,
  onChoose,
}: {
  readonly title: string
  readonly options: readonly { readonly id: T; readonly name: string; readonly icon?: ReactNode }[]
  readonly value: T
  readonly onChoose: (id: T) => void
}) {
  const name = useId()
  return (
    <fieldset className="chooser">
      <legend>{title}</legend>
      <div className="chooser-list">
        {options.map((option) => (
          <label key={option.id} className="chooser-radio">
            <input type="radio" name={name} checked={option.id === value} onChange={() => onChoose(option.id)} />
            {option.icon}
            <span className="chooser-name">{option.name}</span>
          </label>
        ))}
      </div>
    </fieldset>
  )
}

import { useId } from 'react'
import type { IntegrationField } from '../../../data/settings/channel-answers.ts'

/** One field of an integration. A secret that is kept is said to be so, and typed anew to be replaced. */
export function FieldInput({
  field,
  value,
  isKept,
  onChange,
}: {
  readonly field: IntegrationField
  readonly value: string
  readonly isKept: boolean
  readonly onChange: (value: string) => void
}) {
  const id = useId()
  const { kind, label, isSecret, isRequired, choices } = field
  const common = { id, value, required: isRequired && !isKept }
  return (
    <>
      <label htmlFor={id}>
        {label}
        {isRequired ? '' : ' (may stay empty)'}
      </label>
      {kind === 'choice' ? (
        <select {...common} onChange={(event) => onChange(event.target.value)}>
          <option value="">–</option>
          {(choices ?? []).map((choice) => (
            <option key={choice} value={choice}>
              {choice}
            </option>
          ))}
        </select>
      ) : kind === 'lines' ? (
        <textarea
          {...common}
          rows={3}
          autoComplete="off"
          spellCheck={false}
          placeholder={isKept ? 'Kept. Type to replace it.' : undefined}
          aria-describedby={isKept ? `${id}-kept` : undefined}
          onChange={(event) => onChange(event.target.value)}
        />
      ) : (
        <input
          {...common}
          type={isSecret ? 'password' : kind === 'number' ? 'number' : kind === 'email' ? 'email' : kind === 'url' ? 'url' : 'text'}
          autoComplete={isSecret ? 'new-password' : 'off'}
          spellCheck={false}
          placeholder={isKept ? 'Kept. Type to replace it.' : undefined}
          aria-describedby={isKept ? `${id}-kept` : undefined}
          onChange={(event) => onChange(event.target.value)}
        />
      )}
      {isKept ? (
        <p id={`${id}-kept`} className="settings-note">
          A value is kept and never shown again.
        </p>
      ) : null}
    </>
  )
}

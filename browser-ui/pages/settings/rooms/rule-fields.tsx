import { useId } from 'react'
import { changedClause, operatorWords, withClause, type DraftRule } from '../../../data/settings/rule-draft.ts'
import type { KnownLabel, RoomRule, RuleClause } from '../../../data/settings/space-answers.ts'
import { icons } from '../../../ui/look/icons.tsx'

export interface RuleFieldsProps {
  readonly rule: DraftRule
  /** Counted from one. */
  readonly place: number
  readonly labels: readonly KnownLabel[]
  readonly problem: string | undefined
  readonly onChange: (rule: DraftRule) => void
  readonly onRemove: () => void
}

const comparisons = (Object.keys(operatorWords) as RuleClause['operator'][]).flatMap((operator) =>
  operatorWords[operator].map((words, index) => ({ operator, negate: index === 1, words, value: `${operator} ${index}` })),
)

/** A description shows so many of its lines; the others scroll. */
const descriptionRowsMax = 6

/** The fields of one rule: what it does, and its tests. */
export function RuleFields({ rule, place, labels, problem, onChange, onRemove }: RuleFieldsProps) {
  const listId = useId()
  const name = `rule ${place}`
  return (
    <li className="rule" data-action={rule.action}>
      <div className="rule-head">
        <select
          aria-label={`What ${name} does`}
          value={rule.action}
          onChange={(event) => onChange({ ...rule, action: event.target.value as RoomRule['action'] })}
        >
          <option value="INCLUDE">Include</option>
          <option value="EXCLUDE">Exclude</option>
        </select>
        <textarea
          rows={Math.min(descriptionRowsMax, rule.description.split('\n').length)}
          className="rule-description"
          aria-label={`What ${name} is for`}
          placeholder="What it is for"
          maxLength={1000}
          value={rule.description}
          onChange={(event) => onChange({ ...rule, description: event.target.value })}
        />
        <button type="button" className="icon-button" aria-label={`Remove ${name}`} onClick={onRemove}>
          {icons.bin}
        </button>
      </div>
      <datalist id={listId}>
        {labels.map(({ label }) => (
          <option key={label} value={label} />
        ))}
      </datalist>
      <ul className="clauses">
        {rule.clauses.map((clause, index) => (
          <Clause
            key={clause.key}
            clause={clause}
            name={`test ${index + 1} of ${name}`}
            isFirst={index === 0}
            listId={listId}
            values={labels.find(({ label }) => label === clause.label.trim())?.values ?? []}
            onChange={(change) => onChange(changedClause(rule, clause.key, change))}
            onRemove={() => onChange({ ...rule, clauses: rule.clauses.filter(({ key }) => key !== clause.key) })}
          />
        ))}
      </ul>
      <button type="button" className="link-button with-icon rule-add" onClick={() => onChange(withClause(rule))}>
        {icons.plus} And
        <span className="visually-hidden">another test of {name}</span>
      </button>
      {problem === undefined ? null : (
        <p className="form-error" role="alert">
          {icons.warning} <span>{problem}</span>
        </p>
      )}
    </li>
  )
}

function Clause({
  clause,
  name,
  isFirst,
  listId,
  values,
  onChange,
  onRemove,
}: {
  readonly clause: RuleClause
  readonly name: string
  readonly isFirst: boolean
  readonly listId: string
  readonly values: KnownLabel['values']
  readonly onChange: (change: Partial<RuleClause>) => void
  readonly onRemove: () => void
}) {
  const valuesId = useId()
  return (
    <li className="clause">
      <span className="clause-word">{isFirst ? 'nodes whose' : 'and whose'}</span>
      <input
        type="text"
        aria-label={`Label in ${name}`}
        placeholder="label"
        list={listId}
        autoComplete="off"
        spellCheck={false}
        value={clause.label}
        onChange={(event) => onChange({ label: event.target.value })}
      />
      <select
        aria-label={`Comparison in ${name}`}
        value={`${clause.operator} ${clause.negate ? 1 : 0}`}
        onChange={(event) => {
          const chosen = comparisons.find(({ value }) => value === event.target.value)
          if (chosen !== undefined) onChange({ operator: chosen.operator, negate: chosen.negate })
        }}
      >
        {comparisons.map(({ value, words }) => (
          <option key={value} value={value}>
            {words}
          </option>
        ))}
      </select>
      <input
        type="text"
        aria-label={`Value in ${name}`}
        placeholder="value"
        list={valuesId}
        autoComplete="off"
        spellCheck={false}
        value={clause.value}
        onChange={(event) => onChange({ value: event.target.value })}
      />
      <datalist id={valuesId}>
        {values.map(({ value, nodes }) => (
          <option key={value} value={value} label={`${nodes} ${nodes === 1 ? 'node' : 'nodes'}`} />
        ))}
      </datalist>
      <button type="button" className="icon-button" aria-label={`Remove ${name}`} onClick={onRemove}>
        {icons.close}
      </button>
    </li>
  )
}

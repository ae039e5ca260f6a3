import { ruleWords } from '../../../data/settings/rule-draft.ts'
import type { RoomRule } from '../../../data/settings/space-answers.ts'

/** The rules of a room as sentences, for those who do not change them. */
export function RuleList({ rules }: { readonly rules: readonly RoomRule[] }) {
  if (rules.length === 0) return <p className="settings-none">No rule: nodes are put into this room by hand.</p>
  return (
    <ul className="rule-words">
      {rules.map((rule) => (
        <li key={rule.ruleId}>
          {ruleWords(rule)}
          {rule.description === '' ? null : <span className="settings-note"> {rule.description}</span>}
        </li>
      ))}
    </ul>
  )
}

import type { AlertRule } from '../../../src/health/alert-document.ts'
import { ruleFacts } from '../../data/alert-config/rule-words.ts'

/** A rule in words. `number` says which of several it is. */
export function RuleText({ rule, number }: { readonly rule: AlertRule; readonly number?: number | undefined }) {
  const { summary, info, classification, component, type } = rule.config
  const kind = [type, component, classification].filter(Boolean).join(' · ')
  return (
    <div className="rule-text" data-rule={number ?? 1}>
      {number === undefined ? null : <h4>Rule {number}</h4>}
      {summary === '' ? null : <p className="rule-summary">{summary}</p>}
      {info === '' ? null : <p className="rule-info">{info}</p>}
      <dl className="rule-facts">
        {ruleFacts(rule).map(({ label, text, code }) => (
          <div key={`${label} ${text} ${code ?? ''}`} data-fact={label}>
            <dt>{label}</dt>
            <dd>
              {text} {code === undefined ? null : <code>{code}</code>}
            </dd>
          </div>
        ))}
        {kind === '' ? null : (
          <div>
            <dt>Kind</dt>
            <dd>{kind}</dd>
          </div>
        )}
      </dl>
    </div>
  )
}

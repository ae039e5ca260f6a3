import { Link } from 'wouter'
import { definitionPath } from '../../../data/alerts/alert-address.ts'
import { hasAlertPlace } from '../../../data/alerts/alert-places.ts'
import { definitionLines } from '../../../data/alerts/definition-view.ts'
import { useSpace } from '../../../ui/spaces/space.ts'
import type { MergedAlert } from './merged-alert.ts'

const sourceWords = {
  cloud: 'As the agent told the cloud when this definition first ran.',
  agent: 'As the agent tells it now.',
  nowhere: 'Nobody has told this definition, or your role does not show it.',
} as const

/** How the alert is defined, in words a person reads. */
export function AlertDefinition({ alert }: { readonly alert: MergedAlert }) {
  const { role } = useSpace()
  const lines = definitionLines(alert.fields)
  return (
    <section className="card alert-definition" aria-labelledby="alert-definition-title">
      <div className="side-head">
        <h2 id="alert-definition-title">Definition</h2>
        {hasAlertPlace(role, '/alerts/definitions') ? <Link href={definitionPath(alert.name)}>Edit</Link> : null}
      </div>
      <p className="alert-definition-note">{sourceWords[lines.length === 0 ? 'nowhere' : alert.source]}</p>
      <dl>
        {lines.map(({ title, text, isCode }) => (
          <div key={title}>
            <dt>{title}</dt>
            <dd>{isCode === true ? <code>{text}</code> : text}</dd>
          </div>
        ))}
      </dl>
    </section>
  )
}

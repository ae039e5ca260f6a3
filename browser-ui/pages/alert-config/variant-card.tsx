import { useState } from 'react'
import { Link } from 'wouter'
import { whyWords, type ConfigurableNode, type DefinitionVariant, type WhyNot } from '../../data/alert-config/config-answers.ts'
import { definitionPath } from '../../data/alert-config/definition-list.ts'
import { Command } from '../../ui/look/parts.tsx'
import { icons } from '../../ui/look/icons.tsx'
import { RuleText } from './rule-text.tsx'

const listedNodes = 12

interface VariantCardProps {
  readonly name: string
  readonly variant: DefinitionVariant
  /** The first one is open. */
  readonly isFirst: boolean
  /** Whether editing begins from a form of it, because nothing is kept. */
  readonly mayEdit: boolean
}

/** One form of a definition: its rules in words, the text of its file, and where it runs. */
export function VariantCard({ name, variant, isFirst, mayEdit }: VariantCardProps) {
  const [isOpen, setIsOpen] = useState(isFirst)
  const [hasText, setHasText] = useState(false)
  const { hash, document, healthText, nodes, fields } = variant
  const id = `variant-${hash}`
  const blocked = groupByWhy(nodes)
  return (
    <article className="card variant" data-hash={hash}>
      <h3>
        <button type="button" className="variant-head" aria-expanded={isOpen} aria-controls={id} onClick={() => setIsOpen(!isOpen)}>
          {icons.chevron}
          <span>
            {nodes.length} {nodes.length === 1 ? 'node' : 'nodes'}
          </span>
          <code title={hash}>{hash.slice(0, 8)}</code>
        </button>
      </h3>
      {isOpen ? (
        <div id={id} className="variant-body">
          {document === null ? (
            <FieldList fields={fields} />
          ) : (
            document.rules.map((rule, index) => (
              <RuleText key={index} rule={rule} number={document.rules.length > 1 ? index + 1 : undefined} />
            ))
          )}
          <NodeNames nodes={nodes} />
          {blocked.map(([why, names]) => (
            <p key={why} className="variant-why" data-why={why}>
              {icons.lock}
              <span>
                <strong>{names.length === 1 ? names[0] : `${names.length} nodes`} can only be read.</strong> {whyWords[why]}
              </span>
            </p>
          ))}
          <div className="variant-deeds">
            <button type="button" className="button is-small" aria-expanded={hasText} onClick={() => setHasText(!hasText)}>
              {hasText ? 'Hide the health.d text' : 'Show the health.d text'}
            </button>
            {mayEdit && document !== null ? (
              <Link className="button is-small" href={`${definitionPath(name)}/edit?hash=${encodeURIComponent(hash)}`}>
                Edit from this form
              </Link>
            ) : null}
          </div>
          {hasText ? <HealthText name={name} text={healthText} /> : null}
        </div>
      ) : null}
    </article>
  )
}

/** The text of a file for agents that take nothing from afar, with where it goes. */
export function HealthText({ name, text }: { readonly name: string; readonly text: string }) {
  return (
    <div className="health-text">
      <p className="settings-note">
        On the node, put this into <code>/etc/netdata/health.d/{name}.conf</code> (or change it there with{' '}
        <code>edit-config health.d/{name}.conf</code>), then run <code>netdatacli reload-health</code>.
      </p>
      <Command text={text} label="Copy the health.d text" />
    </div>
  )
}

function NodeNames({ nodes }: { readonly nodes: readonly ConfigurableNode[] }) {
  const [isAll, setIsAll] = useState(false)
  const shown = isAll ? nodes : nodes.slice(0, listedNodes)
  return (
    <ul className="node-names" aria-label="Nodes with this form">
      {shown.map(({ nodeId, hostname, canConfigure }) => (
        <li key={nodeId}>
          <Link href={`/nodes/${nodeId}`}>{hostname}</Link>
          {canConfigure ? null : <span className="visually-hidden"> (read only)</span>}
          {canConfigure ? null : icons.lock}
        </li>
      ))}
      {shown.length < nodes.length ? (
        <li>
          <button type="button" className="link-button" onClick={() => setIsAll(true)}>
            {nodes.length - shown.length} more
          </button>
        </li>
      ) : null}
    </ul>
  )
}

/** What an agent said of a definition that makes no document. */
function FieldList({ fields }: Pick<DefinitionVariant, 'fields'>) {
  return (
    <dl className="rule-facts">
      {Object.entries(fields)
        .filter(([, value]) => value !== '' && value !== 0 && value !== null)
        .slice(0, 40)
        .map(([key, value]) => (
          <div key={key}>
            <dt>{key.replaceAll('_', ' ')}</dt>
            <dd>
              <code>{typeof value === 'string' || typeof value === 'number' ? String(value) : JSON.stringify(value)}</code>
            </dd>
          </div>
        ))}
    </dl>
  )
}

function groupByWhy(nodes: readonly ConfigurableNode[]): readonly (readonly [WhyNot, readonly string[]])[] {
  const groups = new Map<WhyNot, string[]>()
  for (const { why, hostname, canConfigure } of nodes) {
    if (canConfigure || why === null) continue
    groups.set(why, [...(groups.get(why) ?? []), hostname])
  }
  return [...groups]
}

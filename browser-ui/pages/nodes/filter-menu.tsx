import { DropdownMenu } from 'radix-ui'
import { labelKeys, type QueryTerm } from '../../data/fleet/node-query.ts'
import { labelOf } from '../../data/labels.ts'
import type { NodeSummary } from '../../link/api.ts'
import { keepMovedFocus } from '../../ui/overlays/focus-return.ts'
import { icons } from '../../ui/look/icons.tsx'

const valuesMax = 30
const term = (field: QueryTerm['field'], pattern: string): QueryTerm => ({ field, pattern, isNot: false })
const distinct = (values: readonly (string | undefined)[]): readonly string[] =>
  [...new Set(values.flatMap((value) => (value === undefined || value === '' ? [] : [value])))].toSorted()

/** Conditions to pick instead of typing them: what the nodes of the room have. */
export function FilterMenu({ nodes, onPick }: { readonly nodes: readonly NodeSummary[]; readonly onPick: (picked: QueryTerm) => void }) {
  return (
    <DropdownMenu.Root modal={false}>
      <DropdownMenu.Trigger className="button">{icons.plus} Filter</DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content
          className="menu fleet-menu"
          align="start"
          sideOffset={6}
          collisionPadding={8}
          onCloseAutoFocus={keepMovedFocus}
        >
          <Choices title="Alerts" onPick={onPick} terms={['any', 'critical', 'warning', 'none'].map((value) => term('alerts', value))} />
          <Choices
            title="Agent version"
            onPick={onPick}
            terms={distinct(nodes.map(({ agentVersion }) => agentVersion)).map((value) => term('version', value))}
          />
          <Choices title="System" onPick={onPick} terms={distinct(nodes.map(({ os }) => os)).map((value) => term('os', value))} />
          <Choices
            title="Architecture"
            onPick={onPick}
            terms={distinct(nodes.map(({ architecture }) => architecture)).map((value) => term('arch', value))}
          />
          <DropdownMenu.Label className="menu-label">Labels</DropdownMenu.Label>
          {labelKeys(nodes, 40).map(({ key }) => (
            <Choices
              key={key}
              title={key}
              onPick={onPick}
              terms={distinct(nodes.map(({ labels }) => labelOf(labels, key))).map((value) => term('label', `${key}=${value}`))}
            />
          ))}
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  )
}

function Choices({
  title,
  terms,
  onPick,
}: {
  readonly title: string
  readonly terms: readonly QueryTerm[]
  readonly onPick: (picked: QueryTerm) => void
}) {
  if (terms.length === 0) return null
  return (
    <DropdownMenu.Sub>
      <DropdownMenu.SubTrigger className="menu-item">
        <span className="menu-text" title={title}>
          {title}
        </span>
        <span className="menu-count">{terms.length}</span>
      </DropdownMenu.SubTrigger>
      <DropdownMenu.Portal>
        <DropdownMenu.SubContent className="menu fleet-menu" sideOffset={4} collisionPadding={8}>
          {terms.slice(0, valuesMax).map((each) => {
            const text = each.field === 'label' ? each.pattern.slice(each.pattern.indexOf('=') + 1) : each.pattern
            return (
              <DropdownMenu.Item key={each.pattern} className="menu-item" onSelect={() => onPick(each)}>
                <span className="menu-text" title={text}>
                  {text}
                </span>
              </DropdownMenu.Item>
            )
          })}
          {terms.length > valuesMax ? <p className="menu-note">{terms.length - valuesMax} more; type them</p> : null}
        </DropdownMenu.SubContent>
      </DropdownMenu.Portal>
    </DropdownMenu.Sub>
  )
}

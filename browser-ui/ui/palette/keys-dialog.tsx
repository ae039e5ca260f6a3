import { useSyncExternalStore } from 'react'
import { keyText } from '../../data/shell/keys.ts'
import { actions, type PageAction } from './actions.ts'
import { Dialog } from '../overlays/dialog.tsx'
import { paletteKeyText } from '../platform.ts'
import { singleKeys } from './single-keys.ts'

const everywhere: readonly (readonly [string, string])[] = [
  [paletteKeyText, 'Search and commands'],
  ['/', 'Search and commands'],
  ['?', 'These keys'],
  ['F6', 'Go to messages'],
  ['Esc', 'Close what lies over the page'],
]

/** Every key that does something on this page. */
export function KeysDialog({ onClose }: { readonly onClose: () => void }) {
  const list = useSyncExternalStore(actions.subscribe, actions.list)
  const areOn = useSyncExternalStore(singleKeys.subscribe, singleKeys.areOn)
  const keyed = list.filter((action): action is PageAction & { key: string } => action.key !== undefined)
  const groups = [...new Set(keyed.map(({ group }) => group))]
  return (
    <Dialog title="Keyboard shortcuts" onClose={onClose}>
      <div className="keys-groups">
        {groups.map((group) => (
          <KeyGroup
            key={group}
            title={group}
            rows={keyed.filter((action) => action.group === group).map(({ key, title }) => [keyText(key), title] as const)}
          />
        ))}
        <KeyGroup title="Everywhere" rows={everywhere} />
      </div>
      <label className="keys-switch">
        <input type="checkbox" checked={areOn} onChange={(event) => singleKeys.choose(event.target.checked)} />
        Single keys act on the page
      </label>
    </Dialog>
  )
}

function KeyGroup({ title, rows }: { readonly title: string; readonly rows: readonly (readonly [string, string])[] }) {
  return (
    <section>
      <h3>{title}</h3>
      <dl className="keys-list">
        {rows.map(([key, text]) => (
          <div key={`${key} ${text}`}>
            <dt>
              <kbd>{key}</kbd>
            </dt>
            <dd>{text}</dd>
          </div>
        ))}
      </dl>
    </section>
  )
}

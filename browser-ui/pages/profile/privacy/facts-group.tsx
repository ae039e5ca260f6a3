import type { KindFact } from '../../../../src/domain/receipt.ts'
import { classWords } from '../../../data/account/receipt-words.ts'
import { Group } from '../parts.tsx'

/** What this installation can hold at all: the data map, which PRIVACY.md is written from, too. */
export function FactsGroup({ facts }: { readonly facts: readonly KindFact[] }) {
  return (
    <Group
      title="What can be held at all"
      intro="The map that every write must follow; the file PRIVACY.md of this version says the same. There is no other kind of row."
    >
      {classWords.map(([name, title]) => {
        const own = facts.filter((fact) => fact.class === name)
        return own.length === 0 ? null : (
          <details key={name} className="held-space">
            <summary>
              <strong>{title}</strong>
              <span>{own.length === 1 ? '1 kind' : `${own.length} kinds`}</span>
            </summary>
            <dl className="held-kinds">
              {own.map(({ kind, holds, retention, erasure }) => (
                <div key={kind}>
                  <dt>{kind}</dt>
                  <dd>
                    {holds}.{' '}
                    <small>
                      Kept: {retention}. Erased: {erasure}.
                    </small>
                  </dd>
                </div>
              ))}
            </dl>
          </details>
        )
      })}
    </Group>
  )
}

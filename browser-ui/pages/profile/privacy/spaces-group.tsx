import type { Receipt } from '../../../../src/domain/receipt.ts'
import { rowsText } from '../../../data/account/receipt-words.ts'
import { Group } from '../parts.tsx'
import { RowList } from './receipt-rows.tsx'

/** What lies in the spaces the person is in: all of it by kind for admins, else only what names them. */
export function SpacesGroup({ spaces }: { readonly spaces: Receipt['spaces'] }) {
  if (spaces.length === 0) return null
  return (
    <Group title="Your spaces" intro="Of spaces you run you see everything by kind. Of others you see what names you.">
      {spaces.map(({ spaceId, name, held, heldTotals, traces }) => (
        <details key={spaceId} className="held-space">
          <summary>
            <strong>
              <bdi>{name}</bdi>
            </strong>
            <span>
              {heldTotals === null
                ? `${traces.length === 0 ? 'Nothing' : rowsText(traces.reduce((sum, { count }) => sum + (count ?? 0), 0))} that names you`
                : `${rowsText(heldTotals.reduce((sum, { rows }) => sum + (rows ?? 0), 0))} in all`}
            </span>
          </summary>
          <h3>What names you there</h3>
          {traces.length === 0 ? <p>Nothing.</p> : <RowList rows={traces} />}
          {held === null ? null : (
            <>
              <h3>Everything of the space</h3>
              <RowList rows={held} />
            </>
          )}
        </details>
      ))}
    </Group>
  )
}

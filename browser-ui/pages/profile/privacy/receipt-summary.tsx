import type { Receipt } from '../../../../src/domain/receipt.ts'
import { classWords, placeText, placeWords, rowsText } from '../../../data/account/receipt-words.ts'

/** How much is held, by place and then by class. */
export function ReceiptSummary({ receipt }: { readonly receipt: Receipt }) {
  const { places, totals } = receipt
  return (
    <>
      <dl className="held-places">
        {places.map((place) => (
          <div key={place.where} data-state={place.state}>
            <dt>{placeWords[place.where]}</dt>
            <dd>{placeText(place, totals)}</dd>
          </div>
        ))}
      </dl>
      <dl className="held-classes">
        {classWords.map(([name, title]) => {
          const rows = totals.filter((total) => total.class === name).reduce((sum, total) => sum + (total.rows ?? 0), 0)
          return rows === 0 ? null : (
            <div key={name}>
              <dt>{title}</dt>
              <dd className="number">{rowsText(rows)}</dd>
            </div>
          )
        })}
      </dl>
    </>
  )
}

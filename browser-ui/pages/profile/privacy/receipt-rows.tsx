import { useState } from 'react'
import { Link } from 'wouter'
import type { HeldField, ReceiptRow } from '../../../../src/domain/receipt.ts'
import { byClass, fits, mendedAt, placeWords, rowsText } from '../../../data/account/receipt-words.ts'
import { pageClock } from '../../../link/page-clock.ts'
import { Group, momentText } from '../parts.tsx'

const shownFirst = 40

/** All rows about the person by class, with a search over every value. */
export function ReceiptRows({ rows }: { readonly rows: readonly ReceiptRow[] }) {
  const [search, setSearch] = useState('')
  const found = rows.filter((row) => fits(row, search))
  return (
    <>
      <search className="held-search">
        <label htmlFor="held-search">Search in everything that is held</label>
        <input id="held-search" type="search" value={search} onChange={(event) => setSearch(event.target.value)} />
        <p role="status">
          {search.trim() === '' ? '' : found.length === 0 ? 'Nothing held fits.' : `${found.length} of ${rows.length} entries fit.`}
        </p>
      </search>
      {byClass(found).map((group) => (
        <Group key={group.title} title={group.title}>
          <RowList rows={group.rows} />
        </Group>
      ))}
    </>
  )
}

/** Rows of one class; each opens to its fields. */
export function RowList({ rows }: { readonly rows: readonly ReceiptRow[] }) {
  const [shown, setShown] = useState(shownFirst)
  return (
    <>
      <ul className="held-rows">
        {rows.slice(0, shown).map((row, at) => (
          <li key={row.item ?? `${row.where} ${row.kind} ${row.spaceId ?? ''} ${at}`}>
            <HeldRow row={row} />
          </li>
        ))}
      </ul>
      {rows.length > shown ? (
        <button type="button" className="button" onClick={() => setShown(shown + 200)}>
          Show {Math.min(200, rows.length - shown)} more
        </button>
      ) : null}
    </>
  )
}

function HeldRow({ row }: { readonly row: ReceiptRow }) {
  const mend = mendedAt(row)
  const { count, sinceMs, expiresAtMs } = row
  const nowMs = pageClock.nowMs()
  return (
    <details className="held-row">
      <summary>
        <span className="held-what">
          <strong>{titleOf(row)}</strong>
          {row.name === null ? null : <bdi className="held-name">{row.name}</bdi>}
        </span>
        <span className="held-where">{placeWords[row.where]}</span>
        {count === null || count === 1 ? null : <span className="held-count number">{rowsText(count)}</span>}
      </summary>
      <p className="held-note">It says: {row.what}.</p>
      {row.fields.length === 0 ? null : (
        <div className="held-fields" role="group" aria-label={`Fields of ${titleOf(row)}`} tabIndex={0}>
          <table>
            <thead>
              <tr>
                <th scope="col">Field</th>
                <th scope="col">Value</th>
                <th scope="col">Kept to</th>
              </tr>
            </thead>
            <tbody>
              {row.fields.map((field, at) => (
                <tr key={`${field.field} ${at}`}>
                  <th scope="row">
                    <code>{field.field}</code>
                  </th>
                  <td>
                    {field.value === null ? null : <bdi>{shownValue(field, nowMs)}</bdi>}
                    {field.count > 1 ? <span className="number"> × {field.count.toLocaleString('en')}</span> : null}
                    {field.note === null ? null : <small>{field.note}</small>}
                  </td>
                  <td>{field.purpose}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      <dl className="held-facts">
        <div>
          <dt>Since</dt>
          <dd>{sinceMs === null ? 'Not noted' : momentText(sinceMs, nowMs)}</dd>
        </div>
        <div>
          <dt>Goes</dt>
          <dd>{expiresAtMs === null ? row.expires : `By ${momentText(expiresAtMs, nowMs)}. ${row.expires}`}</dd>
        </div>
        <div>
          <dt>If it is wrong</dt>
          <dd>
            {mend === undefined ? (
              'It says what happened, so it stays as it is. You can object or ask below.'
            ) : mend.startsWith('#') ? (
              <a href={mend}>Put it right below</a>
            ) : (
              <Link href={mend}>Put it right there</Link>
            )}
          </dd>
        </div>
      </dl>
    </details>
  )
}

/** Times are kept as numbers and read as times. */
const shownValue = ({ field, value }: HeldField, nowMs: number): string | null =>
  value !== null && field.endsWith('Ms') && /^\d{13}$/u.test(value) ? momentText(Number(value), nowMs) : value

const titleOf = ({ kind }: ReceiptRow): string => {
  const words = kind
    .replaceAll('-', ' ')
    .replaceAll('_', ' ')
    .replace(/\bapi\b/u, 'API')
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}`
}

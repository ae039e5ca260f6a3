const times = (count: number) => Array.from({ length: count }, (_, index) => index)

/** A card where a chart will be, as large as one. */
export function ChartSkeleton({ label = 'Loading the chart' }: { readonly label?: string }) {
  return (
    <div className="card skeleton-chart" role="status" aria-label={label}>
      <span className="skeleton-line" />
      <span className="skeleton-line" />
      <span className="skeleton-line" />
    </div>
  )
}

/** Rows of a table to come. */
export function RowsSkeleton({ rows, columns, label }: { readonly rows: number; readonly columns: number; readonly label: string }) {
  return (
    <div className="card skeleton-rows" role="status" aria-label={label}>
      {times(rows).map((row) => (
        <div key={row} className="skeleton-row">
          {times(columns).map((column) => (
            <span key={column} className="skeleton-line" />
          ))}
        </div>
      ))}
    </div>
  )
}

/** Tiles to come, such as those of a glance. */
export function TilesSkeleton({ tiles, label }: { readonly tiles: number; readonly label: string }) {
  return (
    <div className="skeleton-tiles" role="status" aria-label={label}>
      {times(tiles).map((tile) => (
        <div key={tile} className="card skeleton-tile">
          <span className="skeleton-line" />
          <span className="skeleton-line" />
        </div>
      ))}
    </div>
  )
}

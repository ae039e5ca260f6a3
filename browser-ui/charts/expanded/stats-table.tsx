import { useEffect, useRef, useState } from 'react'
import { change } from '../../data/charts/compare.ts'
import { seriesStats, type SeriesStats } from '../../data/charts/series-stats.ts'
import type { ChartFrame } from '../../data/chart-frame.ts'
import { formatNumber, scaleFor } from '../../data/units.ts'

/** What the table shows: a frame in its span, and the same series of an earlier period. */
export interface StatsInput {
  readonly frame: ChartFrame
  readonly earlier: ChartFrame | undefined
  readonly fromS: number
  readonly toS: number
  readonly earlierSpan: readonly [number, number]
  readonly colors: ReadonlyMap<string, string>
}

type Row = Readonly<Record<'now' | 'min' | 'average' | 'max' | 'count' | 'before' | 'by' | 'share', string>>
const columns = [
  ['now', 'Now'],
  ['min', 'Min'],
  ['average', 'Average'],
  ['max', 'Max'],
  ['count', 'Values'],
] as const
const comparedColumns = [
  ['before', 'Average before'],
  ['by', 'Difference'],
  ['share', 'in %'],
] as const

/** What each series did in the window. Its numbers change every second, so they are written by hand, without React. */
export function StatsTable({
  units,
  isCompared,
  onInput,
}: {
  readonly units: string
  readonly isCompared: boolean
  /** Gives the function that shows an input. */
  readonly onInput: (show: ((input: StatsInput) => void) | undefined) => void
}) {
  const body = useRef<HTMLTableSectionElement>(null)
  const unitText = useRef<HTMLSpanElement>(null)
  const [series, setSeries] = useState<readonly { readonly id: string; readonly name: string; readonly color: string }[]>([])

  useEffect(() => {
    let key = ''
    onInput((input) => {
      const nextKey = [...input.colors].map(([id, color]) => `${id} ${color}`).join('\n')
      if (nextKey !== key) {
        key = nextKey
        const names = new Map(input.frame.series.map(({ dimensionId, name }) => [dimensionId, name]))
        setSeries([...input.colors].map(([id, color]) => ({ id, name: names.get(id) ?? id, color })))
      }
      const { rows, unit } = rowsOf(input, units)
      setText(unitText.current, unit)
      for (const element of body.current?.rows ?? []) {
        const row = rows.get(element.dataset['series'] ?? '')
        for (const cell of element.cells) {
          const name = cell.dataset['cell'] as keyof Row | undefined
          if (name !== undefined) setText(cell, row?.[name] ?? '–')
        }
      }
    })
    return () => onInput(undefined)
  }, [onInput, units])

  const shown = isCompared ? [...columns, ...comparedColumns] : columns
  return (
    <div className="value-scroll" tabIndex={0} role="region" aria-label="Values of each series in this window">
      <table className="value-table">
        <thead>
          <tr>
            <th scope="col">
              Series <span ref={unitText} className="value-unit" />
            </th>
            {shown.map(([id, title]) => (
              <th key={id} scope="col" className="is-number">
                {title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody ref={body}>
          {series.map(({ id, name, color }) => (
            <tr key={id} data-series={id}>
              <th scope="row" title={name}>
                <span className="value-swatch" style={{ backgroundColor: color }} />
                <span className="value-name">{name}</span>
              </th>
              {shown.map(([cell]) => (
                <td key={cell} data-cell={cell} className="is-number">
                  –
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

function rowsOf(input: StatsInput, units: string): { readonly rows: ReadonlyMap<string, Row>; readonly unit: string } {
  const own = seriesStats(input.frame, input.fromS, input.toS)
  const earlier = new Map<string, SeriesStats>()
  if (input.earlier !== undefined) {
    seriesStats(input.earlier, ...input.earlierSpan).forEach((stats, index) =>
      earlier.set(input.earlier?.series[index]?.dimensionId ?? '', stats),
    )
  }
  const scale = scaleFor(units, Math.max(0, ...own.flatMap(({ min, max }) => [Math.abs(min ?? 0), Math.abs(max ?? 0)])))
  const text = (value: number | undefined) => (value === undefined ? '–' : formatNumber(value * scale.factor))
  const signed = (value: number | undefined, words: string) => (value === undefined ? '–' : `${value > 0 ? '+' : ''}${words}`)
  const rows = new Map(
    own.map((stats, index): [string, Row] => {
      const id = input.frame.series[index]?.dimensionId ?? ''
      const before = earlier.get(id)?.average
      const { by, share } = change(stats.average, before)
      return [
        id,
        {
          now: text(stats.now),
          min: text(stats.min),
          average: text(stats.average),
          max: text(stats.max),
          count: String(stats.count),
          before: text(before),
          by: signed(by, text(by)),
          share: signed(share, `${formatNumber((share ?? 0) * 100)} %`),
        },
      ]
    }),
  )
  return { rows, unit: scale.label }
}

function setText(element: HTMLElement | null, text: string): void {
  if (element !== null && element.textContent !== text) element.textContent = text
}

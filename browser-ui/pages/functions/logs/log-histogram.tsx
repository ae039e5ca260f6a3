import { useMemo, useRef, useState, type KeyboardEvent, type PointerEvent } from 'react'
import type { LogHistogram as Histogram } from '../../../data/functions/log-answer.ts'
import { severityOfWord } from '../../../data/functions/severity.ts'
import { shownTime } from '../shown-text.ts'

const heightPx = 84

/** Entries over time, stacked by a facet; a click or a drag chooses a span, arrows and Enter do the same by keyboard. */
export function LogHistogram({
  histogram,
  onSelect,
}: {
  readonly histogram: Histogram
  readonly onSelect: (fromS: number, toS: number) => void
}) {
  const { timesMs, counts, labels, stepMs } = histogram
  const [span, setSpan] = useState<readonly [number, number]>()
  const box = useRef<HTMLDivElement>(null)
  const totals = useMemo(() => counts.map((slot) => slot.reduce((sum, count) => sum + count, 0)), [counts])
  const max = totals.reduce((most, total) => Math.max(most, total), 1)
  const last = timesMs.length - 1
  const paths = useMemo(() => stackedPaths(counts, labels.length, max), [counts, labels.length, max])

  const slotAt = (event: PointerEvent) => {
    const { left = 0, width = 1 } = box.current?.getBoundingClientRect() ?? {}
    return Math.max(0, Math.min(last, Math.floor(((event.clientX - left) / width) * timesMs.length)))
  }
  const choose = ([a, b]: readonly [number, number]) => {
    const from = timesMs[Math.min(a, b)]
    const to = timesMs[Math.max(a, b)]
    setSpan(undefined)
    if (from !== undefined && to !== undefined) onSelect(Math.floor(from / 1_000), Math.ceil((to + stepMs) / 1_000))
  }
  const onKeyDown = (event: KeyboardEvent) => {
    const [start, end] = span ?? [last, last]
    const to = (next: number) => {
      const slot = Math.max(0, Math.min(last, next))
      setSpan(event.shiftKey ? [start, slot] : [slot, slot])
    }
    if (event.key === 'ArrowLeft') to(span === undefined ? last : end - 1)
    else if (event.key === 'ArrowRight') to(end + 1)
    else if (event.key === 'Home') to(0)
    else if (event.key === 'End') to(last)
    else if (event.key === 'Enter' && span !== undefined) choose(span)
    else if (event.key === 'Escape' && span !== undefined) setSpan(undefined)
    else return
    event.preventDefault()
  }
  if (timesMs.length === 0) return null
  const [low, high] = span === undefined ? [0, 0] : [Math.min(...span), Math.max(...span)]
  const words =
    span === undefined
      ? ''
      : `${shownTime(timesMs[low])} to ${shownTime((timesMs[high] ?? 0) + stepMs)}: ${totals.slice(low, high + 1).reduce((sum, total) => sum + total, 0)} entries`
  return (
    <div className="fn-histogram">
      <div
        ref={box}
        className="fn-histogram-plot"
        role="application"
        aria-roledescription="histogram"
        aria-label={`Entries over time by ${histogram.name}. Arrows choose a span, Enter shows it.`}
        tabIndex={0}
        onKeyDown={onKeyDown}
        onBlur={() => setSpan(undefined)}
        onPointerDown={(event) => {
          event.currentTarget.setPointerCapture(event.pointerId)
          setSpan([slotAt(event), slotAt(event)])
        }}
        onPointerMove={(event) => {
          if (event.buttons === 1 && span !== undefined) setSpan([span[0], slotAt(event)])
        }}
        onPointerUp={() => span !== undefined && choose(span)}
        onPointerCancel={() => setSpan(undefined)}
      >
        <svg viewBox={`0 0 ${timesMs.length} ${heightPx}`} preserveAspectRatio="none" aria-hidden="true">
          {paths.map((path, place) => (
            <path key={labels[place]} d={path} {...colourOf(labels[place], place)} />
          ))}
          {span === undefined ? null : <rect className="fn-histogram-span" x={low} y={0} width={high - low + 1} height={heightPx} />}
        </svg>
      </div>
      <div className="fn-histogram-foot">
        <span>{shownTime(timesMs[0])}</span>
        <span className="fn-histogram-words" aria-live="polite">
          {words}
        </span>
        <span>{shownTime((timesMs[last] ?? 0) + stepMs)}</span>
      </div>
      <ul className="fn-legend" aria-label={`Colours: ${histogram.name}`}>
        {labels.slice(0, 12).map((label, place) => (
          <li key={label}>
            <span className="fn-swatch" {...colourOf(label, place)} aria-hidden="true" />
            <span className="fn-text">{label}</span>
          </li>
        ))}
        {labels.length > 12 ? <li>and {labels.length - 12} more</li> : null}
      </ul>
    </div>
  )
}

/** Words of severity have colours of their own, other labels those of the palette in turn. */
function colourOf(label: string | undefined, place: number) {
  const severity = severityOfWord(label)
  return severity === undefined ? { 'data-part': place % 6 } : { 'data-severity': severity }
}

/** One path a label: all its boxes, on top of those of the labels before. */
function stackedPaths(counts: readonly (readonly number[])[], labels: number, max: number): readonly string[] {
  const paths = Array.from({ length: labels }, () => [] as string[])
  counts.forEach((slot, x) => {
    let below = 0
    slot.forEach((count, label) => {
      if (count <= 0) return
      const height = (count / max) * heightPx
      paths[label]?.push(`M${x + 0.08} ${(heightPx - below).toFixed(2)}h.84v${(-height).toFixed(2)}h-.84z`)
      below += height
    })
  })
  return paths.map((parts) => parts.join(''))
}

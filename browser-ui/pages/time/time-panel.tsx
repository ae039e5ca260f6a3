import { useState, useSyncExternalStore, type FormEvent } from 'react'
import { readTimeEntry } from '../../data/time/time-entry.ts'
import { presets, type Timeline } from '../../data/time/timeline.ts'
import { pageClock } from '../../link/page-clock.ts'
import { useTimeFormat } from '../../ui/hooks.ts'
import { icons } from '../../ui/look/icons.tsx'
import { ZonePicker } from './zone-picker.tsx'

/** What stands behind the time bar: lengths on a phone, a span by two times, forced play, the time zone. */
export function TimePanel({ timeline, onDone }: { readonly timeline: Timeline; readonly onDone: () => void }) {
  const view = useSyncExternalStore(timeline.onChange, () => timeline.view)
  return (
    <div className="time-panel">
      <section className="time-panel-presets" aria-label="Length of the window">
        {presets.map(({ windowS, label }) => (
          <button
            key={windowS}
            type="button"
            className="button is-small"
            aria-pressed={view.windowS === windowS}
            onClick={() => timeline.setWindow(windowS)}
          >
            {label}
          </button>
        ))}
        <button type="button" className="button is-small" onClick={() => timeline.zoom(2)}>
          Zoom out
        </button>
      </section>
      <SpanForm timeline={timeline} onDone={onDone} />
      <label className="check-row">
        <input type="checkbox" checked={view.isForced} onChange={(event) => timeline.setForced(event.target.checked)} />
        <span>
          Keep playing
          <small>For wall screens: no pointer stops the charts.</small>
        </span>
      </label>
      <ZonePicker />
    </div>
  )
}

/** A span by its two ends, in the chosen time zone. */
function SpanForm({ timeline, onDone }: { readonly timeline: Timeline; readonly onDone: () => void }) {
  const format = useTimeFormat()
  const nowS = () => timeline.edgeS() || pageClock.nowMs() / 1000
  const ends = () => {
    const [fromS, toS] = timeline.span()
    return toS === 0 ? ([nowS() - timeline.view.windowS, nowS()] as const) : ([fromS, toS] as const)
  }
  // Times as such: the text follows when the zone changes, until a person writes another one.
  const [[fromS, toS]] = useState(ends)
  const [typed, setTyped] = useState<{ from?: string; to?: string }>({})
  const [problem, setProblem] = useState<{ text: string; field: 'from' | 'to' }>()
  const from = typed.from ?? format.field(fromS)
  const to = typed.to ?? format.field(toS)

  const submit = (event: FormEvent) => {
    event.preventDefault()
    const entry = readTimeEntry(from, to, format, nowS())
    if (entry.problem !== undefined) return setProblem({ text: entry.problem, field: entry.field })
    setProblem(undefined)
    timeline.show(...entry.span)
    onDone()
  }

  return (
    <form className="form span-form" onSubmit={submit} noValidate>
      {(['from', 'to'] as const).map((field) => (
        <label key={field}>
          {field === 'from' ? 'From' : 'To'}
          <input
            type="datetime-local"
            step="1"
            value={field === 'from' ? from : to}
            aria-invalid={problem?.field === field}
            aria-describedby={problem?.field === field ? 'span-problem' : undefined}
            onChange={(event) => setTyped({ ...typed, [field]: event.target.value })}
          />
        </label>
      ))}
      {problem === undefined ? null : (
        <p id="span-problem" className="form-error" role="alert">
          {icons.warning} <span>{problem.text}</span>
        </p>
      )}
      <button type="submit" className="button">
        Show this span
      </button>
    </form>
  )
}

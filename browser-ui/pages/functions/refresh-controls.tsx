import { useNow } from '../../ui/hooks.ts'
import { icons } from '../../ui/look/icons.tsx'
import { functionIcons } from './function-icons.tsx'
import type { Polling } from './use-function.ts'
import { useAfter } from './use-page-state.ts'

/** So long nobody needs to see that something is going on. */
const quietMs = 300

/** Pause, ask now, and how old what is shown is. */
export function RefreshControls({
  polling,
  isPaused,
  everyMs,
  onPause,
}: {
  readonly polling: Polling
  readonly isPaused: boolean
  readonly everyMs: number
  readonly onPause: (isPaused: boolean) => void
}) {
  const { state } = polling
  const isLate = useAfter(state.isAsking, quietMs)
  const stop = () => {
    polling.cancel()
    onPause(true)
  }
  return (
    <div className="fn-refresh" role="group" aria-label="Refresh">
      <button type="button" className="button is-small" aria-pressed={isPaused} onClick={() => onPause(!isPaused)}>
        {isPaused ? icons.play : icons.pause} {isPaused ? 'Resume' : 'Pause'}
      </button>
      <button type="button" className="button is-small" onClick={polling.refresh} disabled={isLate}>
        {functionIcons.refresh} Refresh now
      </button>
      {isLate ? (
        <button type="button" className="button is-small is-quiet" onClick={stop}>
          {icons.close} Stop asking
        </button>
      ) : (
        <Age answeredAtMs={state.answeredAtMs} isPaused={isPaused || state.isStopped} everyMs={everyMs} />
      )}
    </div>
  )
}

function Age({
  answeredAtMs,
  isPaused,
  everyMs,
}: {
  readonly answeredAtMs: number | undefined
  readonly isPaused: boolean
  readonly everyMs: number
}) {
  useNow(1_000)
  if (answeredAtMs === undefined) return null
  const ageS = Math.max(0, Math.floor((performance.now() - answeredAtMs) / 1_000))
  const age = ageS < 2 ? 'Just now' : ageS < 120 ? `${ageS} s ago` : `${Math.floor(ageS / 60)} min ago`
  return (
    <span className="fn-age" data-age={ageS}>
      {age}
      <span className="fn-pace">{isPaused ? ' · not renewed' : ` · every ${Math.max(1, Math.round(everyMs / 1_000))} s`}</span>
    </span>
  )
}

/** A thin line while something that takes longer is asked; it takes no room of its own. */
export function ProgressLine({ isOn }: { readonly isOn: boolean }) {
  const isLate = useAfter(isOn, quietMs)
  return (
    <div className="fn-progress" role="progressbar" aria-label="Asking the agent" aria-hidden={!isLate} data-on={isLate}>
      <span />
    </div>
  )
}

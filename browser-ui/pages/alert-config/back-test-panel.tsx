import { useEffect, useRef, useState } from 'react'
import { ThroughlineError } from '../../../src/errors/throughline-error.ts'
import type { AlertRule } from '../../../src/health/alert-document.ts'
import { RuleError } from '../../../src/health/compile-rule.ts'
import {
  backTestLimits,
  backTestSpans,
  caveatWords,
  runBackTest,
  type BackTest,
  type BackTestProgress,
  type BackTestResult,
} from '../../data/alert-config/back-test.ts'
import { formatDuration } from '../../data/units.ts'
import { useTimeFormat } from '../../ui/hooks.ts'
import { icons } from '../../ui/look/icons.tsx'
import { useServices } from '../../ui/services.ts'
import { BackTestChart } from './back-test-chart.tsx'
import type { RulePlace } from './use-rule-place.ts'

interface BackTestPanelProps {
  /** Undefined while it is not whole. */
  readonly rule: AlertRule | undefined
  readonly place: RulePlace
}

interface Outcome {
  readonly rule: AlertRule
  readonly test: BackTest
  readonly fromS: number
  readonly toS: number
}

const listedSpans = 50

/** Judges the rule by what agents remember: how often it would have fired, when, and what it cannot know. Values stay in the page. */
export function BackTestPanel({ rule, place }: BackTestPanelProps) {
  const { live } = useServices()
  const [spanS, setSpanS] = useState<number>(backTestSpans[1].spanS)
  const [chosen, setChosen] = useState<ReadonlySet<string>>()
  const [progress, setProgress] = useState<BackTestProgress>()
  const [outcome, setOutcome] = useState<Outcome>()
  const [error, setError] = useState<string>()
  const abort = useRef<AbortController>(undefined)
  useEffect(() => () => abort.current?.abort(), [])

  const usable = place.candidates.filter(({ state }) => state === 'live')
  const picked = usable.filter(({ nodeId }) => chosen?.has(nodeId) ?? nodeId === place.node?.nodeId).slice(0, backTestLimits.nodes)

  const start = async () => {
    if (rule === undefined) return
    abort.current?.abort()
    const own = new AbortController()
    abort.current = own
    setError(undefined)
    setOutcome(undefined)
    setProgress({ done: 0, total: picked.length })
    const nowS = Math.floor(Date.now() / 1000)
    try {
      const test = await runBackTest(
        {
          client: live,
          onProgress: (next) => own === abort.current && setProgress(next),
          rest: () => new Promise((go) => window.setTimeout(go)),
        },
        { rule, nodes: picked, spanS, nowS },
        own.signal,
      )
      if (own === abort.current) setOutcome({ rule, test, fromS: nowS - spanS, toS: nowS })
    } catch (thrown) {
      if (own !== abort.current || own.signal.aborted) return
      setError(thrown instanceof RuleError || thrown instanceof ThroughlineError ? thrown.message : 'The back-test did not come to an end.')
    } finally {
      if (own === abort.current) setProgress(undefined)
    }
  }
  const stop = () => {
    abort.current?.abort()
    abort.current = undefined
    setProgress(undefined)
  }
  return (
    <div className="back-test">
      <p className="settings-note">
        Asks the agents for what they remember and works the rule out over it, here in the page. Nothing of it is kept.
      </p>
      <form
        className="panel-tools"
        onSubmit={(event) => {
          event.preventDefault()
          void start()
        }}
      >
        <label>
          <span>Over the last</span>
          <select className="select" value={spanS} onChange={(event) => setSpanS(Number(event.target.value))}>
            {backTestSpans.map((span) => (
              <option key={span.spanS} value={span.spanS}>
                {span.title}
              </option>
            ))}
          </select>
        </label>
        {usable.length > 1 ? (
          <details className="panel-nodes">
            <summary>
              On {picked.length} {picked.length === 1 ? 'node' : 'nodes'}
            </summary>
            <ul>
              {usable.slice(0, 100).map(({ nodeId, hostname }) => {
                const isIn = picked.some((node) => node.nodeId === nodeId)
                return (
                  <li key={nodeId}>
                    <label className="tick">
                      <input
                        type="checkbox"
                        checked={isIn}
                        disabled={!isIn && picked.length >= backTestLimits.nodes}
                        onChange={(event) => {
                          const next = new Set(picked.map((node) => node.nodeId))
                          if (event.target.checked) next.add(nodeId)
                          else next.delete(nodeId)
                          setChosen(next)
                        }}
                      />
                      <span>{hostname}</span>
                    </label>
                  </li>
                )
              })}
            </ul>
            <p className="settings-note">At most {backTestLimits.nodes} at once.</p>
          </details>
        ) : null}
        <button type="submit" className="button" disabled={rule === undefined || picked.length === 0 || progress !== undefined}>
          {outcome === undefined ? 'Back-test' : 'Back-test again'}
        </button>
        {progress === undefined ? null : (
          <button type="button" className="button is-quiet" onClick={stop}>
            Stop
          </button>
        )}
      </form>
      {rule === undefined ? <p className="settings-note">First mend what is wrong with it.</p> : null}
      {rule !== undefined && picked.length === 0 ? <p className="settings-note">No node that is live collects this now.</p> : null}
      {progress === undefined ? null : (
        <p className="back-test-progress" role="status">
          <progress max={Math.max(1, progress.total)} value={progress.done} aria-label="Progress of the back-test" />
          Asking: {progress.done} of {progress.total} answers
        </p>
      )}
      {error === undefined ? null : (
        <p className="form-error" role="alert">
          {icons.warning} <span>{error}</span>
        </p>
      )}
      {outcome === undefined ? null : <OutcomeView outcome={outcome} isOld={rule !== undefined && outcome.rule !== rule} />}
    </div>
  )
}

function OutcomeView({ outcome: { rule, test, fromS, toS }, isOld }: { readonly outcome: Outcome; readonly isOld: boolean }) {
  const { results, gaps, leftOut } = test
  const sorted = results.toSorted((a, b) => b.verdict.raised.length - a.verdict.raised.length || b.verdict.raisedS - a.verdict.raisedS)
  const [chosen, setChosen] = useState<string>()
  const keyOf = ({ node, chartId }: BackTestResult) => `${node.nodeId} ${chartId}`
  const shown = sorted.find((result) => keyOf(result) === chosen) ?? sorted[0]
  const fired = results.reduce((sum, { verdict }) => sum + verdict.raised.length, 0)
  const told = results.reduce((sum, { verdict }) => sum + verdict.changes.filter(({ isTold }) => isTold).length, 0)
  const several = new Set(results.map(({ node }) => node.nodeId)).size > 1
  const caveats = caveatWords(results)
  const knownFromS = results.reduce((least, result) => Math.min(least, result.knownFromS ?? least), Number.POSITIVE_INFINITY)
  const shortByS = Number.isFinite(knownFromS) ? knownFromS - fromS : 0
  return (
    <div data-back-test={results.length} data-fired={fired}>
      {results.length === 0 ? null : (
        <p className="back-test-sum" role="status">
          <strong>
            It would have fired {fired} {fired === 1 ? 'time' : 'times'}
          </strong>{' '}
          on {results.length} {results.length === 1 ? 'instance' : 'instances'} in {formatDuration(toS - Math.max(fromS, knownFromS))}, and
          told of {told} {told === 1 ? 'change' : 'changes'}.{isOld ? ' The rule was changed since.' : ''}
        </p>
      )}
      {shown === undefined ? null : (
        <>
          {results.length > 1 ? (
            <ul className="back-test-instances" aria-label="Instances">
              {sorted.map((result) => (
                <li key={keyOf(result)}>
                  <button
                    type="button"
                    className="chip"
                    aria-pressed={result === shown}
                    title={`${result.node.hostname} · ${result.chartId}`}
                    onClick={() => setChosen(keyOf(result))}
                  >
                    {several ? `${result.node.hostname}: ` : ''}
                    {result.label} <strong>{result.verdict.raised.length}</strong>
                    <span className="visually-hidden"> times</span>
                  </button>
                </li>
              ))}
            </ul>
          ) : null}
          <BackTestChart key={keyOf(shown)} rule={rule} result={shown} fromS={Math.max(fromS, shown.knownFromS ?? fromS)} toS={toS} />
          <RaisedList result={shown} toS={toS} />
        </>
      )}
      {shortByS > 60 && results.length > 0 ? (
        <p className="settings-note">
          The agents remember {formatDuration(toS - knownFromS)} of the {formatDuration(toS - fromS)} that were asked for.
        </p>
      ) : null}
      {leftOut > 0 ? (
        <p className="settings-note">
          {leftOut} more instances were left out; a node is judged by {backTestLimits.instancesPerNode} at once.
        </p>
      ) : null}
      {gaps.map(({ node, text }, index) => (
        <p key={index} className="settings-note" data-gap={node.hostname}>
          <strong>{node.hostname}</strong> was not judged. {text}
        </p>
      ))}
      {caveats.length === 0 ? null : (
        <details className="back-test-caveats">
          <summary>What this cannot know</summary>
          <ul>
            {caveats.map((text) => (
              <li key={text}>{text}</li>
            ))}
          </ul>
        </details>
      )}
    </div>
  )
}

const marks = { warning: '▲', critical: '◆' } as const

function RaisedList({ result, toS }: { readonly result: BackTestResult; readonly toS: number }) {
  const format = useTimeFormat()
  const { raised } = result.verdict
  if (raised.length === 0) return <p className="settings-note">{result.label} would have stayed quiet.</p>
  const shown = raised.slice(-listedSpans).toReversed()
  return (
    <>
      <ol className="back-test-spans" aria-label={`When ${result.label} would have been raised, newest first`}>
        {shown.map(({ fromS, toS: endS, status }) => (
          <li key={fromS} data-severity={status}>
            <span className="severity" data-severity={status}>
              <span aria-hidden="true">{marks[status]}</span> {status}
            </span>
            <span>{endS === undefined ? `${format.moment(fromS, toS)} until now` : format.span(fromS, endS, toS)}</span>
            <span className="back-test-length">{formatDuration((endS ?? toS) - fromS)}</span>
          </li>
        ))}
      </ol>
      {raised.length > shown.length ? (
        <p className="settings-note">
          The newest {shown.length} of {raised.length} are listed.
        </p>
      ) : null}
    </>
  )
}

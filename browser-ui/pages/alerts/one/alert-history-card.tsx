import { lengthText } from '../../../data/time/format-time.ts'
import { stripSpans, type AlertChange } from '../../../data/alerts/alert-history.ts'
import type { NodeDetails } from '../../../link/api.ts'
import { useNow, useTimeFormat } from '../../../ui/hooks.ts'
import { icons } from '../../../ui/look/icons.tsx'
import { Skeleton } from '../../../ui/look/parts.tsx'
import { SeverityMark, statusWord } from '../../../ui/look/severity-mark.tsx'
import type { MergedAlert } from './merged-alert.ts'
import type { AlertHistory } from './use-alert-history.ts'

const stripLeastS = 3_600

interface HistoryCardProps {
  readonly alert: MergedAlert
  readonly node: NodeDetails
  readonly history: AlertHistory
  readonly isAskable: boolean
  readonly chosenS: number | undefined
  readonly onChoose: (whenS: number) => void
}

/** What became of the alert, as its agent remembers it: a strip and a table. The cloud keeps no value of it. */
export function AlertHistoryCard({ alert, node, history, isAskable, chosenS, onChoose }: HistoryCardProps) {
  const { changes, trouble, isAsking, loadOlder } = history
  return (
    <section className="card alert-history" aria-labelledby="alert-history-title">
      <div className="side-head">
        <h2 id="alert-history-title">History</h2>
        <span className="alert-since">asked from the agent, kept nowhere</span>
      </div>
      {!isAskable ? (
        <p className="alert-history-note" role="note">
          {icons.info}{' '}
          {node.state === 'live'
            ? 'No agent can be asked about this node now.'
            : `${node.hostname} is silent. Its agent keeps the history and tells it when it is back.`}
        </p>
      ) : trouble !== undefined ? (
        <p className="alert-history-note" role="note">
          {icons.info} {trouble}
        </p>
      ) : null}
      {changes === undefined ? (
        isAskable && trouble === undefined ? (
          <Skeleton lines={3} label="Asking the agent" />
        ) : null
      ) : changes.length === 0 ? (
        <p className="alert-history-note">The agent remembers no change of this alert.</p>
      ) : (
        <>
          <HistoryStrip changes={changes} name={alert.name} />
          <HistoryTable changes={changes} chosenS={chosenS} onChoose={onChoose} />
        </>
      )}
      {changes === undefined || changes.length === 0 ? null : loadOlder === undefined ? (
        <p className="alert-history-note">This is all the agent remembers.</p>
      ) : (
        <button type="button" className="button is-small" disabled={isAsking} onClick={loadOlder}>
          {isAsking ? 'Asking the agent…' : 'Older changes'}
        </button>
      )}
    </section>
  )
}

/** How it stood over time: each status with a height of its own, so that no colour is needed. */
function HistoryStrip({ changes, name }: { readonly changes: readonly AlertChange[]; readonly name: string }) {
  const nowS = Math.floor(useNow(10_000) / 1000)
  const format = useTimeFormat()
  const oldest = changes.at(-1)
  const firstS = oldest === undefined ? nowS : oldest.whenS - (oldest.durationS ?? 0)
  const fromS = Math.min(Math.max(firstS, (oldest?.whenS ?? nowS) - 86_400), nowS - stripLeastS)
  const spans = stripSpans(changes, fromS, nowS)
  const emptyS = (spans[0]?.fromS ?? nowS) - fromS
  return (
    <figure className="alert-strip">
      <div role="img" aria-label={`How ${name} stood from ${format.span(fromS, nowS, nowS)}; the table below says it in words`}>
        {emptyS > 0 ? <span className="strip-span" data-severity="none" style={{ flexGrow: emptyS }} /> : null}
        {spans.map(({ status, fromS: beginS, toS }) => (
          <span
            key={beginS}
            className="strip-span"
            data-severity={status}
            style={{ flexGrow: toS - beginS }}
            title={`${statusWord(status)}, ${format.span(beginS, toS, nowS)}`}
          />
        ))}
      </div>
      <figcaption>
        <span>{format.moment(fromS, nowS, false)}</span>
        <span>now</span>
      </figcaption>
    </figure>
  )
}

function HistoryTable({
  changes,
  chosenS,
  onChoose,
}: {
  readonly changes: readonly AlertChange[]
  readonly chosenS: number | undefined
  readonly onChoose: (whenS: number) => void
}) {
  const nowS = useNow(30_000) / 1000
  const format = useTimeFormat()
  return (
    <div className="alert-history-scroll" tabIndex={0} role="region" aria-label="Changes of this alert">
      <table className="alert-history-table">
        <thead>
          <tr>
            <th scope="col">When</th>
            <th scope="col">Change</th>
            <th scope="col">Value</th>
            <th scope="col">Was so for</th>
          </tr>
        </thead>
        <tbody>
          {changes.map(({ key, whenS, status, oldStatus, value, oldValue, durationS, note }) => (
            <tr key={key} data-chosen={whenS === chosenS || undefined}>
              <td>
                <button type="button" className="link-button" aria-pressed={whenS === chosenS} onClick={() => onChoose(whenS)}>
                  {format.moment(whenS, nowS)}
                  <span className="visually-hidden">, show the chart around it</span>
                </button>
              </td>
              <td>
                <span className="alert-change">
                  <SeverityMark status={oldStatus} isWordShown /> <span aria-label="to">→</span>{' '}
                  <SeverityMark status={status} isWordShown />
                </span>
                {note === '' ? null : <span className="alert-since"> {note}</span>}
              </td>
              <td>
                {value === '' ? '–' : value}
                {oldValue === '' || oldValue === value ? null : <span className="alert-since"> was {oldValue}</span>}
              </td>
              <td>{durationS === undefined || durationS <= 0 ? '–' : lengthText(durationS)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

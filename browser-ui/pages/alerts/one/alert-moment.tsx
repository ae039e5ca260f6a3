import { useMemo, useState } from 'react'
import type { NodeDetails } from '../../../link/api.ts'
import { useMetricsDeck } from '../../dashboard/use-metrics-deck.ts'
import { TimeBar } from '../../time/time-bar.tsx'
import { useTimeline } from '../../time/use-timeline.ts'
import { AlertChart } from './alert-chart.tsx'
import { AlertHistoryCard } from './alert-history-card.tsx'
import type { MergedAlert } from './merged-alert.ts'
import { useAlertHistory } from './use-alert-history.ts'
import { useStoredContexts } from './use-stored-contexts.ts'

/** How much is shown before and after a moment, until somebody chooses. */
const aroundS = 900

/** The chart around the moment, the span of time, and what became of the alert. */
export function AlertMoment({
  alert,
  node,
  isAskable,
}: {
  readonly alert: MergedAlert
  readonly node: NodeDetails
  readonly isAskable: boolean
}) {
  const first = alert.whenS > 0 ? alert.whenS : Date.now() / 1000
  const timeline = useTimeline([first - aroundS, first + aroundS])
  const [chosenS, setChosenS] = useState<number | undefined>(alert.whenS > 0 ? alert.whenS : undefined)
  const nodes = useMemo(() => [node], [node])
  const stored = useStoredContexts(alert.nodeId)
  const deck = useMetricsDeck(timeline, nodes, stored)
  const history = useAlertHistory(alert, isAskable, `${alert.lastStatus} ${alert.whenS}`)
  const choose = (whenS: number) => {
    setChosenS(whenS)
    const { windowS } = timeline.view
    timeline.show(whenS - windowS / 2, whenS + windowS / 2)
  }
  return (
    <div className="alert-moment">
      <TimeBar timeline={timeline} isFlowing={isAskable} nodeZone={node.timezone} />
      <AlertChart alert={alert} deck={deck} chosenS={chosenS} changes={history.changes ?? []} isAskable={isAskable} onChoose={choose} />
      <AlertHistoryCard alert={alert} node={node} history={history} isAskable={isAskable} chosenS={chosenS} onChoose={choose} />
    </div>
  )
}

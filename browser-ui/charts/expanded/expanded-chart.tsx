import './expanded.css'
import { Tabs } from 'radix-ui'
import { useCallback, useEffect, useRef, useState, useSyncExternalStore } from 'react'
import type { Role } from '../../../src/domain/model.ts'
import type { CardSettings } from '../../data/charts/card-settings.ts'
import { inWindow } from '../../data/charts/in-window.ts'
import { alignFrame, comparisons, type ComparisonId } from '../../data/charts/compare.ts'
import { isoTime } from '../../data/charts/iso-time.ts'
import type { ChartFrame } from '../../data/chart-frame.ts'
import type { ContextSummary } from '../../data/feed/catalogue.ts'
import type { AskedCall, MetricsFrame } from '../../data/metrics/metrics-feed.ts'
import { wizardPath } from '../../data/alert-config/rule-draft.ts'
import { Link } from 'wouter'
import { useSpaceIfAny } from '../../ui/spaces/space.ts'
import { Dialog } from '../../ui/overlays/dialog.tsx'
import { icons } from '../../ui/look/icons.tsx'
import { timeZone } from '../../ui/account/time-zone.ts'
import { chartColors } from '../chart-colors.ts'
import { ChartStage } from '../chart-stage.tsx'
import { ChartControls } from '../controls/chart-controls.tsx'
import { PortalContext } from '../controls/portal.ts'
import type { Deck } from '../deck.ts'
import { useMountedChart } from '../use-mounted-chart.ts'
import { CallPanel } from './call-panel.tsx'
import { saveImage, saveRows, type ChartFiles } from './chart-files.ts'
import { RowsTable } from './rows-table.tsx'
import { StatsTable, type StatsInput } from './stats-table.tsx'
import { useComparison } from './use-comparison.ts'

interface ExpandedChartProps {
  readonly deck: Deck
  readonly context: ContextSummary
  readonly settings: CardSettings
  readonly onSettings: (contextId: string, settings: CardSettings) => void
  /** Which panel is open: `values`, `rows` or `call`. */
  readonly panel: string | undefined
  readonly onPanel: (panel: string) => void
  readonly onClose: () => void
}

const panels = [
  ['values', 'Values'],
  ['rows', 'Values by time'],
  ['call', 'API call'],
] as const
const comparedPoints = 600

/** Who may make alerts; the cloud decides, this only leaves out what it would refuse. */
const mayChangeAlerts = (role: Role | undefined) => role === 'admin' || role === 'manager'

/** One chart large, with its values, an earlier period beside it, its files and the call behind it. Shares the page's time. */
export function ExpandedChart({ deck, context, settings, onSettings, panel, onPanel, onClose }: ExpandedChartProps) {
  const { feed } = deck
  const newest = useRef<MetricsFrame>(undefined)
  const showStats = useRef<(input: StatsInput) => void>(undefined)
  const [portal, setPortal] = useState<HTMLElement | null>(null)
  const [comparison, setComparison] = useState<ComparisonId>()
  const [taken, setTaken] = useState<ChartFrame>()
  const [calls, setCalls] = useState<readonly AskedCall[]>([])
  const status = useSyncExternalStore(feed.onStatus, () => feed.status)
  const { card, plotHost, legendHost, unitLabel, timeLabel, volumeLabel, chart, choice, kind, hidden, theme, reason } = useMountedChart({
    deck,
    context,
    settings,
    onSettings,
    isWorking: true,
    onFrame(frame) {
      newest.current = frame
      // The first frame is what the tables start with; later ones come when a person asks for them.
      setTaken((before) => before ?? inWindow(frame, feed.timeline.span()))
      tellStats(frame)
    },
    comparedTo: (frame) => earlier.frame && alignFrame(frame, earlier.frame, earlier.shiftS),
  })
  const space = useSpaceIfAny()
  const alertHref = () => {
    const { nodeIds, instances, dimensions } = choice
    const nodes = nodeIds ?? status.nodes.map(({ nodeId }) => nodeId)
    return wizardPath({
      nodeId: nodes.length === 1 ? nodes[0] : undefined,
      context: context.id,
      instance: instances?.length === 1 ? instances[0] : undefined,
      dimensions: dimensions ?? [],
      units: context.units,
    })
  }
  const earlier = useComparison(deck, choice, comparison, comparedPoints)
  const title = context.title || context.id
  const compared = useRef(earlier)
  compared.current = earlier

  const tellStats = useCallback(
    (frame: MetricsFrame) => {
      const [fromS, toS] = feed.timeline.span()
      const { frame: before, shiftS } = compared.current
      const colors = chart.current?.colors() ?? new Map<string, string>()
      showStats.current?.({ frame, earlier: before, fromS, toS, earlierSpan: [fromS - shiftS, toS - shiftS], colors })
    },
    [feed, chart],
  )
  const onInput = useCallback(
    (show: ((input: StatsInput) => void) | undefined) => {
      showStats.current = show
      if (newest.current !== undefined) tellStats(newest.current)
    },
    [tellStats],
  )

  useEffect(() => setTaken(undefined), [choice])
  // Another earlier period is drawn at once, not with the next second.
  useEffect(() => deck.invalidate(), [deck, earlier.frame])
  useEffect(() => {
    if (panel === 'call') setCalls(feed.calls(choice, plotHost.current?.clientWidth ?? comparedPoints))
  }, [feed, choice, panel, status, plotHost])

  const files = (): ChartFiles | undefined =>
    newest.current && {
      context,
      frame: newest.current,
      span: feed.timeline.span(),
      choice,
      kind,
      nodes: status.nodes,
      hidden,
      comparison: earlier.frame === undefined ? undefined : { id: comparison, frame: earlier.frame, shiftS: earlier.shiftS },
      colors: chartColors[theme],
      seriesColors: chart.current?.colors() ?? new Map<string, string>(),
    }

  return (
    <Dialog title={title} onClose={onClose}>
      <PortalContext value={portal}>
        <div
          className="expanded chart-card"
          ref={(element) => {
            card.current = element
            setPortal(element)
          }}
          data-expanded={context.id}
        >
          <div className="expanded-bar">
            <code className="expanded-id">{context.id}</code>
            <span ref={unitLabel} className="chart-unit">
              {context.units}
            </span>
            <time ref={timeLabel} className="chart-time" />
            <label className="expanded-compare">
              Compare with
              <select
                value={comparison ?? ''}
                onChange={(event) => setComparison(comparisons.find(({ id }) => id === event.target.value)?.id)}
              >
                <option value="">nothing</option>
                {comparisons.map(({ id, title: words }) => (
                  <option key={id} value={id}>
                    {words.charAt(0).toLowerCase() + words.slice(1)}
                  </option>
                ))}
              </select>
            </label>
            {mayChangeAlerts(space?.role) && kind !== 'heatmap' ? (
              <Link className="button is-small" href={alertHref()}>
                {icons.bell} Create alert
              </Link>
            ) : null}
            <button type="button" className="button is-small" onClick={() => saveRows(files())}>
              {icons.download} CSV
            </button>
            <button type="button" className="button is-small" onClick={() => saveImage(files())}>
              {icons.download} PNG
            </button>
          </div>
          <div className="chart-controls">
            <ChartControls deck={deck} context={context} settings={settings} onSettings={onSettings} />
            <span ref={volumeLabel} className="chart-volume" />
          </div>
          <ChartStage title={title} plotHost={plotHost} legendHost={legendHost} reason={reason} />
          {comparison === undefined ? null : (
            <p className="expanded-note" role="status">
              {earlier.isLoading && earlier.frame === undefined
                ? 'Asking for the earlier period…'
                : (earlier.trouble ?? 'The earlier period is drawn dashed, at the times of this one.')}
            </p>
          )}
          <Tabs.Root value={panels.some(([id]) => id === panel) ? (panel ?? 'values') : 'values'} onValueChange={onPanel}>
            <Tabs.List className="expanded-tabs" aria-label="About this chart">
              {panels.map(([id, words]) => (
                <Tabs.Trigger key={id} value={id}>
                  {words}
                </Tabs.Trigger>
              ))}
            </Tabs.List>
            <Tabs.Content value="values">
              <StatsTable units={context.units} isCompared={comparison !== undefined} onInput={onInput} />
            </Tabs.Content>
            <Tabs.Content value="rows">
              <RowsTable
                frame={taken}
                timeText={(timeS) => isoTime(timeS, timeZone.format.offsetS(timeS)).replace('T', ' ')}
                onRenew={() => setTaken(newest.current && inWindow(newest.current, feed.timeline.span()))}
              />
            </Tabs.Content>
            <Tabs.Content value="call">
              <CallPanel calls={calls} nodes={status.nodes} />
            </Tabs.Content>
          </Tabs.Root>
        </div>
      </PortalContext>
    </Dialog>
  )
}

import type { ChartKind } from '../../data/charts/card-settings.ts'
import { chartCsv, fileNameOf } from '../../data/charts/chart-csv.ts'
import { alignFrame, comparisons, type ComparisonId } from '../../data/charts/compare.ts'
import { aggregationWords, counted, groupWord } from '../../data/charts/facet-words.ts'
import { inWindow } from '../../data/charts/in-window.ts'
import { isoTime } from '../../data/charts/iso-time.ts'
import type { ContextSummary } from '../../data/feed/catalogue.ts'
import type { ChartChoice, FeedNode, MetricsFrame } from '../../data/metrics/metrics-feed.ts'
import { timeAxis } from '../../data/time/time-axis.ts'
import { saveCsv, saveFile } from '../../ui/save-file.ts'
import { timeZone } from '../../ui/account/time-zone.ts'
import type { ChartColors } from '../chart-colors.ts'
import { imageSize, paintImage } from './paint-image.ts'

/** What is on screen of a chart, to be kept as a file. */
export interface ChartFiles {
  readonly context: ContextSummary
  readonly frame: MetricsFrame
  readonly span: readonly [number, number]
  readonly choice: ChartChoice
  readonly kind: ChartKind
  readonly nodes: readonly FeedNode[]
  readonly hidden: readonly string[]
  readonly comparison: { readonly id: ComparisonId | undefined; readonly frame: MetricsFrame; readonly shiftS: number } | undefined
  readonly colors: ChartColors
  readonly seriesColors: ReadonlyMap<string, string>
}

/** Room for one label of the time axis of an image. */
const labelPx = 130
const iso = (timeS: number) => isoTime(timeS, timeZone.format.offsetS(timeS))

/** Hands the rows of the window over as CSV; nothing while there is no chart. */
export function saveRows(files: ChartFiles | undefined): void {
  if (files === undefined) return
  const { context, frame, span } = files
  const text = chartCsv(inWindow(frame, span), context.units, iso)
  saveCsv(fileNameOf(context.id, iso(span[1]), 'csv'), text)
}

/** Hands the chart over as a PNG; nothing while there is no chart. */
export function saveImage(files: ChartFiles | undefined): void {
  if (files === undefined) return
  const { context, frame, comparison, span } = files
  const [fromS, toS] = span
  const canvas = paintImage({
    title: context.title || context.id,
    subtitle: subtitleOf(files),
    units: context.units,
    kind: files.kind,
    frame,
    compared: comparison && alignFrame(frame, comparison.frame, comparison.shiftS),
    hidden: new Set(files.hidden),
    fromS,
    toS,
    axis: timeAxis(fromS, toS, Math.floor(imageSize.width / labelPx), timeZone.format),
    colors: files.colors,
    seriesColors: files.seriesColors,
  })
  canvas.toBlob((blob) => {
    if (blob !== null) saveFile(fileNameOf(context.id, iso(toS), 'png'), blob)
  }, 'image/png')
}

function subtitleOf({ context, choice, nodes, span: [fromS, toS], comparison }: ChartFiles): string {
  const { format } = timeZone
  const only = nodes.length === 1 ? nodes[0]?.hostname : undefined
  const groups = choice.groupBy.map((group) => groupWord(group, context.id)).join(', ')
  const compared = comparisons.find(({ id }) => id === comparison?.id)
  return [
    only ?? counted(choice.nodeIds?.length ?? nodes.length, ['node', 'nodes']),
    `${aggregationWords[choice.aggregation].toLowerCase()} by ${groups}`,
    `${format.span(fromS, toS, Date.now() / 1000)} ${format.offsetText(toS)}`,
    ...(compared === undefined ? [] : [`dashed: ${compared.title.toLowerCase()}`]),
  ].join(' · ')
}

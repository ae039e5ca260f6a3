import type { SimulatedContext, SimulatedHost, SimulatedInstance } from './host.ts'
import { answerWindow, meanOfRow } from './window.ts'
import { matcher } from './pattern.ts'

interface Column {
  readonly context: SimulatedContext
  readonly instance: SimulatedInstance
  readonly dimensionId: string
}

/** `/api/v1/data` with jsonwrap (agent-api §6): newest row first, columns keyed by chart and dimension; a number is the refusing status. */
export function dataV1(host: SimulatedHost, query: URLSearchParams, nowS: number): object | number {
  if (!query.has('context') && !query.has('chart')) return 400
  const isContext = matcher(query.get('context') ?? '*')
  const isChart = matcher(query.get('chart') ?? '*')
  const isDimension = matcher(query.get('dimensions') ?? query.get('dimension') ?? '*')
  const columns = host.contexts
    .filter(({ id }) => isContext(id))
    .flatMap((context) =>
      context.instances
        .filter(({ chartId }) => isChart(chartId))
        .flatMap((instance) =>
          context.dimensions.filter(({ id }) => isDimension(id)).map(({ id }): Column => ({ context, instance, dimensionId: id })),
        ),
    )
  if (columns.length === 0) return 404
  const updateEveryS = Math.min(...columns.map(({ context }) => context.updateEveryS))
  const { stepS, timesS } = answerWindow(query, updateEveryS, nowS)
  const valueOf = ({ context, instance, dimensionId }: Column, timeS: number) => {
    const pace = context.updateEveryS
    // A slow collector has a sample in its own seconds only (agent-api §7 rule 9).
    const sample = (at: number) => (at % pace === 0 ? host.value(context, instance, dimensionId, at) : Number.NaN)
    return meanOfRow(sample, timeS, stepS, updateEveryS)
  }
  const data = timesS.map((timeS) => [timeS, ...columns.map((column) => valueOf(column, timeS))]).reverse()
  const last = timesS.at(-1) ?? nowS
  return {
    api: 1,
    view_update_every: stepS,
    update_every: updateEveryS,
    after: (timesS[0] ?? last) - stepS + 1,
    before: last,
    dimension_names: columns.map(({ dimensionId }) => dimensionId),
    dimension_ids: columns.map(({ dimensionId }) => dimensionId),
    chart_ids: columns.map(({ instance }) => instance.chartId),
    latest_values: columns.map(({ context, instance, dimensionId }) =>
      host.value(context, instance, dimensionId, Math.floor(last / context.updateEveryS) * context.updateEveryS),
    ),
    dimensions: columns.length,
    points: data.length,
    format: 'json',
    result: { labels: ['time', ...columns.map(({ dimensionId }) => dimensionId)], data },
  }
}

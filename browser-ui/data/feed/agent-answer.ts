import { ThroughlineError } from '../../../src/errors/throughline-error.ts'
import { isRowTime, rowStepS } from '../../../src/live/row-times.ts'
import { isObject, listOf } from '../json.ts'

/** One series of a data answer. A NaN value is a gap. */
export interface AnswerColumn {
  /** The instance it belongs to; undefined when the agent named none (agent-api §6.2: one chart asked by id). */
  readonly chartId: string | undefined
  readonly dimensionId: string
  readonly name: string
  readonly values: Float64Array
  /** The newest stored value of the metric, even when no row of this answer holds it; NaN when unknown. */
  readonly latest: number
}

/** A data answer in columns, oldest row first. Times are epoch seconds, the end of each interval. */
export interface DataAnswer {
  /** Seconds between two rows of this answer. */
  readonly stepS: number
  readonly timesS: Float64Array
  readonly columns: readonly AnswerColumn[]
}

const numberOr = (value: unknown, fallback: number): number => (typeof value === 'number' && Number.isFinite(value) ? value : fallback)
const textOr = (value: unknown, fallback: string): string => (typeof value === 'string' ? value : fallback)

/** Reads a `format=json&options=jsonwrap` answer of `/api/v1/data` (agent-api §6.2). Throws AGENT_PROTOCOL for any other text. */
export function parseDataAnswer(text: string): DataAnswer {
  const answer = parseObject(text)
  const result = answer['result']
  if (!isObject(result) || !Array.isArray(result['labels']) || !Array.isArray(result['data'])) throw unreadable()
  const labels = result['labels'].slice(1)
  const rows = result['data']
    .filter((row): row is unknown[] => Array.isArray(row) && isRowTime(row[0]))
    .sort((a, b) => Number(a[0]) - Number(b[0]))
  const [chartIds, dimensionIds, names, latest] = ['chart_ids', 'dimension_ids', 'dimension_names', 'latest_values'].map((field) =>
    listOf(answer[field]),
  )
  const columns = labels.map((label, index): AnswerColumn => {
    const bareName = textOr(label, String(index))
    const chartId = chartIds?.[index]
    return {
      chartId: typeof chartId === 'string' ? chartId : undefined,
      dimensionId: textOr(dimensionIds?.[index], bareName),
      name: textOr(names?.[index], bareName),
      values: Float64Array.from(rows, (row) => numberOr(row[index + 1], Number.NaN)),
      latest: numberOr(latest?.[index], Number.NaN),
    }
  })
  const stepS = rowStepS(numberOr(answer['view_update_every'], numberOr(answer['update_every'], 1)))
  return { stepS, timesS: Float64Array.from(rows, (row) => Number(row[0])), columns }
}

/** The object a JSON text holds. Throws AGENT_PROTOCOL when it holds anything else. */
export function parseObject(text: string): Record<string, unknown> {
  let parsed: unknown
  try {
    parsed = JSON.parse(text)
  } catch (cause) {
    throw unreadable(cause)
  }
  if (!isObject(parsed)) throw unreadable()
  return parsed
}

function unreadable(cause?: unknown): ThroughlineError {
  return new ThroughlineError('AGENT_PROTOCOL', 'The agent gave an answer this page cannot read.', { cause })
}

import { ThroughlineError } from '../../../src/errors/throughline-error.ts'
import { json2Columns } from '../../../src/live/json2-columns.ts'
import { isObject, listOf, objectOf } from '../../../src/support/json.ts'

/** One series of one agent's answer. NaN is a gap. */
export interface PartSeries {
  readonly id: string
  readonly name: string
  readonly units: string
  readonly volume: number
  readonly values: Float64Array
  readonly counts: Float64Array | undefined
  readonly anomalies: Float64Array | undefined
  readonly partial: Float64Array | undefined
  /** Seconds between its samples. */
  readonly paceS: number
}

/** What was found beside the numbers; machine guids say whose. */
export interface PartSummary {
  readonly contexts: readonly string[]
  readonly instances: readonly { readonly id: string; readonly name: string; readonly machineGuid: string }[]
  readonly dimensions: readonly { readonly id: string; readonly name: string }[]
  readonly labels: ReadonlyMap<string, ReadonlySet<string>>
  readonly alerts: readonly { readonly name: string; readonly cl: number; readonly wr: number; readonly cr: number }[]
  /** How many metrics of each node were asked, where the agent tells. */
  readonly metrics: ReadonlyMap<string, number>
}

/** The answer of one agent on its way into a joined one. */
export interface DataPart {
  readonly timesS: Float64Array
  readonly stepS: number
  readonly updateEveryS: number
  readonly series: readonly PartSeries[]
  readonly title: string
  readonly chartType: string
  readonly summary: PartSummary
}

type Fields = Readonly<Record<string, unknown>>

/** Names an answer is shown with are bounded like any other text of an agent. */
export const textOf = (value: unknown): string => (typeof value === 'string' ? value.slice(0, 1_000) : '')
const recordsOf = (value: unknown): readonly Fields[] => listOf(value).filter(isObject)
const countOf = (value: unknown): number => (typeof value === 'number' && Number.isFinite(value) ? value : 0)

/** A json2 answer that was asked raw, to be joined. Throws AGENT_PROTOCOL for anything else. */
export function partOfJson2(answer: Fields): DataPart {
  const columns = json2Columns(answer)
  if (columns === undefined) throw new ThroughlineError('AGENT_PROTOCOL', 'The agent gave an answer that cannot be read.')
  const summary = objectOf(answer['summary'])
  const nodes = recordsOf(summary['nodes'])
  const guids = new Map(nodes.map((node) => [node['ni'], textOf(node['mg'])]))
  const named = (entry: Fields) => ({ id: textOf(entry['id']), name: textOf(entry['nm']) || textOf(entry['id']) })
  return {
    ...columns,
    series: columns.series.map((series) => ({ ...series, paceS: columns.updateEveryS })),
    summary: {
      contexts: recordsOf(summary['contexts']).map(({ id }) => textOf(id)),
      instances: recordsOf(summary['instances']).map((entry) => ({ ...named(entry), machineGuid: guids.get(entry['ni']) ?? '' })),
      dimensions: recordsOf(summary['dimensions']).map(named),
      labels: new Map(
        recordsOf(summary['labels']).map((entry) => [textOf(entry['id']), new Set(recordsOf(entry['vl']).map(({ id }) => textOf(id)))]),
      ),
      alerts: recordsOf(summary['alerts']).map(({ nm, cl, wr, cr }) => ({
        name: textOf(nm),
        cl: countOf(cl),
        wr: countOf(wr),
        cr: countOf(cr),
      })),
      metrics: new Map(nodes.map((node) => [textOf(node['mg']), countOf(objectOf(node['ds'])['qr'])])),
    },
  }
}

import type { ReceivedQuestion } from '../../../../src/aclk/query/request.ts'
import type { Context } from '../../../../src/domain/model.ts'
import { column } from '../../hosts/desk-functions.ts'
import type { SimulatedAnswer } from './answers.ts'

/** Contexts of an agent that is honest but beyond all measure, and one that is like any other. */
export const vastContexts = {
  honest: 'system.cpu',
  /** Five thousand dimensions. */
  lines: 'vast.lines',
  /** Other dimensions in every answer. */
  churn: 'vast.churn',
  /** Labels under names that every JavaScript object has. */
  labels: 'vast.labels',
} as const

/** How much of it there is. */
export const vastSizes = { lines: 5_000, churn: 40, rows: 100_000 } as const

/** Keys of labels that are members of every JavaScript object. */
export const inheritedKeys = ['__proto__', 'constructor', 'hasOwnProperty', 'toString'] as const

/** The charts of a context: of the one with labels two, so that its labels tell something. */
const chartsOf = (contextId: string) => (contextId === vastContexts.labels ? [`${contextId}.a`, `${contextId}.b`] : [contextId])

const lineNames = Array.from({ length: vastSizes.lines }, (_, index) => `line ${index}`)

/** What it announces to the cloud. */
export function vastAnnounced(startS: number): Context[] {
  return Object.values(vastContexts).map((id, place) => ({
    id,
    version: BigInt(startS),
    firstEntryS: BigInt(startS - 3_600),
    lastEntryS: 0n,
    title: `Title of ${id}`,
    units: 'operations/s',
    family: 'vast',
    priority: 100 + place,
    chartType: 'line',
  }))
}

const json = (value: object): SimulatedAnswer => ({ httpStatus: 200, body: Buffer.from(JSON.stringify(value)), isGzip: false })

/** Answers as agents do; its clock is off by so many seconds. */
export function vastAnswer(clockOffS: number): (question: ReceivedQuestion) => SimulatedAnswer {
  const nowS = () => Math.floor(Date.now() / 1_000) + clockOffS
  const dimensionsOf = (contextId: string): readonly string[] => {
    if (contextId === vastContexts.lines) return lineNames
    if (contextId === vastContexts.churn) return Array.from({ length: vastSizes.churn }, (_, index) => `${nowS()} ${index}`)
    return ['one', 'two']
  }
  return ({ target }) => {
    const { pathname, searchParams } = new URL(target, 'http://agent')
    const command = pathname.slice(pathname.lastIndexOf('/') + 1)
    if (command === 'contexts') return json({ contexts: catalogue(dimensionsOf) })
    if (command === 'functions')
      return json({ functions: { processes: { help: 'Very many rows.', tags: 'top', priority: 1, access: ['anonymous-data'] } } })
    if (command === 'function') return json(functionTable())
    return json(data(searchParams, nowS(), dimensionsOf))
  }
}

function catalogue(dimensionsOf: (contextId: string) => readonly string[]): object {
  return Object.fromEntries(
    Object.values(vastContexts).map((id, place) => [
      id,
      {
        title: `Title of ${id}`,
        units: 'operations/s',
        family: 'vast',
        chart_type: 'line',
        priority: 100 + place,
        collected: true,
        charts: Object.fromEntries(
          chartsOf(id).map((chartId, place) => [
            chartId,
            {
              name: chartId,
              update_every: 1,
              collected: true,
              labels: Object.fromEntries(inheritedKeys.map((key) => [key, `${key} ${place}`])),
              dimensions: Object.fromEntries(dimensionsOf(id).map((name) => [name, { name }])),
            },
          ]),
        ),
      },
    ]),
  )
}

/** Line n of the many is n at any time, so that a test knows what is largest. */
function data(query: URLSearchParams, nowS: number, dimensionsOf: (contextId: string) => readonly string[]): object {
  const columns = (query.get('context') ?? '')
    .split('|')
    .flatMap((contextId) => chartsOf(contextId).flatMap((id) => dimensionsOf(contextId).map((name, place) => ({ id, name, place }))))
  const rows = Math.max(1, Math.min(300, Number(query.get('points')) || 60))
  const values = columns.map(({ place }) => place)
  return {
    view_update_every: 1,
    update_every: 1,
    chart_ids: columns.map(({ id }) => id),
    dimension_ids: columns.map(({ name }) => name),
    dimension_names: columns.map(({ name }) => name),
    latest_values: values,
    result: {
      labels: ['time', ...columns.map(({ name }) => name)],
      data: Array.from({ length: rows }, (_, row) => [nowS - 1 - row, ...values]),
    },
  }
}

function functionTable(): object {
  return {
    status: 200,
    type: 'table',
    update_every: 60,
    help: 'Very many rows.',
    data: Array.from({ length: vastSizes.rows }, (_, row) => [`row ${row}`, row % 7, row]),
    columns: {
      Name: column(0, 'Name', 'string', { unique_key: true, sticky: true }),
      Kind: column(1, 'Kind', 'integer', { filter: 'multiselect' }),
      Size: column(2, 'Size', 'integer', { sort: 'descending', filter: 'range' }),
    },
    default_sort_column: 'Name',
  }
}

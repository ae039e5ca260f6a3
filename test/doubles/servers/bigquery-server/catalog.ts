import { toDuckDb } from './dialect.ts'
import type { Engine } from './engine.ts'
import { columnOf, patchedFields, readFields, sqlType } from './field.ts'
import type { Field } from './field.ts'
import type { Row } from './read-lines.ts'
import { duplicate, invalid, notFound } from './refusal.ts'

export type Body = Readonly<Record<string, unknown>>

interface KeptTable {
  readonly creationTime: string
  fields: readonly Field[]
  view: { readonly query: string; readonly useLegacySql: boolean } | undefined
  readonly clustering: unknown
  readonly timePartitioning: unknown
}

interface KeptDataset {
  readonly location: string
  readonly creationTime: string
  settings: Body
  readonly tables: Map<string, KeptTable>
}

/** Datasets and tables as BigQuery keeps them, each with the data behind it in the engine. */
export interface Catalog {
  dataset(id: string): Body
  makeDataset(body: Body): Promise<Body>
  changeDataset(id: string, body: Body): Body
  dropDataset(id: string): Promise<void>
  table(dataset: string, id: string): Body
  makeTable(dataset: string, body: Body): Promise<Body>
  changeTable(dataset: string, id: string, body: Body): Promise<Body>
  dropTable(dataset: string, id: string): Promise<void>
  /** What a load with CREATE_IF_NEEDED and WRITE_TRUNCATE does. */
  fill(dataset: string, id: string, fields: readonly Field[], rows: readonly Row[], location: string | undefined): Promise<void>
  /** A page of the tables and views of a dataset, fifty as BigQuery does unless more are asked for. */
  listTables(dataset: string, page: { readonly from: number; readonly limit: number }): Body
  /** The tables of a dataset that there are. */
  tablesOf(dataset: string): readonly string[]
}

const objectOf = (value: unknown): Body => Object(value) as Body

function checkTravel(hours: unknown): void {
  if (hours !== undefined && !(typeof hours === 'string' && ['48', '72', '96', '120', '144', '168'].includes(hours))) {
    throw invalid(`Invalid value for maxTimeTravelHours: ${JSON.stringify(hours)}`)
  }
}

function checkLayout(fields: readonly Field[], body: Body): void {
  const clustered = objectOf(body['clustering'])['fields']
  for (const name of Array.isArray(clustered) ? clustered : []) {
    const field = fields.find((one) => one.name === name)
    if (field === undefined || field.mode === 'REPEATED')
      throw invalid(`The field specified for clustering cannot be found: ${String(name)}.`)
  }
  const { type, field, expirationMs } = objectOf(body['timePartitioning'])
  if (type === undefined) return
  if (fields.find(({ name }) => name === field)?.type !== 'TIMESTAMP')
    throw invalid('The field specified for partitioning is not a timestamp.')
  if (expirationMs !== undefined && !(typeof expirationMs === 'string' && /^\d+$/.test(expirationMs)))
    throw invalid('Invalid value for expirationMs')
}

export function createCatalog(engine: Engine, project: string, nowMs: () => number): Catalog {
  const datasets = new Map<string, KeptDataset>()
  let made = 0
  /** Two things that are made one after the other never have the same time. */
  const creationTime = (): string => String(nowMs() + made++)

  const datasetOf = (id: string): KeptDataset => {
    const found = datasets.get(id)
    if (found === undefined) throw notFound(`Dataset ${project}:${id}`)
    return found
  }
  const tableOf = (dataset: string, id: string): KeptTable => {
    const found = datasetOf(dataset).tables.get(id)
    if (found === undefined) throw notFound(`Table ${project}:${dataset}.${id}`)
    return found
  }
  const datasetBody = (id: string): Body => {
    const { location, creationTime: at, settings } = datasetOf(id)
    return { kind: 'bigquery#dataset', datasetReference: { projectId: project, datasetId: id }, location, creationTime: at, ...settings }
  }
  const tableBody = (dataset: string, id: string): Body => {
    const { creationTime: at, fields, view, clustering, timePartitioning } = tableOf(dataset, id)
    return {
      kind: 'bigquery#table',
      tableReference: { projectId: project, datasetId: dataset, tableId: id },
      creationTime: at,
      location: datasetOf(dataset).location,
      type: view === undefined ? 'TABLE' : 'VIEW',
      schema: { fields },
      ...(view === undefined ? {} : { view }),
      ...(clustering === undefined ? {} : { clustering }),
      ...(timePartitioning === undefined ? {} : { timePartitioning }),
    }
  }
  const makeView = async (dataset: string, id: string, raw: Body): Promise<KeptTable['view']> => {
    const { query, useLegacySql } = raw
    if (typeof query !== 'string' || useLegacySql !== false) throw invalid('Only standard SQL views are known here.')
    await engine.run(`CREATE OR REPLACE VIEW "${dataset}"."${id}" AS ${toDuckDb(query, { project, nowMs: nowMs() })}`)
    return { query, useLegacySql: false }
  }

  return {
    dataset: datasetBody,
    async makeDataset(body) {
      const { datasetReference, location = 'US', ...settings } = body
      const id = String(objectOf(datasetReference)['datasetId'])
      if (!/^\w{1,1024}$/.test(id)) throw invalid(`Invalid dataset ID "${id}".`)
      checkTravel(settings['maxTimeTravelHours'])
      if (datasets.has(id)) throw duplicate(`Dataset ${project}:${id}`)
      datasets.set(id, { location: String(location), creationTime: creationTime(), settings, tables: new Map() })
      await engine.run(`CREATE SCHEMA "${id}"`)
      return datasetBody(id)
    },
    changeDataset(id, body) {
      checkTravel(body['maxTimeTravelHours'])
      const dataset = datasetOf(id)
      dataset.settings = { ...dataset.settings, ...body }
      return datasetBody(id)
    },
    async dropDataset(id) {
      datasetOf(id)
      datasets.delete(id)
      await engine.run(`DROP SCHEMA "${id}" CASCADE`)
    },
    table: tableBody,
    async makeTable(dataset, body) {
      const kept = datasetOf(dataset)
      const id = String(objectOf(body['tableReference'])['tableId'])
      if (!/^\w{1,1024}$/.test(id)) throw invalid(`Invalid table ID "${id}".`)
      if (kept.tables.has(id)) throw duplicate(`Table ${project}:${dataset}.${id}`)
      const isView = body['view'] !== undefined
      const fields = isView ? [] : readFields(body['schema'])
      checkLayout(fields, body)
      const view = isView ? await makeView(dataset, id, objectOf(body['view'])) : undefined
      if (kept.tables.has(id)) throw duplicate(`Table ${project}:${dataset}.${id}`)
      const { clustering, timePartitioning } = body
      kept.tables.set(id, { creationTime: creationTime(), fields, view, clustering, timePartitioning })
      if (!isView) await engine.run(`CREATE TABLE "${dataset}"."${id}" (${fields.map(columnOf).join(', ')})`)
      return tableBody(dataset, id)
    },
    async changeTable(dataset, id, body) {
      const table = tableOf(dataset, id)
      if (body['view'] !== undefined) table.view = await makeView(dataset, id, objectOf(body['view']))
      if (body['schema'] !== undefined) {
        const fields = patchedFields(table.fields, readFields(body['schema']), `${project}:${dataset}.${id}`)
        const added = fields.filter(({ name }) => !table.fields.some((field) => field.name === name))
        table.fields = fields
        for (const field of added) {
          const rest = field.mode === 'REPEATED' ? ' DEFAULT []' : ''
          await engine.run(`ALTER TABLE "${dataset}"."${id}" ADD COLUMN "${field.name}" ${sqlType(field)}${rest}`)
        }
      }
      return tableBody(dataset, id)
    },
    async dropTable(dataset, id) {
      const { view } = tableOf(dataset, id)
      datasetOf(dataset).tables.delete(id)
      await engine.run(`DROP ${view === undefined ? 'TABLE' : 'VIEW'} "${dataset}"."${id}"`)
    },
    async fill(dataset, id, fields, rows, location) {
      const kept = datasetOf(dataset)
      if (location !== undefined && location.toUpperCase() !== kept.location.toUpperCase()) {
        throw notFound(`Dataset ${project}:${dataset} was not found in location ${location}`)
      }
      await engine.replace(dataset, id, fields, rows)
      const there = kept.tables.get(id)
      if (there === undefined) {
        kept.tables.set(id, { creationTime: creationTime(), fields, view: undefined, clustering: undefined, timePartitioning: undefined })
      } else there.fields = fields
    },
    listTables(dataset, { from, limit }) {
      const all = [...datasetOf(dataset).tables.keys()].sort()
      const tables = all.slice(from, from + limit).map((id) => {
        const { tableReference, type } = tableBody(dataset, id)
        return { kind: 'bigquery#table', id: `${project}:${dataset}.${id}`, tableReference, type }
      })
      return {
        kind: 'bigquery#tableList',
        tables,
        totalItems: all.length,
        ...(from + limit < all.length ? { nextPageToken: `from-${from + limit}` } : {}),
      }
    },
    tablesOf: (dataset) => [...(datasets.get(dataset)?.tables.keys() ?? [])].sort(),
  }
}

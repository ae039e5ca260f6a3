import { BigQuery } from '@google-cloud/bigquery'
import { PassThroughClient } from 'google-auth-library'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { startBigQuery } from '../doubles/servers/bigquery-server/server.ts'
import type { BigQueryServer } from '../doubles/servers/bigquery-server/server.ts'

let server: BigQueryServer
let client: BigQuery
beforeEach(async () => {
  process.env['METADATA_SERVER_DETECTION'] = 'none'
  server = await startBigQuery()
  const authClient = new PassThroughClient() as unknown as NonNullable<ConstructorParameters<typeof BigQuery>[0]>['authClient']
  client = new BigQuery({
    projectId: server.project,
    location: 'EU',
    apiEndpoint: server.endpoint,
    autoRetry: false,
    ...(authClient ? { authClient } : {}),
  })
  await client.createDataset('d', { location: 'EU' })
})
afterEach(() => server.stop())

const fields = [
  { name: 'key', type: 'STRING', mode: 'REQUIRED' },
  { name: 'n', type: 'INTEGER' },
  { name: 'at', type: 'TIMESTAMP' },
  { name: 'tags', type: 'STRING', mode: 'REPEATED' },
]

interface JobBody {
  readonly status: { readonly errorResult?: { readonly message?: string }; readonly errors?: readonly { readonly message?: string }[] }
}

/** How a load of lines ends: its errors. */
async function loadErrors(jobId: string, lines: string): Promise<readonly string[]> {
  const stream = client
    .dataset('d')
    .table('t')
    .createWriteStream_({
      jobId,
      sourceFormat: 'NEWLINE_DELIMITED_JSON',
      writeDisposition: 'WRITE_TRUNCATE',
      schema: { fields: fields.map((field) => ({ ...field })) },
    })
  await new Promise((resolve, reject) => {
    stream.on('job', resolve).on('error', reject)
    stream.end(lines)
  })
  const { status } = (await client.job(jobId, { location: 'EU' }).getMetadata())[0] as JobBody
  return (status.errors ?? []).map(({ message = '' }) => message)
}
const refusalOf = async (work: Promise<unknown>) => {
  const thrown: unknown = await work.then(
    () => undefined,
    (error: unknown) => error,
  )
  const { code, errors } = Object(thrown) as { code?: number; errors?: { reason?: string }[] }
  return `${code} ${errors?.[0]?.reason}`
}

it.each([
  ['an unknown field', '{"key":"a","wings":1}', 'No such field: wings.'],
  ['a wrong type', '{"key":"a","n":"four"}', 'Could not convert value to integer. Field: n'],
  ['a fraction', '{"key":"a","n":1.5}', 'Could not convert value to integer. Field: n'],
  ['a missing value', '{"n":1}', 'Missing required field: key.'],
  ['a list where there is none', '{"key":["a"]}', 'Array specified for non-repeated field: key.'],
  ['a text where a list is', '{"key":"a","tags":"x"}', 'Could not convert value to string. Field: tags'],
  ['no timestamp', '{"key":"a","at":"yesterday"}', 'Could not convert value to timestamp. Field: at'],
  ['half a line', '{"key":"a"', 'Parser terminated before end of string'],
])('[BQ17] a load with %s fails as a whole and says where', async (_, line, complaint) => {
  const [many, where] = await loadErrors('j1', `{"key":"é"}\n${line}\n`)
  expect(many).toContain('encountered too many errors, giving up')
  expect(where).toBe(`Error while reading data, error message: JSON parsing error in row starting at position 13: ${complaint}`)
  expect(server.catalog.tablesOf('d')).toEqual([])
})

it('[BQ17] a load replaces what was there, and the id of a job is taken for ever', async () => {
  expect(await loadErrors('j1', '{"key":"a","n":"7","tags":["x"]}\n{"key":"b"}\n')).toEqual([])
  expect(await loadErrors('j2', '{"key":"c","at":"2026-11-25T20:00:00.123Z"}\n')).toEqual([])
  expect(await refusalOf(loadErrors('j2', '{"key":"d"}\n'))).toBe('409 duplicate')
  expect((await server.query('SELECT key, n, tags FROM `test-project.d.t`')).rows).toEqual([['c', null, []]])
})

it('[BQ17] columns come but do not go or change, and names, types and layouts that BigQuery has not are refused', async () => {
  const table = client.dataset('d').table('t')
  await client.dataset('d').createTable('t', { schema: { fields } })
  const change = (next: object[]) => refusalOf(table.setMetadata({ schema: { fields: next } }))
  expect(await change(fields.slice(1))).toBe('400 invalid')
  expect(await change([...fields.slice(1), { name: 'key', type: 'INTEGER', mode: 'REQUIRED' }])).toBe('400 invalid')
  expect(await change([...fields, { name: 'must', type: 'STRING', mode: 'REQUIRED' }])).toBe('400 invalid')
  expect(await change([...fields, { name: 'may', type: 'STRING' }])).toBe('undefined undefined')
  const make = (id: string, more: object) => refusalOf(client.dataset('d').createTable(id, { schema: { fields }, ...more }))
  expect(await make('t', {})).toBe('409 duplicate')
  expect(await make('u', { clustering: { fields: ['tags'] } })).toBe('400 invalid')
  expect(await make('u', { schema: { fields: [{ name: '_PARTITIONTIME', type: 'STRING' }] } })).toBe('400 invalid')
  expect(await make('u', { schema: { fields: [{ name: 'a', type: 'VARCHAR' }] } })).toBe('400 invalid')
  expect(await refusalOf(client.createDataset('e', { maxTimeTravelHours: '24' }))).toBe('400 invalid')
  expect(await refusalOf(client.dataset('nowhere').createTable('t', { schema: { fields } }))).toBe('404 notFound')
})

it.each([
  'SELECT key::STRING FROM `test-project.d.t`',
  'SELECT "key" FROM `test-project.d.t`',
  'SELECT list_count(tags) FROM `test-project.d.t`',
  'SELECT n AS hash FROM `test-project.d.t`',
  'SELECT n FROM `t`, `d.t`',
])('[BQ17] "%s" is no GoogleSQL', async (query) => {
  await client.dataset('d').createTable('t', { schema: { fields } })
  expect(await refusalOf(client.query(query))).toBe('400 invalidQuery')
})

it('[BQ17] a script that fails in the middle leaves nothing behind, and of two at a time one is refused', async () => {
  await loadErrors('j0', '{"key":"a","n":1}\n')
  const script = (jobId: string, query: string) => client.createJob({ jobId, configuration: { query: { query, useLegacySql: false } } })
  const update = 'UPDATE `test-project.d.t` SET n = n + 1 WHERE TRUE'
  await script('j1', `BEGIN TRANSACTION;\n${update};\n${update} AND nothing = 1;\nCOMMIT TRANSACTION;`)
  await server.jobs.settled()
  expect((await server.query('SELECT n FROM `test-project.d.t`')).rows).toEqual([['1']])
  const both = `BEGIN TRANSACTION;\n${update};\n${Array.from({ length: 30 }, () => update).join(';\n')};\nCOMMIT TRANSACTION;`
  await Promise.all([script('j2', both), script('j3', both)])
  const ends = await Promise.all(['j2', 'j3'].map(async (id) => (await client.job(id, { location: 'EU' }).getMetadata())[0] as JobBody))
  const messages = ends.map(({ status }) => status.errorResult?.message).filter((message) => message !== undefined)
  const { rows } = await server.query('SELECT n FROM `test-project.d.t`')
  // They may also have run one after the other; then both are in.
  expect(rows).toEqual([[String(1 + 31 * (2 - messages.length))]])
  for (const message of messages) expect(message).toContain('concurrent update')
})

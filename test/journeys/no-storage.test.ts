import { DynamoDBClient, ScanCommand } from '@aws-sdk/client-dynamodb'
import Database from 'libsql'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { request } from 'node:https'
import { join } from 'node:path'
import { brotliDecompressSync, gunzipSync, inflateRawSync, inflateSync } from 'node:zlib'
import { expect, it, onTestFinished, vi } from 'vitest'
import { walkStore } from '../../cloud/privacy/receipt/walk-store.ts'
import type { MetadataStore } from '../../cloud/store/port.ts'
import { startDynalite } from '../doubles/servers/dynalite-server.ts'
import { runThroughline, startInstallation, startThroughline, type Installation } from '../doubles/installation.ts'
import { withKept } from '../doubles/stores/kept-of.ts'
import { markers, startMarkerSource } from '../doubles/hosts/marker-source.ts'
import { failing, startReceiver } from '../doubles/servers/receiver.ts'
import { send, signInViewer } from '../doubles/people/viewer.ts'
import { waitUntil } from '../doubles/wait-until.ts'
import { temporaryFolder } from '../doubles/temporary-folder.ts'

type Needle = keyof typeof markers

/** Every form in which one of the markers could lie in bytes: as text, as doubles, or inside any compression Node.js knows. */
function findMarkers(bytes: Uint8Array): Needle[] {
  const buffer = Buffer.from(bytes)
  const readings = [
    buffer,
    ...[inflateSync, inflateRawSync, gunzipSync, brotliDecompressSync].flatMap((open) => attempt(() => open(buffer))),
  ]
  return (Object.keys(markers) as Needle[]).filter((name) => {
    const text = markers[name]
    const forms = [Buffer.from(text), Buffer.from(text, 'utf16le')]
    if (/^[\d.]+$/.test(text)) {
      const double = Buffer.alloc(16)
      double.writeDoubleLE(Number(text), 0)
      double.writeDoubleBE(Number(text), 8)
      forms.push(double.subarray(0, 8), double.subarray(8), Buffer.from(String(Math.trunc(Number(text)))))
    }
    return readings.some((reading) => forms.some((form) => reading.includes(form)))
  })
}

function attempt(open: () => Buffer): Buffer[] {
  try {
    return [open()]
  } catch {
    return []
  }
}

/** One HTTPS GET, inflated when it came compressed. */
function readOverHttp(cloud: Installation, path: string, headers: Record<string, string>): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const asked = request(new URL(path, cloud.url), { ca: cloud.caPem, headers }, (answer) => {
      const chunks: Buffer[] = []
      answer.on('data', (chunk: Buffer) => chunks.push(chunk))
      answer.on('end', () => {
        const bytes = Buffer.concat(chunks)
        const text = (answer.headers['content-encoding'] === 'gzip' ? gunzipSync(bytes) : bytes).toString('utf8')
        resolve({ status: answer.statusCode ?? 0, text })
      })
    })
    asked.on('error', reject)
    asked.end()
  })
}

const filesOf = (folder: string) =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))

/** What a store holds once its keys have opened it: what is sealed would hide a marker from anybody who only looks at the disk. */
async function openedOf(store: MetadataStore): Promise<Uint8Array[]> {
  const found: Uint8Array[] = []
  for await (const items of walkStore(store))
    for (const { blob, ...item } of items) found.push(Buffer.from(JSON.stringify(item)), ...(blob === undefined ? [] : [blob]))
  return found
}

/** A session of viewing: live ticks, a look back, alerts that change; answers where the markers are found afterwards. */
async function viewThenSearch(
  settings: Record<string, string>,
  itemsOf: (dataFolder: string) => Promise<Uint8Array[]>,
): Promise<Set<Needle>> {
  const source = await startMarkerSource()
  const receiver = await startReceiver()
  const cloud = await startInstallation({
    THROUGHLINE_LOG_LEVEL: 'debug',
    THROUGHLINE_PRIVATE_TARGETS: '127.0.0.0/8,::1/128',
    NODE_EXTRA_CA_CERTS: receiver.caFile,
    ...settings,
  })
  const made = JSON.parse((await runThroughline(['token', 'create', '--scope', 'all', '--json'], cloud.env)).out) as { token: string }
  const bearer = { authorization: `Bearer ${made.token}` }
  // The owner of this channel wants values in its messages; its receiver has bad moments, so that messages wait and are tried again.
  const wish = {
    name: 'Hook',
    slug: 'webhook',
    options: ['CRITICAL', 'WARNING', 'CLEAR'],
    includesValue: true,
    fields: { url: receiver.url },
  }
  expect((await send(cloud, 'POST', '/api/throughline/v1/channels', bearer, JSON.stringify(wish))).status).toBe(201)
  receiver.script(failing(500), { does: 'break' })
  const agentEnv = { THROUGHLINE_DATA: join(temporaryFolder(), 'agent'), THROUGHLINE_LOG_LEVEL: 'debug' }
  const { token } = JSON.parse((await runThroughline(['claim-token', '--json'], cloud.env)).out) as { token: string }
  const sourceOptions = ['--source', 'netdata', '--netdata-url', source.url]
  const claimed = await runThroughline(
    [
      'claim',
      '--accept-manifest',
      '--url',
      cloud.url,
      '--token',
      token,
      '--ca',
      join(cloud.dataFolder, 'tls', 'ca.pem'),
      '--hostname',
      markers.hostname,
      ...sourceOptions,
    ],
    agentEnv,
  )
  expect(claimed).toMatchObject({ status: 0 })
  const agent = startThroughline(['agent', ...sourceOptions], agentEnv)

  const viewer = await signInViewer(cloud)
  const nodeId = await waitUntil(async () => {
    const { nodes } = (await viewer.get('/api/throughline/v1/nodes')) as { nodes: { nodeId: string; state: string }[] }
    return nodes.find(({ state }) => state === 'live')?.nodeId
  })
  await waitUntil(async () => {
    const { contexts } = (await viewer.get(`/api/throughline/v1/nodes/${nodeId}/contexts`)) as { contexts: unknown[] }
    return contexts.length > 0 ? true : undefined
  })
  await waitUntil(async () => {
    const { alerts } = (await viewer.get(`/api/throughline/v1/nodes/${nodeId}/alerts`)) as { alerts: unknown[] }
    return alerts.length > 0 ? true : undefined
  })
  const live = await viewer.open()
  live.say({ type: 'subscribe', id: 1, nodeId, contexts: ['marker.context'], cadenceMs: 1000 })
  await live.sees(markers.liveValue)
  live.say({ type: 'ask', id: 2, nodeId, question: { kind: 'data', contexts: ['marker.context'], afterS: -60, beforeS: 0, points: 60 } })
  live.say({ type: 'ask', id: 3, nodeId, question: { kind: 'alerts' } })
  await live.sees(markers.alertValue)
  live.close()
  // The other way out: over HTTP, once plain and once compressed, by token and by session.
  const path = `/api/throughline/v1/nodes/${nodeId}/data?context=marker.context&after=-60`
  for (const encoding of ['identity', 'gzip']) {
    const read = await readOverHttp(cloud, path, { authorization: `Bearer ${made.token}`, 'accept-encoding': encoding })
    expect([read.status, read.text.includes(markers.liveValue)]).toEqual([200, true])
  }
  expect(JSON.stringify(await viewer.get(path))).toContain(markers.liveValue)
  // Messages left with the value, and failed with it, too.
  await waitUntil(() => (receiver.requests.length >= 3 ? true : undefined))
  expect(receiver.requests.some(({ text }) => text.includes(String(Math.trunc(Number(markers.alertValue)))))).toBe(true)
  expect(await viewer.get('/api/throughline/v1/messages')).toMatchObject({ messages: [expect.anything()] })

  const agentEnd = await agent.end('SIGTERM')
  const cloudEnd = await cloud.end('SIGTERM')
  await source.stop()
  const logs = [agentEnd, cloudEnd].flatMap(({ out, err }) => [Buffer.from(out), Buffer.from(err)])
  const folders = [cloud.dataFolder, `${cloud.dataFolder}-keys`, `${cloud.dataFolder}-backups`, agentEnv.THROUGHLINE_DATA]
  const files = folders
    .filter((folder) => existsSync(folder))
    .flatMap(filesOf)
    .map((file) => readFileSync(file))
  const items = await itemsOf(cloud.dataFolder)
  const opened = await withKept(cloud, async ({ store, apart }) => [...(await openedOf(store)), ...(await openedOf(apart))])
  for (const read of [items, opened]) expect(read.length).toBeGreaterThan(5)
  return new Set([...logs, ...files, ...items, ...opened].flatMap((bytes) => findMarkers(bytes)))
}

it('[NOS1] SQLite: after viewing, only the markers planted in metadata are found', { timeout: 180_000 }, async () => {
  const found = await viewThenSearch({}, async (dataFolder) => {
    const database = filesOf(dataFolder).find((file) => readFileSync(file).subarray(0, 15).toString() === 'SQLite format 3')
    const rows = new Database(database ?? '', { readonly: true }).prepare('SELECT * FROM items').all() as Record<string, unknown>[]
    return rows.flatMap((row) =>
      Object.values(row).map((cell) =>
        cell instanceof ArrayBuffer
          ? new Uint8Array(cell)
          : ArrayBuffer.isView(cell)
            ? new Uint8Array(cell.buffer, cell.byteOffset, cell.byteLength)
            : Buffer.from(String(cell)),
      ),
    )
  })
  expect([...found].sort()).toEqual(['contextTitle', 'hostname'])
})

it('[NOS1] DynamoDB: after viewing, only the markers planted in metadata are found', { timeout: 180_000 }, async () => {
  const dynalite = await startDynalite()
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' }
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'test')
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'test')
  onTestFinished(() => void vi.unstubAllEnvs())
  const settings = {
    THROUGHLINE_STORE: 'dynamodb',
    THROUGHLINE_DYNAMODB_ENDPOINT: dynalite.endpoint,
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
  }
  try {
    expect(await runThroughline(['migrate'], settings)).toMatchObject({ status: 0 })
    const found = await viewThenSearch(settings, async () => {
      const client = new DynamoDBClient({ endpoint: dynalite.endpoint, region: 'us-east-1', credentials })
      const { Items = [] } = await client.send(new ScanCommand({ TableName: 'throughline' }))
      return Items.flatMap((item) => [
        Buffer.from(JSON.stringify(item)),
        ...Object.values(item).flatMap((value) => (value.B ? [value.B] : [])),
      ])
    })
    expect([...found].sort()).toEqual(['contextTitle', 'hostname'])
  } finally {
    await dynalite.stop()
  }
})

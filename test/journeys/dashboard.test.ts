import { request } from 'node:https'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { claimTokenOf, connectAgents } from '../doubles/agents/live-agents.ts'
import { runThroughline, startInstallation, startThroughline, type Installation } from '../doubles/installation.ts'
import { netdataProgram, startNetdata } from '../doubles/agents/netdata-server.ts'
import { waitUntil } from '../doubles/wait-until.ts'
import { temporaryFolder } from '../doubles/temporary-folder.ts'

interface Reply {
  readonly status: number
  readonly ms: number
  readonly json: unknown
}

interface Data {
  readonly result: { readonly labels: readonly string[]; readonly data: readonly (readonly [number, ...(number | null)[][]])[] }
  readonly summary: {
    readonly nodes: readonly { readonly nd: string; readonly mg: string; readonly nm: string; readonly st: { readonly code: number } }[]
  }
  readonly view: { readonly units: string }
}

interface PlainData {
  readonly labels: readonly string[]
  readonly data: readonly (readonly (number | null)[])[]
}

/** A proxy of a dashboard in front of the cloud: JSON content type with every method, a bearer, and ten seconds of patience (cloud-api §14). */
function plugin(cloud: Installation, token: string) {
  return (method: 'GET' | 'POST', path: string, body?: unknown): Promise<Reply> => {
    const startMs = performance.now()
    const text = body === undefined ? undefined : JSON.stringify(body)
    return new Promise((resolve, reject) => {
      const sent = request(`${cloud.url}/api${path}`, {
        method,
        ca: cloud.caPem,
        timeout: 10_000,
        headers: {
          authorization: `Bearer ${token}`,
          'content-type': 'application/json',
          'user-agent': 'Grafana/11.0.0',
          ...(text === undefined ? {} : { 'content-length': Buffer.byteLength(text) }),
        },
      })
      sent.on('timeout', () => sent.destroy(new Error('ten seconds are over')))
      sent.on('error', reject)
      sent.on('response', (answer) => {
        const chunks: Buffer[] = []
        answer.on('data', (chunk: Buffer) => chunks.push(chunk))
        answer.on('end', () =>
          resolve({
            status: answer.statusCode ?? 0,
            ms: performance.now() - startMs,
            json: JSON.parse(Buffer.concat(chunks).toString('utf8')) as unknown,
          }),
        )
      })
      sent.end(text)
    })
  }
}

it(`[CR31] the calls of the plugin in their order, against three generations of agents and ${netdataProgram}`, async () => {
  const netdata = await startNetdata()
  onTestFinished(() => netdata.stop())
  const cloud = await startInstallation()
  const agents = await connectAgents(cloud, {
    old: { generation: 'A' },
    middle: { generation: 'B' },
    parent: { generation: 'C', children: 2 },
  })
  const env = { THROUGHLINE_DATA: join(temporaryFolder(), 'agent') }
  const source = ['--source', 'netdata', '--netdata-url', netdata.url]
  const ca = join(cloud.dataFolder, 'tls', 'ca.pem')
  await runThroughline(['claim', '--accept-manifest', '--url', cloud.url, '--token', await claimTokenOf(cloud), '--ca', ca, ...source], env)
  await startThroughline(['agent', ...source], env).says(/online/i)
  const tokenOf = async (scope: string) =>
    (JSON.parse((await runThroughline(['token', 'create', '--scope', scope, '--json'], cloud.env)).out) as { token: string }).token
  const call = plugin(cloud, await tokenOf('grafana-plugin'))

  // 1. Save and test.
  const me = await call('GET', '/v2/accounts/me')
  expect([me.status, (me.json as { id: string }).id]).toEqual([200, expect.not.stringMatching(/^0{8}-/)])
  expect((await plugin(cloud, 'wrong')('GET', '/v2/accounts/me')).status).toBe(401)
  // 2., 3. The editor.
  const [space] = (await call('GET', '/v2/spaces')).json as { id: string; name: string }[]
  const spaceId = space?.id ?? ''
  const rooms = (await call('GET', `/v2/spaces/${spaceId}/rooms`)).json as { id: string; name: string }[]
  const roomId = rooms.find(({ name }) => name === 'All nodes')?.id ?? ''
  const room = (what: string) => `/v3/spaces/${spaceId}/rooms/${roomId}/${what}`
  // 4. A room.
  const nodes = await waitUntil(async () => {
    const { nodes } = (await call('POST', room('nodes'), { scope: { nodes: [] } })).json as {
      nodes: { nd: string; nm: string; mg: string; state: string }[]
    }
    return nodes.filter(({ state }) => state === 'reachable').length === 6 ? nodes : undefined
  })
  expect(nodes.map(({ nm }) => nm)).toEqual(expect.arrayContaining(['old', 'middle', 'parent', 'parent-child-0', 'parent-child-1']))
  const nowS = Math.floor(Date.now() / 1_000)
  const window = { after: nowS - 120, before: nowS }
  const contexts = (
    await call('POST', room('contexts'), { scope: { contexts: ['*'], nodes: [] }, selectors: { contexts: [], nodes: [] }, window })
  ).json as { contexts: object }
  expect(Object.keys(contexts.contexts)).toEqual(expect.arrayContaining(['system.cpu', 'disk.io', 'net.net']))

  // 5. Panels, as the plugin asks for them.
  const panel = async (context: string, metrics: object, chosen: readonly string[] = [], labels: readonly string[] = []) => {
    const endS = Math.floor(Date.now() / 1_000) - 20
    const { status, json, ms } = await call('POST', room('data'), {
      format: 'json2',
      options: ['jsonwrap', 'flip', 'ms'],
      scope: { contexts: [context], nodes: chosen, dimensions: [], labels },
      selectors: { contexts: ['*'], nodes: ['*'], instances: ['*'], dimensions: ['*'], labels: labels.length > 0 ? labels : ['*'] },
      aggregations: { metrics: [metrics], time: { time_group: 'average', time_resampling: 0 } },
      window: { after: endS - 40, before: endS, points: 40 },
    })
    expect([context, status, ms < 10_000]).toEqual([context, 200, true])
    return json as Data
  }
  const simulated = agents.flatMap(({ hosts }) => hosts)
  const valueOf = (
    hostname: string,
    contextId: string,
    timeS: number,
    takes: (labels: Readonly<Record<string, string>>) => boolean = () => true,
  ) => {
    const host = simulated.find((each) => each.hostname === hostname)
    const context = host?.contexts.find(({ id }) => id === contextId)
    if (host === undefined || context === undefined) return undefined
    return context.instances
      .filter(({ labels }) => takes(labels))
      .flatMap((instance) => context.dimensions.map(({ id }) => host.value(context, instance, id, timeS)))
      .reduce((sum, value) => sum + value, 0)
  }
  const byNode = await panel('system.processes', { groupBy: ['node'], group_by_label: [], aggregation: 'sum' })
  const names = new Map(byNode.summary.nodes.map(({ mg, nm }) => [mg, nm]))
  expect(byNode.result.labels.slice(1).map((label) => names.get(label))).toEqual(
    expect.arrayContaining(['old', 'middle', 'parent', 'parent-child-0', 'parent-child-1']),
  )
  let compared = 0
  for (const [timeMs, ...cells] of byNode.result.data) {
    byNode.result.labels.slice(1).forEach((label, place) => {
      const value = valueOf(names.get(label) ?? '', 'system.processes', timeMs / 1_000)
      if (value === undefined || cells[place]?.[0] === null) return
      expect(cells[place]?.[0]).toBeCloseTo(value, 5)
      compared += 1
    })
  }
  expect(compared).toBeGreaterThan(100)

  const labelled = await panel(
    'disk.util',
    { groupBy: ['label'], group_by_label: ['device'], aggregation: 'max' },
    nodes.filter(({ nm }) => simulated.some(({ hostname }) => hostname === nm)).map(({ nd }) => nd),
    ['device:sda'],
  )
  expect(labelled.result.labels).toEqual(['time', 'sda'])
  const [timeMs = 0, cell] = labelled.result.data[10] ?? []
  const most = Math.max(
    ...simulated.map(({ hostname }) => valueOf(hostname, 'disk.util', timeMs / 1_000, (own) => own['device'] === 'sda') ?? 0),
  )
  expect(cell?.[0]).toBeCloseTo(most, 5)

  // The real agent's own numbers, of seconds that are stored.
  const real = nodes.find(({ nm }) => !simulated.some(({ hostname }) => hostname === nm))
  const timesOf = ({ result }: Data) =>
    result.data.filter(([, ...cells]) => cells.some((each) => each[0] !== null)).map(([time]) => time / 1_000)
  const ofReal = () => panel('system.cpu', { group_by: ['dimension'], group_by_label: [], aggregation: 'avg' }, [real?.nd ?? ''])
  // It has only just been started: its past is as long as it runs.
  await expect.poll(async () => timesOf(await ofReal()).length, { timeout: 90_000, interval: 2_000 }).toBeGreaterThan(5)
  const alone = await ofReal()
  expect(alone.view.units).toBe('percentage')
  const times = timesOf(alone)
  const own = (await (
    await fetch(`${netdata.url}/api/v1/data?chart=system.cpu&after=${(times[0] ?? 0) - 2}&before=${times.at(-1) ?? 0}&format=json`)
  ).json()) as PlainData
  let seconds = 0
  for (const [atMs, ...cells] of alone.result.data) {
    const row = own.data.find(([time]) => time === atMs / 1_000)
    if (row === undefined) continue
    alone.result.labels
      .slice(1)
      .forEach((label, place) => expect(cells[place]?.[0] ?? null).toBeCloseTo(Number(row[own.labels.indexOf(label)]), 5))
    seconds += 1
  }
  expect(seconds).toBeGreaterThan(5)
  // All of them at once, the real one among them.
  const askWhole = () => panel('system.cpu', { group_by: ['dimension'], group_by_label: [], aggregation: 'avg' })
  const everybody = [200, 200, 200, 200, 200, 200]
  // An agent that is busy now is left out of one answer.
  const codesOf = async () => (await askWhole()).summary.nodes.map(({ st }) => st.code)
  await expect.poll(codesOf, { timeout: 60_000, interval: 1_000 }).toEqual(everybody)
  const whole = await askWhole()
  expect(whole.result.labels).toEqual(expect.arrayContaining(['time', 'user', 'system', 'iowait']))

  // The token of a dashboard reads numbers and nothing else, and another runs functions.
  const [old] = agents
  const nodeId = old?.agent.nodeId ?? ''
  for (const [method, path] of [
    ['POST', `/v2/nodes/${nodeId}/function?function=mount-points`],
    ['POST', room('functions')],
    ['GET', `/v2/nodes/${nodeId}/config?action=tree`],
    ['GET', `/v2/spaces/${spaceId}/alarms`],
    ['POST', `/v2/spaces/${spaceId}/rooms/${roomId}/alerts`],
    ['GET', `/v2/bearer_get_token?node_id=${nodeId}&machine_guid=${nodeId}&claim_id=${nodeId}`],
  ] as const)
    expect([path, (await call(method, path, method === 'POST' ? {} : undefined)).status]).toEqual([path, 403])
  const all = plugin(cloud, await tokenOf('all'))
  const table = await all('POST', `/v2/nodes/${nodeId}/function?function=processes`, { timeout: 60_000 })
  expect([table.status, (table.json as { data: unknown[] }).data.length]).toEqual([200, 120])
  const readOnly = plugin(cloud, await tokenOf('read-only'))
  expect((await readOnly('POST', `/v2/nodes/${nodeId}/function?function=processes`, {})).status).toBe(403)
  expect((await readOnly('POST', `/v2/nodes/${nodeId}/function?function=mount-points`, {})).status).toBe(200)
  // Those of this host have another version of it, which is a row of its own before or behind the others.
  const nodesWithProcesses = async () => {
    const answer = await all('POST', room('functions'), { scope: { nodes: [] } })
    const { functions } = answer.json as { functions: { name: string; ni: number[] }[] }
    return new Set(functions.filter(({ name }) => name === 'processes').flatMap(({ ni }) => ni)).size
  }
  await expect.poll(nodesWithProcesses, { timeout: 60_000, interval: 1_000 }).toBe(6)
  const codesOfAlerts = async () => {
    const { json } = await all('POST', `/v2/spaces/${spaceId}/rooms/${roomId}/alerts`, {})
    return (json as { nodes: { st: { code: number } }[] }).nodes.map(({ st }) => st.code)
  }
  await expect.poll(codesOfAlerts, { timeout: 60_000, interval: 1_000 }).toEqual(everybody)
}, 240_000)

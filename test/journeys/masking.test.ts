import { join } from 'node:path'
import { existsSync } from 'node:fs'
import { request } from 'node:https'
import { expect, it, onTestFinished } from 'vitest'
import { claimTokenOf } from '../doubles/agents/live-agents.ts'
import { runThroughline, startInstallation, startThroughline, type Installation } from '../doubles/installation.ts'
import { netdataProgram, startNetdata } from '../doubles/agents/netdata-server.ts'
import { waitUntil } from '../doubles/wait-until.ts'
import { temporaryFolder } from '../doubles/temporary-folder.ts'

/** One GET of the API as a person's script. */
function reader(cloud: Installation, token: string) {
  return (path: string): Promise<{ status: number; text: string }> =>
    new Promise((resolve, reject) => {
      const sent = request(`${cloud.url}/api/throughline/v1${path}`, { ca: cloud.caPem, headers: { authorization: `Bearer ${token}` } })
      sent.on('error', reject)
      sent.on('response', (answer) => {
        const chunks: Buffer[] = []
        answer.on('data', (chunk: Buffer) => chunks.push(chunk))
        answer.on('end', () => resolve({ status: answer.statusCode ?? 0, text: Buffer.concat(chunks).toString('utf8') }))
      })
      sent.end()
    })
}

for (const kind of ['host', 'netdata'] as const) {
  it(
    `[MK14] (D8) under strict rules charts of masked things of the ${kind} source draw and drill down, and the node's page says what it may send`,
    { timeout: 240_000 },
    async ({ skip }) => {
      if (kind === 'netdata' && !existsSync(netdataProgram)) skip(`needs ${netdataProgram}`)
      const netdata = kind === 'netdata' ? await startNetdata() : undefined
      if (netdata !== undefined) onTestFinished(() => netdata.stop())
      const cloud = await startInstallation({ THROUGHLINE_HOST_AGENT: 'off' })
      const ca = join(cloud.dataFolder, 'tls', 'ca.pem')
      const env = { THROUGHLINE_DATA: join(temporaryFolder(), 'agent') }
      const source = [
        '--masking',
        'strict',
        '--hostname',
        'orchid-9',
        ...(netdata === undefined ? [] : ['--source', 'netdata', '--netdata-url', netdata.url]),
      ]
      const claim = ['claim', '--url', cloud.url, '--token', await claimTokenOf(cloud), '--ca', ca, ...source]
      const unconfirmed = await runThroughline(claim, env)
      expect(unconfirmed.status).not.toBe(0)
      expect((await runThroughline([...claim, '--accept-manifest'], env)).status).toBe(0)
      await startThroughline(['agent', ...source], env).says(/online/i)

      const { token } = JSON.parse((await runThroughline(['token', 'create', '--scope', 'all', '--json'], cloud.env)).out) as {
        token: string
      }
      const get = reader(cloud, token)
      const node = await waitUntil(async () => {
        const { nodes } = JSON.parse((await get('/nodes')).text) as { nodes: { nodeId: string; hostname: string; state: string }[] }
        return nodes.find(({ state }) => state === 'live')
      })
      expect(node.hostname).toMatch(/^host-[a-z0-9]{12}$/)
      const path = `/nodes/${node.nodeId}`
      const egress = JSON.parse((await get(`${path}/egress`)).text) as {
        manifest: { by: string; pending: unknown[]; fields: object }
        refused: unknown[]
      }
      expect([egress.manifest.by, egress.manifest.pending, egress.refused]).toEqual(['flag', [], []])

      // A context whose charts are things of this host, each under a name of its own.
      const found = await waitUntil(async () => {
        const known = JSON.parse((await get(`${path}/contexts`)).text) as { contexts: { id: string }[] }
        return known.contexts.find(({ id }) => id === 'net.net' || id === 'disk.space' || id === 'disk.io')?.id
      })
      const data = await waitUntil(async () => {
        const { status, text } = await get(`${path}/data?context=${found}&after=-10&points=5`)
        const answer = status === 200 ? (JSON.parse(text) as { chart_ids?: string[]; result?: { data: (number | null)[][] } }) : undefined
        return answer?.result?.data.some((row) => row.slice(1).some((value) => value !== null)) ? answer : undefined
      })
      const chart = data.chart_ids?.[0] ?? ''
      expect(chart).toMatch(/\.(?:interface|mount|disk)-\d+$/)
      const one = await get(`${path}/data?context=${found}&chart=${encodeURIComponent(chart)}&after=-10&points=5`)
      const drilled = JSON.parse(one.text) as { chart_ids?: string[]; result: { data: unknown[] } }
      expect(new Set(drilled.chart_ids ?? [chart])).toEqual(new Set([chart]))
      expect(drilled.result.data.length).toBeGreaterThan(0)
    },
  )
}

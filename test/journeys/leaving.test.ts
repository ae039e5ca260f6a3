import { request } from 'node:https'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { freePort } from '../doubles/servers/free-port.ts'
import { runThroughline, startInstallation, startThroughline, type Installation } from '../doubles/installation.ts'
import { waitUntil } from '../doubles/wait-until.ts'
import { temporaryFolder } from '../doubles/temporary-folder.ts'

interface ListedNode {
  readonly nodeId: string
  readonly hostname: string
  readonly state: string
}

interface Attempt {
  readonly stage: string
  readonly reason: string
  readonly sentence: string
  readonly mend: string
}

function ask(cloud: Installation, token: string, path: string): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const url = new URL(`/api/throughline/v1${path}`, cloud.url)
    const asked = request(url, { ca: cloud.caPem, headers: { authorization: `Bearer ${token}` } }, (answer) => {
      let body = ''
      answer.on('data', (chunk: Buffer) => (body += chunk.toString('utf8')))
      answer.on('end', () => resolve(JSON.parse(body)))
    })
    asked.on('error', reject)
    asked.end()
  })
}

async function setUp() {
  const cloud = await startInstallation()
  const run = (...args: string[]) => runThroughline(args, cloud.env)
  const caFile = join(cloud.dataFolder, 'tls', 'ca.pem')
  const folder = temporaryFolder()
  const bearer = (await run('token', 'create', '--scope', 'all')).out.trim()
  const claimToken = async () => /^Token: (\S{135})$/m.exec((await run('claim-token')).out)?.[1] ?? ''
  const claim = (token: string) =>
    run('claim', '--accept-manifest', '--url', cloud.url, '--token', token, '--ca', caFile, '--folder', folder, '--hostname', 'edge-9')
  const nodes = async () => ((await ask(cloud, bearer, '/nodes')) as { nodes: ListedNode[] }).nodes
  const reasons = async () =>
    ((await ask(cloud, bearer, '/connect-attempts')) as { attempts: Attempt[] }).attempts.map(({ stage, reason }) => `${stage} ${reason}`)
  const live = () => waitUntil(async () => (await nodes()).find(({ state }) => state === 'live'))
  return { cloud, run, caFile, folder, bearer, claimToken, claim, nodes, reasons, live }
}

it(
  '[GW145] [CLI101] [AL110] [API103] a live host is removed: its agent is banned, the list is empty, and claimed again it is a new node',
  {
    timeout: 180_000,
  },
  async ({ skip }) => {
    if (process.platform !== 'linux') skip('the built-in collector needs a Linux kernel')
    const { cloud, run, caFile, folder, claimToken, claim, nodes, reasons, live } = await setUp()
    const doctor = () => run('doctor', '--url', cloud.url, '--ca', caFile, '--folder', folder)

    const before = await doctor()
    expect({ status: before.status, mends: before.out.includes('MEND') }).toEqual({ status: 0, mends: false })
    const refused = await claim('not-a-token')
    expect({ status: refused.status, err: refused.err }).toMatchObject({ status: 1, err: expect.stringContaining('token') as string })
    expect(await reasons()).toContain('claim token-unknown')
    expect(await claim(await claimToken())).toMatchObject({ status: 0 })
    const agent = startThroughline(['agent', '--folder', folder, '--hostname', 'edge-9'], cloud.env)
    const first = await live()

    const removal = await run('nodes', 'remove', 'edge-9')

    expect({ status: removal.status, out: removal.out }).toMatchObject({ status: 0, out: expect.stringContaining(first.nodeId) as string })
    await agent.says(/^Banned: /m)
    expect(await nodes()).toEqual([])
    const ill = await doctor()
    expect({ status: ill.status, out: ill.out }).toMatchObject({
      status: 1,
      out: expect.stringContaining('the node was removed there') as string,
    })
    expect(await reasons()).toContain('challenge claim-removed')

    // The agent that runs picks the new claim up by itself.
    expect(await claim(await claimToken())).toMatchObject({ status: 0 })
    const second = await live()
    expect(second.nodeId).not.toBe(first.nodeId)
    expect(second.hostname).toBe('edge-9')
    expect((await doctor()).status).toBe(0)
    expect((await agent.end('SIGTERM')).status).toBe(0)
  },
)

it('[CLI101] a node is removed from a cloud that does not run, by its id or its name', { timeout: 120_000 }, async ({ skip }) => {
  if (process.platform !== 'linux') skip('the built-in collector needs a Linux kernel')
  const { cloud, run, claimToken, claim, nodes } = await setUp()
  await claim(await claimToken())
  expect(await nodes()).toHaveLength(1)
  await cloud.end('SIGTERM')
  const unknown = await run('nodes', 'remove', 'nobody')
  expect({ status: unknown.status, err: unknown.err }).toMatchObject({
    status: 1,
    err: expect.stringContaining('no node nobody') as string,
  })
  expect((await run('nodes', 'remove')).status).toBe(2)
  expect((await run('nodes', 'remove', 'edge-9')).status).toBe(0)
  expect(JSON.parse((await run('nodes', '--json')).out)).toEqual({ nodes: [] })
})

it('[CLI102] doctor --url tells what keeps a host from a cloud, step by step, and fails', async () => {
  const port = await freePort()
  const env = { THROUGHLINE_DATA: join(temporaryFolder(), 'data') }
  const { status, out } = await runThroughline(['doctor', '--url', `https://localhost:${port}`, '--json'], env)
  const { findings } = JSON.parse(out) as { findings: { check: string; isGood: boolean }[] }
  expect({ status, findings: findings.map(({ check, isGood }) => `${check} ${isGood}`) }).toEqual({
    status: 1,
    findings: ['address true', 'proxy true', 'DNS true', 'port false', 'claim true'],
  })
})

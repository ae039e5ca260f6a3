import { spawn } from 'node:child_process'
import { copyFileSync, chmodSync, readFileSync, readdirSync } from 'node:fs'
import { request } from 'node:https'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { runThroughline, startInstallation } from '../doubles/installation.ts'
import type { Installation } from '../doubles/installation.ts'
import { signInViewer } from '../doubles/people/viewer.ts'
import { waitUntil } from '../doubles/wait-until.ts'
import { temporaryFolder } from '../doubles/temporary-folder.ts'

/** A process whose name and argument are found nowhere else. */
const names = { process: 'mark-5c81e0', argument: '86753.0942424' } as const

function startMarkedProcess(): number {
  const program = join(temporaryFolder(), names.process)
  copyFileSync('/bin/sleep', program)
  chmodSync(program, 0o755)
  const child = spawn(program, [names.argument], { stdio: 'ignore' })
  onTestFinished(() => void child.kill('SIGKILL'))
  return child.pid ?? 0
}

async function firstNode(cloud: Installation) {
  const viewer = await signInViewer(cloud)
  const nodeId = await waitUntil(async () => {
    const { nodes } = (await viewer.get('/api/throughline/v1/nodes')) as { nodes: { nodeId: string; state: string }[] }
    return nodes.find(({ state }) => state === 'live')?.nodeId
  })
  return { viewer, nodeId }
}

function statusOf(cloud: Installation, path: string, headers: Record<string, string>): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    const asked = request(new URL(path, cloud.url), { ca: cloud.caPem, headers }, (answer) => {
      let body = ''
      answer.on('data', (chunk: Buffer) => (body += chunk.toString('utf8')))
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, body }))
    })
    asked.on('error', reject)
    asked.end()
  })
}

it(
  '[HF1] [HF23] the page gets the processes of the host through the whole product, and nothing of them stays',
  { timeout: 120_000 },
  async ({ skip }) => {
    if (process.platform !== 'linux') skip('the functions read the files of a Linux kernel')
    const pid = startMarkedProcess()
    const cloud = await startInstallation({ THROUGHLINE_HOST_AGENT: 'on', THROUGHLINE_LOG_LEVEL: 'debug' })
    const { viewer, nodeId } = await firstNode(cloud)
    const live = await viewer.open()
    live.say({ type: 'ask', id: 1, nodeId, question: { kind: 'functions' } })
    const list = JSON.parse(await live.sees('"processes"')) as { functions: Record<string, { access: string[] }> }
    expect(list.functions['processes']?.access).toEqual(['signed-in', 'same-space', 'sensitive-data'])
    expect(list.functions['mount-points']?.access).toEqual(['anonymous-data'])

    const call = { kind: 'function', name: 'processes', args: [{ key: 'process', value: `${names.process}*` }], timeoutS: 10 } as const
    live.say({ type: 'ask', id: 2, nodeId, question: call })
    // An admin may view configuration, and so command lines: of which, by default, the program alone leaves the host (MK10).
    const table = JSON.parse(await live.sees(names.process)) as { data: unknown[][]; columns: Record<string, { index: number }> }
    const cell = (id: string) => table.data[0]?.[table.columns[id]?.index ?? -1]
    expect([table.data.length, cell('PID'), cell('Cmd')]).toEqual([1, pid, names.process])
    expect(String(cell('CmdLine'))).toMatch(new RegExp(`^/\\S+/${names.process} …$`))
    expect(JSON.stringify(table)).not.toContain(names.argument)
    live.say({ type: 'ask', id: 3, nodeId, question: { kind: 'function', name: 'mount-points', args: [], timeoutS: 10 } })
    await live.sees('"MountPoint"')
    live.close()

    const { out, err } = await cloud.end('SIGTERM')
    const files = readdirSync(cloud.dataFolder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
    const kept = files.map((entry) => readFileSync(join(entry.parentPath, entry.name)))
    for (const text of Object.values(names)) {
      expect([out.includes(text), err.includes(text), kept.some((bytes) => bytes.includes(text))]).toEqual([false, false, false])
    }
  },
)

it('[HF10] switched off, nothing is offered and nothing answers', { timeout: 120_000 }, async ({ skip }) => {
  if (process.platform !== 'linux') skip('the functions read the files of a Linux kernel')
  const cloud = await startInstallation({ THROUGHLINE_HOST_AGENT: 'on', THROUGHLINE_FUNCTIONS: 'off' })
  const { viewer, nodeId } = await firstNode(cloud)
  const live = await viewer.open()
  live.say({ type: 'ask', id: 1, nodeId, question: { kind: 'function', name: 'processes', args: [], timeoutS: 10 } })
  await live.sees('No such function is offered here.')
  live.say({ type: 'ask', id: 2, nodeId, question: { kind: 'functions' } })
  expect(JSON.parse(await live.sees('"functions"'))).toEqual({ functions: {} })
  live.close()
})

it('[LD1] [LD5] [LD6] a script reads data with a token, over TLS and past everything else', { timeout: 120_000 }, async ({ skip }) => {
  if (process.platform !== 'linux') skip('the built-in collector needs a Linux kernel')
  const cloud = await startInstallation({ THROUGHLINE_HOST_AGENT: 'on' })
  const { nodeId } = await firstNode(cloud)
  const { token } = JSON.parse((await runThroughline(['token', 'create', '--scope', 'all', '--json'], cloud.env)).out) as { token: string }
  const path = `/api/throughline/v1/nodes/${nodeId}/data`
  const authorization = `Bearer ${token}`
  const answer = await statusOf(cloud, `${path}?context=system.cpu&after=-2`, { authorization })
  expect(answer.status).toBe(200)
  expect(JSON.parse(answer.body)).toMatchObject({ format: 'json', dimension_names: expect.arrayContaining(['user', 'system']) as string[] })
  const statuses = await Promise.all(
    [
      [`${path}?context=system.cpu`, {}],
      [`${path}?context=system.cpu`, { authorization: `${authorization}x` }],
      [`${path}?context=system.cpu&x=1`, { authorization }],
      [`${path.replace(nodeId, '33333333-3333-4333-8333-333333333333')}?context=system.cpu`, { authorization }],
      [`${path}/`, { authorization }],
      [`${path}%3Fcontext=system.cpu`, { authorization }],
    ].map(async ([url, headers]) => (await statusOf(cloud, url as string, headers as Record<string, string>)).status),
  )
  expect(statuses).toEqual([401, 401, 422, 404, 404, 404])
})

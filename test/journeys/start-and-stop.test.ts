import { writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { freePort } from '../doubles/servers/free-port.ts'
import { runThroughline, startInstallation, startProgram } from '../doubles/installation.ts'
import { send } from '../doubles/people/viewer.ts'
import { waitUntil } from '../doubles/wait-until.ts'
import { temporaryFolder } from '../doubles/temporary-folder.ts'

it.each(['SIGTERM', 'SIGINT'] as const)(
  '[RUN1] [RUN2] up prints its two lines, stays, and %s ends it with status 0',
  { timeout: 90_000 },
  async (signal) => {
    const cloud = await startInstallation({ THROUGHLINE_HOST_AGENT: 'on' })
    expect(cloud.url).toBe(`https://localhost:${cloud.port}`)
    expect(cloud.signInLink.startsWith(`${cloud.url}/sign-in#`)).toBe(true)
    expect(cloud.child.exitCode).toBe(null)
    const { status, err } = await cloud.end(signal)
    expect({ status, stack: /^\s+at /m.test(err) }).toEqual({ status: 0, stack: false })
  },
)

it('[ID112] without a mail server a link that was asked for is shown on the console of the cloud, and not in its log', async () => {
  const cloud = await startInstallation()
  const { status } = await send(cloud, 'POST', '/api/throughline/v1/sign-in/request', {}, JSON.stringify({ email: 'owner@localhost' }))
  expect(status).toBe(202)
  const [line, token = ''] = await cloud.says(/^No mail server is set, .*\/sign-in#(\S+)$/m)
  expect(line).toContain(`${cloud.url}/sign-in#`)
  const described = await send(cloud, 'POST', '/api/throughline/v1/sign-in/describe', {}, JSON.stringify({ token }))
  expect(JSON.parse(described.body)).toEqual({ email: 'owner@localhost' })
  const logged = cloud
    .err()
    .split('\n')
    .filter((each) => each.startsWith('{'))
  expect(logged.filter((each) => each.includes(token))).toEqual([])
})

it('[RUN3] a port in use is one sentence with the mend', async () => {
  const taken = createServer()
  const port = await new Promise<number>((resolve) => taken.listen(0, () => resolve((taken.address() as { port: number }).port)))
  const { status, err } = await runThroughline(['up'], {
    THROUGHLINE_DATA: join(temporaryFolder(), 'data'),
    THROUGHLINE_PORT: String(port),
    THROUGHLINE_HOST_AGENT: 'off',
    THROUGHLINE_LOG_LEVEL: 'error',
  })
  taken.close()
  expect(status).toBe(1)
  const last = err.trim().split('\n').at(-1)
  expect(last).toContain(String(port))
  expect(last).toContain('THROUGHLINE_PORT')
})

it('[RUN3] a data folder that cannot be made is one sentence with the mend', async () => {
  const file = join(temporaryFolder(), 'a-file')
  writeFileSync(file, '')
  const { status, err } = await runThroughline(['up'], {
    THROUGHLINE_DATA: join(file, 'data'),
    THROUGHLINE_PORT: String(await freePort()),
    THROUGHLINE_LOG_LEVEL: 'error',
  })
  expect(status).toBe(1)
  expect(err.trim().split('\n').at(-1)).toContain('THROUGHLINE_DATA')
})

it('[RUN3] an old Node.js is one sentence with the mend', async () => {
  const pretend = `data:text/javascript,Object.defineProperty(process,'versions',{value:{...process.versions,node:'18.20.0'}})`
  const running = startProgram(['--import', pretend, 'src/bootstrap/start.mjs'], {})
  const [sentence] = await running.says(/Throughline needs Node\.js 20\.19 or newer and this is 18\.20\.0[^\n]*install[^\n]*\n/)
  expect(sentence.endsWith('\n')).toBe(true)
  expect(await waitUntil(() => running.child.exitCode ?? undefined)).toBe(1)
})

it('[RUN4] a second start finds the node of the first', { timeout: 120_000 }, async () => {
  const cloud = await startInstallation({ THROUGHLINE_HOST_AGENT: 'on' })
  const liveNode = async (env: Readonly<Record<string, string>>) => {
    const { out } = await runThroughline(['nodes', '--json'], env)
    const { nodes } = JSON.parse(out) as { nodes: { nodeId: string; hostname: string; state: string }[] }
    return nodes.find(({ state }) => state === 'live')
  }
  const before = await waitUntil(() => liveNode(cloud.env))
  expect((await cloud.end('SIGTERM')).status).toBe(0)
  const again = await startInstallation(cloud.env)
  expect(await waitUntil(() => liveNode(again.env))).toEqual(before)
})

import { spawn } from 'node:child_process'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { waitUntil } from './wait-until.ts'

/** Debian's netdata on a free loopback port. */
export interface NetdataServer {
  readonly url: string
  stop(): Promise<void>
}

export interface NetdataOptions {
  /** Files below its configuration folder, such as `health.d/test.conf`. */
  readonly files?: Readonly<Record<string, string>>
}

export const netdataProgram = '/usr/sbin/netdata'

/** Starts a netdata of its own in a temporary folder and waits until it has data. `stop` ends it with all its helpers. */
export async function startNetdata({ files = {} }: NetdataOptions = {}): Promise<NetdataServer> {
  const folder = await mkdtemp(join(tmpdir(), 'throughline-netdata-'))
  const port = await freePort()
  for (const name of ['etc', 'cache', 'lib', 'log']) await mkdir(join(folder, name))
  for (const [name, text] of Object.entries(files)) {
    const path = join(folder, 'etc', name)
    await mkdir(join(path, '..'), { recursive: true })
    await writeFile(path, text)
  }
  await writeFile(join(folder, 'netdata.conf'), configuration(folder, port))
  // A process group of its own: netdata starts helpers that outlive it when it is killed alone.
  const child = spawn(netdataProgram, ['-D', '-c', join(folder, 'netdata.conf')], { detached: true, stdio: 'ignore' })
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  let hasFailed = false
  child.once('error', () => (hasFailed = true))
  child.once('exit', () => (hasFailed = true))
  const url = `http://127.0.0.1:${port}`
  // A test run that is broken off takes its netdata with it.
  const atExit = () => killGroup(child.pid)
  process.once('exit', atExit)

  const stop = async () => {
    if (child.exitCode === null && child.signalCode === null && child.pid !== undefined) {
      child.kill('SIGTERM')
      const timer = setTimeout(() => killGroup(child.pid), 10_000)
      await exited
      clearTimeout(timer)
    }
    killGroup(child.pid)
    process.off('exit', atExit)
    await rm(folder, { recursive: true, force: true, maxRetries: 5 })
  }

  const state = await waitUntil(async () => {
    if (hasFailed) return 'failed'
    const answer = await fetch(`${url}/api/v1/data?chart=system.cpu&after=-3&points=1`).catch(() => undefined)
    await answer?.arrayBuffer()
    return answer?.status === 200 ? 'ready' : undefined
  })
  if (state === 'failed') {
    await stop()
    throw new Error(`${netdataProgram} did not start`)
  }
  return { url, stop }
}

function configuration(folder: string, port: number): string {
  const off = [
    'go.d',
    'python.d',
    'charts.d',
    'node.d',
    'apps',
    'ebpf',
    'fping',
    'ioping',
    'tc',
    'perf',
    'cups',
    'nfacct',
    'slabinfo',
    'freeipmi',
  ]
  return `[global]
  run as user = ${process.getuid?.() === 0 ? 'root' : (process.env['USER'] ?? 'netdata')}
[directories]
  config = ${folder}/etc
  cache = ${folder}/cache
  lib = ${folder}/lib
  log = ${folder}/log
  home = ${folder}
[db]
  mode = ram
  retention = 1200
[web]
  bind to = 127.0.0.1:${port}
[plugins]
${off.map((name) => `  ${name} = no`).join('\n')}
[ml]
  enabled = no
[statsd]
  enabled = no
`
}

function killGroup(pid: number | undefined): void {
  if (pid === undefined) return
  try {
    process.kill(-pid, 'SIGKILL')
  } catch {
    // Nobody is left in the group.
  }
}

function freePort(): Promise<number> {
  const server = createServer()
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo
      server.close(() => resolve(port))
    })
  })
}

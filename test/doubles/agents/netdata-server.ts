import { spawn } from 'node:child_process'
import { createSocket } from 'node:dgram'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { freePort } from '../servers/free-port.ts'
import { waitUntil } from '../wait-until.ts'

/** Debian's netdata on a free loopback port. */
export interface NetdataServer {
  readonly url: string
  /** Writes a file below its configuration folder and has its alerts read again. */
  configure(name: string, text: string): Promise<void>
  /** Sends a gauge to its statsd; only with `hasStatsd`. */
  gauge(name: string, value: number): Promise<void>
  /** Ends it with this signal and starts it again in the same folder. */
  restart(signal: 'SIGTERM' | 'SIGKILL'): Promise<void>
  stop(): Promise<void>
}

export interface NetdataOptions {
  /** Files below its configuration folder, such as `health.d/test.conf`. */
  readonly files?: Readonly<Record<string, string>>
  /** Whether it takes statsd over UDP. */
  readonly hasStatsd?: boolean
}

export const netdataProgram = '/usr/sbin/netdata'

/** Starts a netdata of its own in a temporary folder and waits until it has data. `stop` ends it with all its helpers. */
export async function startNetdata({ files = {}, hasStatsd = false }: NetdataOptions = {}): Promise<NetdataServer> {
  const folder = await mkdtemp(join(tmpdir(), 'throughline-netdata-'))
  const port = await freePort()
  const statsdPort = hasStatsd ? await freePort() : undefined
  for (const name of ['etc', 'cache', 'lib', 'log']) await mkdir(join(folder, name))
  const write = async (name: string, text: string) => {
    const path = join(folder, 'etc', name)
    await mkdir(dirname(path), { recursive: true })
    await writeFile(path, text)
  }
  for (const [name, text] of Object.entries(files)) await write(name, text)
  await writeFile(join(folder, 'netdata.conf'), configuration(folder, port, statsdPort))
  const url = `http://127.0.0.1:${port}`
  let running = await runNetdata(folder, url).catch(async (thrown: unknown) => {
    await rm(folder, { recursive: true, force: true, maxRetries: 20 })
    throw thrown
  })
  return {
    url,
    async configure(name, text) {
      await write(name, text)
      running.child.kill('SIGUSR2')
    },
    gauge: (name, value) =>
      new Promise((resolve, reject) => {
        const socket = createSocket('udp4')
        socket.send(`${name}:${value}|g\n`, statsdPort, '127.0.0.1', (error) => {
          socket.close()
          if (error) reject(error)
          else resolve()
        })
      }),
    async restart(signal) {
      await running.end(signal)
      running = await runNetdata(folder, url)
    },
    async stop() {
      await running.end('SIGTERM')
      await rm(folder, { recursive: true, force: true, maxRetries: 20 })
    },
  }
}

async function runNetdata(folder: string, url: string) {
  // A process group of its own: netdata starts helpers that outlive it when it is killed alone.
  const child = spawn(netdataProgram, ['-D', '-c', join(folder, 'netdata.conf')], { detached: true, stdio: 'ignore' })
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  let hasFailed = false
  child.once('error', () => (hasFailed = true))
  child.once('exit', () => (hasFailed = true))
  // A test run that is broken off takes its netdata with it.
  const atExit = () => killGroup(child.pid)
  process.once('exit', atExit)

  const end = async (signal: 'SIGTERM' | 'SIGKILL') => {
    if (child.exitCode === null && child.signalCode === null && child.pid !== undefined) {
      child.kill(signal)
      const timer = setTimeout(() => killGroup(child.pid), 10_000)
      await exited
      clearTimeout(timer)
    }
    killGroup(child.pid)
    process.off('exit', atExit)
  }

  const state = await waitUntil(async () => {
    if (hasFailed) return 'failed'
    const answer = await fetch(`${url}/api/v1/data?chart=system.cpu&after=-3&points=1`).catch(() => undefined)
    await answer?.arrayBuffer()
    return answer?.status === 200 ? 'ready' : undefined
  })
  if (state === 'failed') {
    await end('SIGKILL')
    throw new Error(`${netdataProgram} did not start`)
  }
  return { child, end }
}

function configuration(folder: string, port: number, statsdPort: number | undefined): string {
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
  enabled = ${statsdPort === undefined ? 'no' : 'yes'}
  bind to = udp:127.0.0.1:${statsdPort ?? 0}
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

import { spawn, type ChildProcess } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { freePort } from './servers/free-port.ts'
import { whenOver } from './when-over.ts'
import { temporaryFolder } from './temporary-folder.ts'

const project = new URL('../..', import.meta.url).pathname

/** The outcome of a finished process. */
export interface Finished {
  readonly status: number | null
  readonly out: string
  readonly err: string
}

/** A running `throughline` process, its output so far, and ways to end it. */
export interface Running {
  readonly child: ChildProcess
  out(): string
  err(): string
  /** Resolves with the first match of the pattern in standard output or error; rejects when the process ends without. */
  says(pattern: RegExp): Promise<RegExpExecArray>
  end(signal: NodeJS.Signals): Promise<Finished>
}

/** Starts `npx throughline …args` the way a user does, without the npx. Killed when the test ends. */
export function startThroughline(args: readonly string[], env: Readonly<Record<string, string>>): Running {
  return startProgram([join(project, 'src/bootstrap/throughline.mjs'), ...args], env)
}

/** Starts a program of Node.js in the project with only these settings of ours. */
export function startProgram(args: readonly string[], env: Readonly<Record<string, string>>): Running {
  const inherited = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !name.startsWith('THROUGHLINE_') && name !== 'NODE_OPTIONS'),
  )
  const child = spawn(process.execPath, [...args], { cwd: project, env: { ...inherited, ...env }, stdio: ['ignore', 'pipe', 'pipe'] })
  let out = ''
  let err = ''
  const listeners = new Set<() => void>()
  const heard = () => {
    for (const listener of listeners) listener()
  }
  child.stdout.on('data', (chunk: Buffer) => {
    out += chunk.toString('utf8')
    heard()
  })
  child.stderr.on('data', (chunk: Buffer) => {
    err += chunk.toString('utf8')
    heard()
  })
  const ended = new Promise<Finished>((resolve) => child.on('close', (status) => resolve({ status, out, err })))
  whenOver(() => void child.kill('SIGKILL'))
  return {
    child,
    out: () => out,
    err: () => err,
    says: (pattern) =>
      new Promise((resolve, reject) => {
        const look = () => {
          const match = pattern.exec(out) ?? pattern.exec(err)
          if (match === null) return
          listeners.delete(look)
          resolve(match)
        }
        listeners.add(look)
        look()
        void ended.then(({ status }) => reject(new Error(`ended with ${status} before it said ${String(pattern)}\n${out}\n${err}`)))
      }),
    end: (signal) => {
      child.kill(signal)
      return ended
    },
  }
}

/** Runs a command to its end. */
export function runThroughline(args: readonly string[], env: Readonly<Record<string, string>>): Promise<Finished> {
  const running = startThroughline(args, env)
  return new Promise((resolve) => running.child.on('close', (status) => resolve({ status, out: running.out(), err: running.err() })))
}

/** A cloud that runs `up` in its own data folder. */
export interface Installation extends Running {
  readonly url: string
  readonly signInLink: string
  readonly port: number
  readonly dataFolder: string
  readonly env: Readonly<Record<string, string>>
  readonly caPem: string
}

/** Starts a cloud; by default in a fresh folder on a free port, without the host's agent. */
export async function startInstallation(settings: Readonly<Record<string, string>> = {}): Promise<Installation> {
  const env = {
    THROUGHLINE_DATA: settings['THROUGHLINE_DATA'] ?? join(temporaryFolder(), 'data'),
    THROUGHLINE_PORT: settings['THROUGHLINE_PORT'] ?? String(await freePort()),
    THROUGHLINE_HOST_AGENT: 'off',
    ...settings,
  }
  const running = startThroughline(['up'], env)
  const [, url = ''] = await running.says(/^Throughline is up at (\S+)$/m)
  const [, signInLink = ''] = await running.says(/^Sign in: (\S+)$/m)
  const caPem = readFileSync(join(env.THROUGHLINE_DATA, 'tls', 'ca.pem'), 'utf8')
  return { ...running, url, signInLink, port: Number(env.THROUGHLINE_PORT), dataFolder: env.THROUGHLINE_DATA, env, caPem }
}

import { fork, type ChildProcess } from 'node:child_process'
import { extname } from 'node:path'
import { ThroughlineError } from '../../../src/errors/throughline-error.ts'
import type { Clock } from '../../../src/support/clock.ts'
import type { MirrorSink } from '../ports.ts'

/** A call of the port, as it goes to the process. */
export interface Call {
  readonly id: number
  readonly method: 'migrate' | 'load' | 'count' | 'size' | 'keys'
  readonly args: readonly unknown[]
}

/** What came of it. */
export interface Reply {
  readonly id: number
  readonly value?: unknown
  readonly problem?: string
}

interface Waiting {
  readonly resolve: (value: unknown) => void
  readonly reject: (cause: Error) => void
}

const unavailable = (problem: string) =>
  new ThroughlineError('MIRROR_UNAVAILABLE', 'The mirror cannot answer now.', { cause: new Error(problem) })

export interface ProcessSinkDeps {
  readonly path: string
  readonly clock: Clock
  /** How long the process stays after the last call. */
  readonly idleMs?: number
  /** Hears the id of each process that is begun. */
  readonly onBegun?: (pid: number | undefined) => void
}

/** What the process needs of ours: settings hold secrets that it has no use for. */
const environment = ['PATH', 'HOME', 'TMPDIR', 'TZ', 'LANG']
const endMs = 3_000

/**
 * The DuckDB sink in a process of its own, begun with a call and let go when nothing was asked for a while: the engine takes some
 * sixty megabytes that a process never gives back, and what it does to itself does not touch the cloud.
 */
export function createProcessSink({ path, clock, idleMs = 5_000, onBegun }: ProcessSinkDeps): MirrorSink {
  const waiting = new Map<number, Waiting>()
  let child: ChildProcess | undefined
  let migrated: readonly unknown[] | undefined
  let stopIdle = () => {}
  let isClosed = false
  let calls = 0
  /** Two processes at once would be in each other's way. */
  let ending = Promise.resolve()

  const begin = (): ChildProcess => {
    const ending = extname(new URL(import.meta.url).pathname)
    const begun = fork(new URL(`./sink-process${ending}`, import.meta.url), [path], {
      env: Object.fromEntries(environment.map((name) => [name, process.env[name]])),
      execArgv: ending === '.ts' ? ['--import', 'tsx'] : [],
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    })
    const gone = () => {
      if (child === begun) child = undefined
      for (const [id, { reject }] of waiting) {
        waiting.delete(id)
        reject(unavailable('the process of the mirror ended'))
      }
    }
    begun.on('exit', gone)
    begun.on('error', gone)
    begun.on('message', ({ id, value, problem }: Reply) => {
      const asked = waiting.get(id)
      waiting.delete(id)
      if (problem === undefined) asked?.resolve(value)
      else asked?.reject(unavailable(problem))
    })
    onBegun?.(begun.pid)
    begun.unref()
    begun.channel?.unref()
    return begun
  }

  const send = (to: ChildProcess, method: Call['method'], args: readonly unknown[]): Promise<unknown> =>
    new Promise((resolve, reject) => {
      const id = ++calls
      waiting.set(id, { resolve, reject })
      to.send({ id, method, args } satisfies Call, (problem) => {
        if (problem !== null && waiting.delete(id)) reject(unavailable(problem.message))
      })
    })

  const end = (): Promise<void> => {
    const ended = child
    child = undefined
    if (ended === undefined || !ended.connected) return ending
    ending = new Promise((resolve) => {
      const stop = clock.after(endMs, () => void ended.kill('SIGKILL'))
      ended.once('exit', () => {
        stop()
        resolve()
      })
      ended.disconnect()
    })
    return ending
  }

  const ask = async (method: Call['method'], args: readonly unknown[]): Promise<unknown> => {
    if (isClosed) throw unavailable('the mirror is closed')
    stopIdle()
    try {
      await ending
      if (child === undefined) {
        child = begin()
        // The engine's process knows no tables yet.
        if (migrated !== undefined && method !== 'migrate') void send(child, 'migrate', migrated).catch(() => undefined)
      }
      const answer = await send(child, method, args)
      if (method === 'migrate') migrated = args
      return answer
    } finally {
      stopIdle()
      if (waiting.size === 0 && !isClosed) stopIdle = clock.after(idleMs, () => void end())
    }
  }

  return {
    name: 'duckdb',
    migrate: async (...wanted) => void (await ask('migrate', wanted)),
    load: async (...wanted) => (await ask('load', wanted)) as Awaited<ReturnType<MirrorSink['load']>>,
    count: async (...wanted) => (await ask('count', wanted)) as number,
    size: async (...wanted) => (await ask('size', wanted)) as number,
    keys: async (...wanted) => (await ask('keys', wanted)) as Awaited<ReturnType<MirrorSink['keys']>>,
    async close() {
      isClosed = true
      stopIdle()
      await end()
    },
  }
}

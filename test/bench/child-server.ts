import { fork } from 'node:child_process'
import type { Memory, ServerCommand } from './server-commands.ts'

/** A server in a process of its own, so that its memory and CPU are its own. */
export interface ChildServer {
  memory(): Promise<Memory>
  cpuUs(): Promise<number>
  ask(command: ServerCommand): Promise<unknown>
  stop(): Promise<void>
}

/** Starts a server program of this folder; resolves with its first message. */
export async function startChild<Hello>(
  program: string,
  env: Readonly<Record<string, string>>,
): Promise<{ server: ChildServer; hello: Hello }> {
  const inherited = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('THROUGHLINE_')))
  const child = fork(new URL(program, import.meta.url), {
    env: { ...inherited, ...env },
    execArgv: ['--expose-gc', '--import', 'tsx'],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
  const exited = new Promise<never>((_resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`${program} ended with ${code}`)))
  })
  exited.catch(() => {})
  const message = () => Promise.race([new Promise((resolve) => void child.once('message', resolve)), exited])
  // One command at a time: each waits for the answer of the one before.
  let last: Promise<unknown> = Promise.resolve()
  const ask = (command: ServerCommand): Promise<unknown> => {
    const answered = last.then(async () => {
      const heard = message()
      child.send(command)
      return ((await heard) as { answer: unknown }).answer
    })
    last = answered.catch(() => {})
    return answered
  }
  const hello = (await message()) as Hello
  return {
    hello,
    server: {
      ask,
      memory: async () => (await ask({ ask: 'memory' })) as Memory,
      cpuUs: async () => (await ask({ ask: 'cpu' })) as number,
      async stop() {
        const gone = new Promise((resolve) => void child.once('exit', resolve))
        child.send({ ask: 'stop' } satisfies ServerCommand)
        const cut = setTimeout(() => child.kill('SIGKILL'), 15_000)
        await gone
        clearTimeout(cut)
      },
    },
  }
}

import { fileURLToPath } from 'node:url'
import { runCommand } from './cli/run-command.ts'
import { readConfig } from './config/read-config.ts'
import { systemClock } from './support/clock.ts'

/** Any time will do: nothing happens then. */
const aliveMs = 3_600_000

/** Runs one command with this process's environment and signals, and sets the exit status. */
export async function main(argv: readonly string[]): Promise<void> {
  const stopping = new AbortController()
  const onSignal = () => {
    // A second Ctrl-C means now.
    if (stopping.signal.aborted) process.exit(130)
    stopping.abort()
  }
  process.on('SIGINT', onSignal)
  process.on('SIGTERM', onSignal)
  // npx puts a shell between itself and us that a signal ends without passing it on; a lost parent then is the signal.
  const parent = process.ppid
  if (process.env['npm_command'] === 'exec') systemClock.every(500, () => process.ppid !== parent && !stopping.signal.aborted && onSignal())
  process.on('unhandledRejection', (thrown) => fail(thrown))
  process.on('uncaughtException', (thrown) => fail(thrown))
  // Neither the clock's timers nor a child that is ending keep the process alive; a command that still waits for them must not be cut off.
  const alive = setInterval(() => {}, aliveMs)
  const status = await runCommand(argv, {
    env: process.env,
    config: () => readConfig(process.env),
    print: (line) => void process.stdout.write(`${line}\n`),
    tell: (line) => void process.stderr.write(`${line}\n`),
    stop: stopping.signal,
    clock: systemClock,
  })
  clearInterval(alive)
  process.exit(status)
}

/** What nobody expected: say so, with the kind of error and where it was made, and end. Its message stays unsaid: parsers quote what they read. */
function fail(thrown: unknown): never {
  const frames = thrown instanceof Error ? (thrown.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line)) : []
  const kind = thrown instanceof Error ? thrown.name : 'a thrown value that is no error'
  process.stderr.write(`${['Throughline failed inside and stops; please report this.', kind, ...frames].join('\n')}\n`)
  process.exit(1)
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main(process.argv.slice(2))

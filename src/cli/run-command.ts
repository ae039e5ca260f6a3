import { parseArgs } from 'node:util'
import { ThroughlineError } from '../errors/throughline-error.ts'
import { checkConfig } from './check-config.ts'
import type { CliContext, Command, OptionValues } from './command.ts'
import { commands } from './commands.ts'

/** Runs what argv asks for. Answers the exit status: 0, 1 for a failure told in one sentence, 2 for words it does not know. */
export async function runCommand(argv: readonly string[], context: CliContext): Promise<number> {
  try {
    const [first, ...rest] = argv
    if (first === undefined || first === '--help' || first === '-h' || first === 'help') {
      for (const line of generalHelp()) context.print(line)
      return 0
    }
    if (first === '--check-config') {
      checkConfig(context)
      return 0
    }
    const command = commands[first]
    if (command === undefined) throw new ThroughlineError('USAGE', `There is no command "${first}"; npx throughline --help lists them.`)
    const { values, operands } = readOptions(first, command, rest)
    if (values['help'] === true) {
      for (const line of commandHelp(first, command)) context.print(line)
      return 0
    }
    if (values['check-config'] === true) checkConfig(context)
    else await command.run(context, values, operands)
    return 0
  } catch (thrown) {
    if (!(thrown instanceof ThroughlineError)) throw thrown
    context.tell(thrown.message)
    return thrown.code === 'USAGE' ? 2 : 1
  }
}

function readOptions(name: string, command: Command, argv: readonly string[]): { values: OptionValues; operands: readonly string[] } {
  try {
    const { values, positionals } = parseArgs({
      args: [...argv],
      options: { ...command.options, help: { type: 'boolean', short: 'h' }, 'check-config': { type: 'boolean' } },
      allowPositionals: command.operands !== undefined,
    })
    return { values, operands: positionals }
  } catch (cause) {
    const reason = cause instanceof Error ? (cause.message.split('. ')[0] ?? '') : ''
    throw new ThroughlineError('USAGE', `${reason}; npx throughline ${name} --help tells the options.`, { cause })
  }
}

function generalHelp(): string[] {
  const width = Math.max(...Object.keys(commands).map((name) => name.length))
  return [
    'npx throughline <command> [options]',
    '',
    ...Object.entries(commands).map(([name, { summary }]) => `  ${name.padEnd(width)}  ${summary}`),
    `  ${'--check-config'.padEnd(width)}  checks the settings and prints them`,
    '',
    'Every command has --help. Settings are environment variables; README.md lists them.',
  ]
}

function commandHelp(name: string, command: Command): string[] {
  const rows = Object.entries(command.options).map(
    ([option, { doc, value }]) => [value === undefined ? `--${option}` : `--${option} ${value}`, doc] as const,
  )
  const width = Math.max(0, ...rows.map(([left]) => left.length))
  const operands = command.operands === undefined ? '' : ` ${command.operands}`
  return [
    `npx throughline ${name}${operands}${rows.length > 0 ? ' [options]' : ''}`,
    '',
    `  ${command.summary}`,
    '',
    ...rows.map(([left, doc]) => `  ${left.padEnd(width)}  ${doc}`),
  ]
}

import type { ParseArgsConfig } from 'node:util'
import type { Config } from '../config/read-config.ts'
import type { Clock } from '../support/clock.ts'

/** What a command may touch: its settings, two ways to speak, and the signal that says stop. */
export interface CliContext {
  readonly env: Readonly<Record<string, string | undefined>>
  /** Reads the settings; throws CONFIG_INVALID. */
  readonly config: () => Config
  /** Prints a line of result on standard output. */
  readonly print: (line: string) => void
  /** Prints a line of progress on standard error. */
  readonly tell: (line: string) => void
  /** Aborted by SIGTERM and Ctrl-C. */
  readonly stop: AbortSignal
  readonly clock: Clock
}

/** One option of a command, with the words `--help` prints. */
export type Option = NonNullable<ParseArgsConfig['options']>[string] & { readonly doc: string; readonly value?: string }

export type OptionValues = Readonly<Record<string, string | boolean | undefined>>

/** A command of `throughline`. `run` throws ThroughlineError for anything a person can mend. */
export interface Command {
  readonly summary: string
  /** What stands behind the command's name, such as `create --scope all`. */
  readonly operands?: string
  readonly options: Readonly<Record<string, Option>>
  run(context: CliContext, values: OptionValues, operands: readonly string[]): Promise<void>
}

/** A text option, or undefined when it was not given. */
export function textOption(values: OptionValues, name: string): string | undefined {
  const value = values[name]
  return typeof value === 'string' && value !== '' ? value : undefined
}

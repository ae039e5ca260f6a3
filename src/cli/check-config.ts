import { describeConfig } from '../config/read-config.ts'
import type { CliContext } from './command.ts'

/** Prints the settings in force; throws CONFIG_INVALID with every problem at once. */
export function checkConfig(context: CliContext): void {
  context.config()
  for (const line of describeConfig(context.env)) context.print(line)
  context.print('The settings are good.')
}

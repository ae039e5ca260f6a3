import { readFileSync } from 'node:fs'
import { ThroughlineError } from '../errors/throughline-error.ts'
import { textOption, type OptionValues } from './command.ts'

/** The CA that `--ca` names; undefined without it. Throws USAGE. */
export function readCa(values: OptionValues): string | undefined {
  const file = textOption(values, 'ca')
  if (file === undefined) return undefined
  try {
    return readFileSync(file, 'utf8')
  } catch (cause) {
    throw new ThroughlineError('USAGE', `The CA file ${file} cannot be read; npx throughline claim-token tells where it lies.`, { cause })
  }
}

import { join } from 'node:path'
import { createAgent, defaultNetdataUrl, type HostAgent } from '../../agent-link/agent.ts'
import { ThroughlineError } from '../errors/throughline-error.ts'
import { createPinoLog } from '../support/pino-log.ts'
import { textOption, type CliContext, type Option, type OptionValues } from './command.ts'

/** The options that `agent` and `claim` share: where data comes from, and where the claim is kept. */
export const sourceOptions: Readonly<Record<string, Option>> = {
  source: { type: 'string', value: 'host|netdata', doc: 'where data comes from: the kernel of this host (default) or a local netdata' },
  'netdata-url': { type: 'string', value: '<url>', doc: `where that netdata answers; default ${defaultNetdataUrl}` },
  hostname: { type: 'string', value: '<name>', doc: 'the name this host goes by; default its own' },
  functions: {
    type: 'string',
    value: 'on|off',
    doc: "whether this host's processes, mounts, connections, units and logs may be asked for; default THROUGHLINE_FUNCTIONS",
  },
  folder: { type: 'string', value: '<path>', doc: 'where key and claim are kept; default agent in the data folder' },
}

/** The agent those options ask for. Throws USAGE and CONFIG_INVALID. */
export function agentFromOptions(context: CliContext, values: OptionValues): HostAgent {
  const sourceKind = textOption(values, 'source') ?? 'host'
  if (sourceKind !== 'host' && sourceKind !== 'netdata')
    throw new ThroughlineError('USAGE', `--source is host or netdata, not "${sourceKind}".`)
  const config = context.config()
  const functions = textOption(values, 'functions') ?? config.hostFunctions
  if (functions !== 'on' && functions !== 'off') throw new ThroughlineError('USAGE', `--functions is on or off, not "${functions}".`)
  return createAgent({
    folder: textOption(values, 'folder') ?? join(config.dataFolder, 'agent'),
    sourceKind,
    netdataUrl: textOption(values, 'netdata-url'),
    hostname: textOption(values, 'hostname'),
    offersFunctions: functions === 'on',
    clock: context.clock,
    log: createPinoLog(config.logLevel),
  })
}

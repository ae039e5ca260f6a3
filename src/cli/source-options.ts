import { join } from 'node:path'
import { createAgent, defaultNetdataUrl, type HostAgent } from '../../agent-link/agent.ts'
import { presetNames } from '../../agent-link/egress/masking/rules.ts'
import { ThroughlineError } from '../errors/throughline-error.ts'
import { createPinoLog } from '../support/pino-log.ts'
import { textOption, type CliContext, type Option, type OptionValues } from './command.ts'

/** The options that `agent` and `claim` share: where data comes from, and where the claim is kept. Those of the claim stay with it. */
export const sourceOptions: Readonly<Record<string, Option>> = {
  source: { type: 'string', value: 'host|netdata', doc: 'where data comes from: the kernel of this host (default) or a local netdata' },
  'netdata-url': { type: 'string', value: '<url>', doc: `where that netdata answers; default ${defaultNetdataUrl}` },
  hostname: { type: 'string', value: '<name>', doc: 'the name this host goes by; default its own' },
  functions: {
    type: 'string',
    value: 'on|off',
    doc: "whether this host's processes, mounts, connections, units and logs may be asked for; default THROUGHLINE_FUNCTIONS",
  },
  masking: {
    type: 'string',
    value: 'default|strict|off',
    doc: 'what is masked before it leaves this host, instead of the rules in egress.json of the folder; off masks nothing',
  },
  folder: { type: 'string', value: '<path>', doc: 'where key and claim are kept; default agent in the data folder' },
}

/** Where key and claim of those options are kept. Throws CONFIG_INVALID. */
export function agentFolder(context: CliContext, values: OptionValues): string {
  return textOption(values, 'folder') ?? join(context.config().dataFolder, 'agent')
}

/** The agent those options ask for. Throws USAGE and CONFIG_INVALID. */
export function agentFromOptions(context: CliContext, values: OptionValues): HostAgent {
  const sourceKind = textOption(values, 'source')
  if (sourceKind !== undefined && sourceKind !== 'host' && sourceKind !== 'netdata')
    throw new ThroughlineError('USAGE', `--source is host or netdata, not "${sourceKind}".`)
  const config = context.config()
  // The setting is on by default, and must not bring back what was switched off at the claim.
  const functions = textOption(values, 'functions') ?? (config.hostFunctions === 'off' ? 'off' : undefined)
  if (functions !== undefined && functions !== 'on' && functions !== 'off')
    throw new ThroughlineError('USAGE', `--functions is on or off, not "${functions}".`)
  const masking = textOption(values, 'masking')
  const preset = presetNames.find((name) => name === masking)
  if (masking !== undefined && preset === undefined)
    throw new ThroughlineError('USAGE', `--masking is default, strict or off, not "${masking}".`)
  return createAgent({
    folder: agentFolder(context, values),
    masking: preset,
    sourceKind,
    netdataUrl: textOption(values, 'netdata-url'),
    hostname: textOption(values, 'hostname'),
    offersFunctions: functions === undefined ? undefined : functions === 'on',
    clock: context.clock,
    log: createPinoLog(config.logLevel),
  })
}

import { ThroughlineError } from '../errors/throughline-error.ts'
import { textOption, type Command } from './command.ts'
import { readCa } from './read-ca.ts'
import { confirmManifest } from './confirm-manifest.ts'
import { agentFolder, agentFromOptions, sourceOptions } from './source-options.ts'

export const claim: Command = {
  summary: 'claims this host for a space; then run throughline agent',
  options: {
    url: { type: 'string', value: 'https://host:port', doc: 'the cloud' },
    token: { type: 'string', value: '<token>', doc: 'a claim token, as npx throughline claim-token prints it' },
    rooms: { type: 'string', value: '<id,id>', doc: 'rooms the node joins besides the one of all nodes' },
    ca: { type: 'string', value: '<file>', doc: "PEM file of the CA to trust; default the system's" },
    'accept-manifest': { type: 'boolean', doc: 'confirm what may leave this host without being asked; throughline manifest shows it' },
    'dry-run': { type: 'boolean', doc: 'print every byte that would leave this host, before and after masking; send and change nothing' },
    ...sourceOptions,
  },
  async run(context, values) {
    const isDryRun = values['dry-run'] === true
    const url = textOption(values, 'url') ?? (isDryRun ? context.config().publicUrl : undefined)
    const token = textOption(values, 'token') ?? (isDryRun ? '<claim token>' : undefined)
    if (url === undefined || token === undefined)
      throw new ThroughlineError('USAGE', 'Name the cloud and the token: --url https://host:port --token <token>.')
    const roomIds = (textOption(values, 'rooms') ?? '').split(',').filter((id) => id !== '')
    const hostAgent = agentFromOptions(context, values)
    if (isDryRun) {
      for await (const section of hostAgent.describeEgress({ url, token, roomIds })) context.print(section)
      return
    }
    const caPem = readCa(values)
    const confirmedBy = await confirmManifest(context, agentFolder(context, values), values['accept-manifest'] === true)
    await hostAgent.claim({ url, token, roomIds, caPem, confirmedBy })
    context.print('Claimed. Now run: npx throughline agent')
  },
}

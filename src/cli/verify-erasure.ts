import { ThroughlineError } from '../errors/throughline-error.ts'
import { copiesIn, keysFolder, verifyErasure as verify } from '../compose.ts'
import { textOption, type Command } from './command.ts'

export const verifyErasure: Command = {
  summary: 'checks a certificate of an erasure against copies of the data, without a running cloud and without knowing whom it is about',
  operands: '<certificate.json> [copy]…',
  options: {
    data: { type: 'string', value: '<folder>', doc: 'a copy of the data folder; default the data folder of the settings, and its mirror' },
    mirror: { type: 'string', value: '<file>', doc: 'a copy of the mirror, a DuckDB file' },
    backup: { type: 'string', value: '<folder>', doc: 'a folder into which a backup was restored' },
    keys: { type: 'string', value: '<folder>', doc: 'the folder of keys; default the one of the settings' },
    'public-key': {
      type: 'string',
      value: '<file>',
      doc: 'the public key of the signature, as PEM or as /.well-known/throughline-keys.json',
    },
    key: { type: 'string', value: '<file>', doc: 'the key of erasures, erasure.key, if it is not in the folder of keys' },
  },
  async run(context, values, operands) {
    const [certificateFile, ...more] = operands
    if (certificateFile === undefined)
      throw new ThroughlineError('USAGE', 'Name the file of the certificate: npx throughline verify-erasure certificate.json.')
    const named = [...['data', 'mirror', 'backup'].flatMap((name) => textOption(values, name) ?? []), ...more]
    const config = context.config()
    const { lines, problems } = await verify({
      certificateFile,
      keysFolder: textOption(values, 'keys') ?? keysFolder(config),
      publicKeyFile: textOption(values, 'public-key'),
      ledgerKeyFile: textOption(values, 'key'),
      copies: named.length === 0 ? copiesIn(config.dataFolder) : named,
    })
    for (const line of lines) context.print(line)
    if (problems.length > 0)
      throw new ThroughlineError('CERTIFICATE_REFUSED', `The certificate does not hold: ${problems.length} of the copies are not clean.`)
    context.print('The certificate holds.')
  },
}

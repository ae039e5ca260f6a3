import { readFile, writeFile } from 'node:fs/promises'
import { keysFolder, openCanary, readCanaryReport, reportLines } from '../compose.ts'
import { ThroughlineError } from '../errors/throughline-error.ts'
import { askCloud, streamFromCloud } from './ask-cloud.ts'
import { textOption, type CliContext, type Command, type OptionValues } from './command.ts'

const secondsDefault = 10
const secondsMax = 600

export const canary: Command = {
  summary:
    'canary run proves that no live value is kept: markers go through the running cloud, then every store, log and memory is searched',
  operands: 'run|verify <report>',
  options: {
    seconds: { type: 'string', value: '<n>', doc: `how long markers go through, 1 to ${secondsMax}; default ${secondsDefault}` },
    out: { type: 'string', value: '<file>', doc: 'run: where the signed report goes; default none' },
    log: { type: 'string', value: '<file>', doc: 'run: a file the log of the cloud goes to, searched as well' },
    json: { type: 'boolean', doc: 'as JSON' },
  },
  async run(context, values, operands) {
    const [action, file] = operands
    if (action === 'run' && operands.length === 1) return run(context, values)
    if (action === 'verify' && file !== undefined && operands.length === 2) return verify(context, values, file)
    throw new ThroughlineError('USAGE', 'Say what to do: npx throughline canary run, or canary verify <report>.')
  },
}

async function run(context: CliContext, values: OptionValues): Promise<void> {
  const seconds = Number(textOption(values, 'seconds') ?? secondsDefault)
  if (!Number.isInteger(seconds) || seconds < 1 || seconds > secondsMax)
    throw new ThroughlineError('USAGE', `--seconds wants a whole number from 1 to ${secondsMax}.`)
  const config = context.config()
  const logFile = textOption(values, 'log')
  const opened = await openCanary(config, { clock: context.clock })
  try {
    const { report, signed } = await opened.run({
      seconds,
      files: logFile === undefined ? [] : [logFile],
      stream: (path) => streamFromCloud(config, context.clock, path),
      async removeNode(nodeId) {
        await askCloud(config, context.clock, `/api/throughline/v1/nodes/${nodeId}`, 'DELETE')
      },
      tell: (line) => context.tell(line),
      stop: context.stop,
    })
    const out = textOption(values, 'out')
    if (out !== undefined) await writeFile(out, `${JSON.stringify({ report, signed }, null, 2)}\n`, { mode: 0o600 })
    if (values['json'] === true) context.print(JSON.stringify(report, null, 2))
    else for (const line of reportLines(report)) context.print(line)
    if (report.verdict !== 'clean')
      throw new ThroughlineError('VALUE_KEPT', 'The proof failed; keep the report, and look at what was found before anything else.')
  } finally {
    await opened.close()
  }
}

async function verify(context: CliContext, values: OptionValues, file: string): Promise<void> {
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new ThroughlineError('USAGE', `${file} cannot be read.`, { cause })
  })
  const report = await readCanaryReport(keysFolder(context.config()), text)
  if (values['json'] === true) context.print(JSON.stringify(report, null, 2))
  else {
    context.print(`Signed by this installation. The run ended at ${new Date(report.endedAtMs).toISOString()}.`)
    for (const line of reportLines(report)) context.print(line)
  }
}

import { restoreOrder, type RestoreReport, type RestoreTarget } from '../compose.ts'
import { ThroughlineError } from '../errors/throughline-error.ts'
import { momentText, readMoment } from './backup-words.ts'
import { textOption, type CliContext, type Command, type OptionValues } from './command.ts'

export const restore: Command = {
  summary: 'restores a backup and the changes since into an empty data folder or table; erased people stay erased',
  operands: '<name>|latest',
  options: {
    into: { type: 'string', value: '<folder>', doc: 'data folder to make; it must be empty or not there yet' },
    'into-table': { type: 'string', value: '<table>', doc: 'DynamoDB table instead, empty or not there yet' },
    until: { type: 'string', value: '2026-11-25T10:00', doc: 'the state of that moment (UTC); default for latest the last change' },
    from: { type: 'string', value: '<folder>', doc: 'another folder than THROUGHLINE_BACKUPS' },
    json: { type: 'boolean', doc: 'as JSON' },
  },
  async run(context, values, operands) {
    const [name] = operands
    if (name === undefined || operands.length > 1)
      throw new ThroughlineError('USAGE', 'Say which backup: npx throughline restore latest, or a name that npx throughline backups lists.')
    const until = textOption(values, 'until')
    const order = {
      name,
      untilMs: until === undefined ? undefined : readMoment(until),
      from: textOption(values, 'from'),
      target: readTarget(values),
      tell: context.tell,
    }
    const report = await restoreOrder(context.config(), order, { clock: context.clock })
    if (values['json'] === true) context.print(JSON.stringify(report, null, 2))
    else tellReport(context, report)
  },
}

function readTarget(values: OptionValues): RestoreTarget {
  const [folder, table] = [textOption(values, 'into'), textOption(values, 'into-table')]
  if (folder !== undefined && table === undefined) return { folder }
  if (table !== undefined && folder === undefined) return { table }
  throw new ThroughlineError('USAGE', 'Say where to: --into <new data folder>, or --into-table <new table>.')
}

function tellReport({ print }: CliContext, report: RestoreReport): void {
  const { name, end, untilMs, applied, hasChanges, rewound, erased, agents, people } = report
  print(`${name} is restored: ${end.items} items and ${applied} changes since, the state of ${momentText(untilMs)}.`)
  if (!hasChanges)
    print(
      `No copies of changes lie beside it: what was written while it was taken (${momentText(end.startedAtMs)} to ${momentText(end.finishedAtMs)}) may be in it or not.`,
    )
  if (rewound > 0) print(`${rewound} later changes were left out.`)
  if (erased > 0) print(`${erased} who were erased since are not in it.`)
  print(
    `${people} people and ${agents} claims of agents are there. Agents keep their claims and come back by themselves: nothing has to be done on their hosts.`,
  )
  print('People sign in anew; sessions and one-time links are never restored.')
  const settings = Object.entries(report.settings).map(([setting, value]) => `${setting}=${value}`)
  print(`Start it with: ${settings.join(' ')} npx throughline up`)
}

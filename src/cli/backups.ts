import { lookAtBackups } from '../compose.ts'
import { ThroughlineError } from '../errors/throughline-error.ts'
import { byteText, momentText } from './backup-words.ts'
import { textOption, type Command } from './command.ts'

export const backups: Command = {
  summary: 'lists the backups, and reads each to its end to say whether it can be used',
  options: {
    from: { type: 'string', value: '<folder>', doc: 'another folder than THROUGHLINE_BACKUPS' },
    quick: { type: 'boolean', doc: 'only the ends of each' },
    json: { type: 'boolean', doc: 'as JSON' },
  },
  async run(context, values) {
    const look = { from: textOption(values, 'from'), isThorough: values['quick'] !== true }
    const { folder, backups } = await lookAtBackups(context.config(), look, { clock: context.clock })
    if (values['json'] === true) context.print(JSON.stringify({ folder, backups }, null, 2))
    else if (backups.length === 0) context.print(`There are no backups in ${folder}.`)
    else
      for (const { name, takenAtMs, expiresAtMs, items, bytes, problem } of backups) {
        const kept = `kept until ${momentText(expiresAtMs).slice(0, 10)}`
        const state = problem === undefined ? (look.isThorough ? 'good' : 'not read to its end') : `UNUSABLE: ${problem}`
        context.print(`${name}  ${momentText(takenAtMs)}  ${items} items  ${byteText(bytes)}  ${kept}  ${state}`)
      }
    const bad = backups.filter(({ problem }) => problem !== undefined).length
    if (bad > 0) throw new ThroughlineError('BACKUP_UNUSABLE', `${bad} of ${backups.length} backups cannot be used.`)
  },
}

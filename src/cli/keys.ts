import { lookAtKeys, rotateKeys, type KeysReport } from '../compose.ts'
import { ThroughlineError } from '../errors/throughline-error.ts'
import { momentText } from './backup-words.ts'
import { textOption, type Command } from './command.ts'

export const keys: Command = {
  summary: 'lists who holds the master key and what it wraps; keys rotate wraps all keys with a new one, also beside a running cloud',
  operands: '[rotate]',
  options: {
    'data-keys': { type: 'boolean', doc: 'with rotate: new keys of people and spaces, too, and everything sealed with them again' },
    to: {
      type: 'string',
      value: '<file|kms>',
      doc: 'with rotate: moves the master key into a file or to AWS KMS; stop the cloud first when it is moved to a file',
    },
    json: { type: 'boolean', doc: 'as JSON' },
  },
  async run(context, values, operands) {
    const [what, ...more] = operands
    if (more.length > 0 || (what !== undefined && what !== 'rotate')) throw new ThroughlineError('USAGE', 'keys takes rotate, or nothing.')
    const isJson = values['json'] === true
    const config = context.config()
    if (what === undefined) {
      if (values['data-keys'] === true || values['to'] !== undefined)
        throw new ThroughlineError('USAGE', '--data-keys and --to go with keys rotate.')
      const report = await lookAtKeys(config, { clock: context.clock })
      if (isJson) context.print(JSON.stringify(report, null, 2))
      else for (const line of linesOf(report)) context.print(line)
      return
    }
    const to = textOption(values, 'to')
    if (to !== undefined && to !== 'file' && to !== 'kms') throw new ThroughlineError('USAGE', '--to takes file or kms.')
    const report = await rotateKeys(config, { isDataKeys: values['data-keys'] === true, to, tell: context.tell }, { clock: context.clock })
    if (isJson) context.print(JSON.stringify(report, null, 2))
    else {
      context.print(`Master key ${report.master} (${placeText(report.provider)}) wraps all keys now; ${report.wrapped} were wrapped again.`)
      if (report.isDataKeys) context.print(`${report.made} new data keys; ${report.resealed} items were sealed again.`)
      if (report.dropped > 0) context.print(`Old data keys of ${report.dropped} owners were dropped: no backup needs them any more.`)
      if (report.isDataKeys) context.print('Old data keys stay until no backup needs them; a later keys rotate drops them.')
      if (report.provider === 'file') {
        context.print('Keep a new copy of the keys folder somewhere else than the backups.')
        if (config.kmsKey !== undefined) context.print('Now take THROUGHLINE_KMS_KEY out of the settings, and start the cloud.')
      }
    }
    if (report.broken > 0)
      throw new ThroughlineError(
        'SEAL_BROKEN',
        `${report.broken} keys or items do not open and were left as they are; restore them from a backup.`,
      )
  },
}

const placeText = (provider: KeysReport['provider']) => (provider === 'kms' ? 'AWS KMS' : 'a file of the keys folder')

function linesOf(report: KeysReport): readonly string[] {
  const { provider, newestMaster, owners, dataKeys, olderDataKeys, masters, unfinishedSinceMs } = report
  const names = { person: 'people', space: 'spaces', installation: 'installation' } as const
  const behind = masters.filter(({ master }) => master !== newestMaster)
  return [
    `Master key ${newestMaster}, in ${placeText(provider)}.`,
    ...owners.map(({ kind, usable, destroyed }) => `  ${names[kind]}: ${usable} usable, ${destroyed} destroyed`),
    `${dataKeys} data keys, ${olderDataKeys} of them only open what was sealed before.`,
    ...behind.map(
      ({ master, provider: place, dataKeys: count }) =>
        `${count} are still wrapped by ${master}, in ${placeText(place)}; npx throughline keys rotate wraps them again.`,
    ),
    ...(unfinishedSinceMs === undefined
      ? []
      : [`A rotation that began at ${momentText(unfinishedSinceMs)} has not ended; npx throughline keys rotate goes on with it.`]),
  ]
}

import { drillBackup } from '../compose.ts'
import { ThroughlineError } from '../errors/throughline-error.ts'
import { momentText } from './backup-words.ts'
import { textOption, type Command } from './command.ts'

export const drill: Command = {
  summary: 'restores the newest backup aside, opens all of it, compares it with the live data, says how long it took, and deletes it again',
  options: {
    from: { type: 'string', value: '<folder>', doc: 'another folder than THROUGHLINE_BACKUPS' },
    json: { type: 'boolean', doc: 'as JSON' },
  },
  async run(context, values) {
    const report = await drillBackup(context.config(), { from: textOption(values, 'from'), tell: context.tell }, { clock: context.clock })
    const { restored, wrong, tookMs, lostMs, opened, live } = report
    if (values['json'] === true) context.print(JSON.stringify(report, null, 2))
    else {
      context.print(
        `${restored.name} of ${momentText(restored.end.startedAtMs)} was restored: ${restored.end.items} items, ${restored.applied} changes since.`,
      )
      context.print(`${opened.items} items opened with the keys: ${opened.people} people, ${opened.spaces} spaces, ${opened.nodes} nodes.`)
      if (restored.erased > 0) context.print(`${restored.erased} items of erased people and spaces were taken out.`)
      context.print(
        live === undefined
          ? 'There is no live data to compare it with.'
          : `${live.same} items are as in the live data; ${live.changed} changed since.`,
      )
      context.print(`Back after a loss: ${durationText(tookMs)}. Lost at most: the last ${durationText(lostMs)}.`)
      for (const sentence of wrong) context.print(`WRONG: ${sentence}`)
    }
    if (wrong.length > 0)
      throw new ThroughlineError('BACKUP_UNUSABLE', `The drill found ${wrong.length} things wrong with ${restored.name}.`)
  },
}

function durationText(ms: number): string {
  if (ms < 120_000) return `${Math.max(1, Math.round(ms / 1000))} s`
  return ms < 7_200_000 ? `${Math.round(ms / 60_000)} min` : `${Math.round(ms / 3_600_000)} h`
}

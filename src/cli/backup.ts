import { backUp } from '../compose.ts'
import { byteText } from './backup-words.ts'
import { textOption, type Command } from './command.ts'

export const backup: Command = {
  summary: 'takes a backup now, also beside a running cloud, which takes one a day by itself',
  options: { to: { type: 'string', value: '<folder>', doc: 'another folder than THROUGHLINE_BACKUPS' } },
  async run(context, values) {
    const { path, items, bytes } = await backUp(
      context.config(),
      { to: textOption(values, 'to'), tell: context.tell },
      { clock: context.clock },
    )
    context.print(`${path}: ${items} items, ${byteText(bytes)}. The keys are not in it; keep a copy of the keys folder somewhere else.`)
  },
}

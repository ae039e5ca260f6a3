import { migrateStore } from '../compose.ts'
import type { Command } from './command.ts'

export const migrate: Command = {
  summary: 'makes or upgrades what the store needs, and seals what an older version left in the open; safe to repeat',
  options: {},
  async run(context) {
    context.print(await migrateStore(context.config(), context.tell, { clock: context.clock }))
  },
}

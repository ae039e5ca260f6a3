import { openInstallation } from '../compose.ts'
import { textOption, type Command } from './command.ts'

export const signInLink: Command = {
  summary: 'prints a one-time sign-in link, good for ten minutes',
  options: { email: { type: 'string', value: '<address>', doc: 'whose link; default the first admin' } },
  async run(context, values) {
    const config = context.config()
    const installation = await openInstallation(config, { clock: context.clock })
    try {
      context.print(await installation.signInLink(textOption(values, 'email')))
    } finally {
      await installation.close()
    }
  },
}

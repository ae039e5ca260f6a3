import { openInstallation } from '../compose.ts'
import { textOption, type Command } from './command.ts'

export const claimToken: Command = {
  summary: 'prints a fresh claim token and the exact commands for each kind of agent',
  options: {
    name: { type: 'string', value: '<text>', doc: 'what it is for; shown in the list of claim tokens' },
    json: { type: 'boolean', doc: 'as JSON' },
  },
  async run(context, values) {
    const config = context.config()
    const installation = await openInstallation(config, { clock: context.clock })
    try {
      const { token, expiresAtMs, caFile, ways } = await installation.claimToken({ name: textOption(values, 'name') })
      if (values['json'] === true) {
        context.print(
          JSON.stringify({ token, expiresAt: new Date(expiresAtMs).toISOString(), url: config.publicUrl, caFile, ways }, null, 2),
        )
        return
      }
      context.print(`Token: ${token}`)
      context.print(`Good until ${new Date(expiresAtMs).toISOString()}.${caFile === undefined ? '' : ` The CA to trust: ${caFile}`}`)
      for (const way of ways) {
        context.print('')
        context.print(`## ${way.title}`)
        if (way.note) context.print(way.note)
        for (const step of way.steps) {
          context.print(`- ${step.text}`)
          if (step.command) context.print(step.command.replace(/^/gm, '    '))
        }
      }
    } finally {
      await installation.close()
    }
  },
}

import { openInstallation } from '../compose.ts'
import { ThroughlineError } from '../errors/throughline-error.ts'
import { textOption, type Command } from './command.ts'

const dayMs = 24 * 3_600_000

export const token: Command = {
  summary: 'makes API tokens: token create --scope all',
  operands: 'create',
  options: {
    scope: { type: 'string', value: '<scope>', doc: 'what the token may do: all, read-only, grafana-plugin, mcp or agent-ui' },
    name: { type: 'string', value: '<text>', doc: 'what it is for; shown in the list of tokens' },
    days: { type: 'string', value: '<n>', doc: 'days until it expires; default 90' },
    json: { type: 'boolean', doc: 'as JSON' },
  },
  async run(context, values, operands) {
    if (operands.length !== 1 || operands[0] !== 'create')
      throw new ThroughlineError('USAGE', 'Say what to do: npx throughline token create --scope all.')
    const scope = textOption(values, 'scope')
    if (scope === undefined) throw new ThroughlineError('USAGE', 'Say what the token may do: --scope all, or --scope read-only.')
    const days = Number(textOption(values, 'days') ?? '90')
    if (!Number.isInteger(days) || days < 1 || days > 3650)
      throw new ThroughlineError('USAGE', '--days wants a whole number from 1 to 3650.')
    const installation = await openInstallation(context.config(), { clock: context.clock })
    try {
      const {
        token: made,
        tokenId,
        name,
        scope: kept,
        expiresAtMs,
      } = await installation.apiToken({
        scope,
        name: textOption(values, 'name'),
        validForMs: days * dayMs,
      })
      const expiresAt = new Date(expiresAtMs).toISOString()
      if (values['json'] === true) context.print(JSON.stringify({ token: made, tokenId, name, scope: kept, expiresAt }))
      else context.print(made)
      context.tell('Shown once and kept only as a hash; send it as "Authorization: Bearer <token>".')
    } finally {
      await installation.close()
    }
  },
}

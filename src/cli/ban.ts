import { openInstallation, type Installation } from '../compose.ts'
import { ThroughlineError } from '../errors/throughline-error.ts'
import { textOption, type CliContext, type Command, type OptionValues } from './command.ts'

const unitMs: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000 }

export const ban: Command = {
  summary: 'keeps an address, network, account or claim out: ban add ip 203.0.113.7 --for 24h; ban list; ban remove <id>',
  operands: 'add ip|cidr|account|claim <value> | list | remove <id or value>',
  options: {
    for: { type: 'string', value: '<time>', doc: 'how long, such as 30m, 24h or 7d; default 7d' },
    reason: { type: 'string', value: '<text>', doc: 'why, for whoever reads the list' },
    json: { type: 'boolean', doc: 'as JSON' },
  },
  async run(context, values, operands) {
    const [action, ...rest] = operands
    const work =
      action === 'add' && rest.length === 2
        ? (installation: Installation) => add(context, installation, values, rest[0] ?? '', rest[1] ?? '')
        : action === 'list' && rest.length === 0
          ? (installation: Installation) => list(context, installation, values['json'] === true)
          : action === 'remove' && rest.length === 1
            ? (installation: Installation) => remove(context, installation, rest[0] ?? '')
            : undefined
    if (work === undefined)
      throw new ThroughlineError('USAGE', 'Say what to do: npx throughline ban add ip <address>, ban list, or ban remove <id>.')
    // In the store itself, so that nobody who banned the own address needs the door that is shut.
    const installation = await openInstallation(context.config(), { clock: context.clock })
    try {
      await work(installation)
    } finally {
      await installation.close()
    }
  },
}

async function add(context: CliContext, installation: Installation, values: OptionValues, kind: string, value: string): Promise<void> {
  if (kind !== 'ip' && kind !== 'cidr' && kind !== 'account' && kind !== 'claim')
    throw new ThroughlineError('USAGE', 'Say what is banned: ip, cidr, account or claim.')
  const [, count = '', unit = ''] = /^(\d{1,4})([mhd])$/.exec(textOption(values, 'for') ?? '7d') ?? []
  const forMs = Number(count) * (unitMs[unit] ?? 0)
  if (forMs <= 0) throw new ThroughlineError('USAGE', '--for wants a time such as 30m, 24h or 7d.')
  const made = await installation.addBan({ kind, value, reason: textOption(values, 'reason') ?? '', forMs })
  if (values['json'] === true) context.print(JSON.stringify(made))
  else
    context.print(
      `${made.kind} ${made.value} is kept out until ${new Date(made.untilMs).toISOString()} (${made.banId}); open links are cut within seconds.`,
    )
}

async function list(context: CliContext, { bans }: Installation, isJson: boolean): Promise<void> {
  const all = await bans.list()
  if (isJson) context.print(JSON.stringify({ bans: all }, null, 2))
  else if (all.length === 0) context.print('Nobody is kept out.')
  else
    for (const { banId, kind, value, untilMs, reason } of all)
      context.print(
        `${banId}  ${kind} ${value} until ${new Date(untilMs).toISOString()}${reason === '' ? '' : `  ${JSON.stringify(reason)}`}`,
      )
}

async function remove(context: CliContext, installation: Installation, target: string): Promise<void> {
  const found = (await installation.bans.list()).filter(({ banId, value }) => banId === target || value === target.toLowerCase())
  if (found.length === 0) throw new ThroughlineError('NOT_FOUND', `Nobody is kept out as ${target}; npx throughline ban list shows all.`)
  for (const { banId } of found) await installation.removeBan(banId)
  context.print(`${target} may come in again.`)
}

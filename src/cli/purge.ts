import { openInstallation } from '../compose.ts'
import { ThroughlineError } from '../errors/throughline-error.ts'
import { textOption, type Command } from './command.ts'

export const purge: Command = {
  summary: 'lists purges that would take so much that they wait for a word; purge --approve <id> allows one',
  options: {
    approve: { type: 'string', value: '<id>', doc: 'lets the next run, within the hour, take what this order names' },
    json: { type: 'boolean', doc: 'as JSON' },
  },
  async run(context, values) {
    const orderId = textOption(values, 'approve')
    const installation = await openInstallation(context.config(), { clock: context.clock })
    try {
      if (orderId !== undefined) {
        const { kind, due } = await installation.purge.approve(orderId)
        await installation.record({ action: 'purge-approved', subject: undefined, details: { kind, items: due } })
        context.print(`The next run takes ${due} of kind ${kind} for good.`)
        return
      }
      const orders = await installation.purge.orders()
      if (values['json'] === true) context.print(JSON.stringify({ orders }, null, 2))
      else if (orders.length === 0) context.print('No purge waits.')
      else
        for (const { orderId: id, spaceId, kind, due, of, approvedAtMs } of orders)
          context.print(`${id}  ${due} of ${of} of kind ${kind} in space ${spaceId}${approvedAtMs === undefined ? '' : ', allowed'}`)
      if (orders.some(({ approvedAtMs }) => approvedAtMs === undefined))
        throw new ThroughlineError('PURGE_NEEDS_CONSENT', 'Look at the numbers first: a clock that is wrong asks for too much.')
    } finally {
      await installation.close()
    }
  },
}

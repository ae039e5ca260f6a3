import { startCloud } from '../compose.ts'
import { createPinoLog } from '../support/pino-log.ts'
import type { Command } from './command.ts'

export const up: Command = {
  summary: 'runs everything: the cloud on one port and, unless switched off, the agent of this host',
  options: {},
  async run(context) {
    const config = context.config()
    const cloud = await startCloud(config, { clock: context.clock, log: createPinoLog(config.logLevel), tell: context.tell })
    try {
      context.print(`Throughline is up at ${config.publicUrl}`)
      context.print(`Sign in: ${await cloud.signInLink()}`)
      await new Promise<void>((resolve) => {
        if (context.stop.aborted) resolve()
        else context.stop.addEventListener('abort', () => resolve(), { once: true })
      })
      context.tell('Stopping …')
    } finally {
      await cloud.stop()
    }
    context.tell('Stopped.')
  },
}

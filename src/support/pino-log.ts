import { destination, pino } from 'pino'
import type { Log } from './log.ts'

const fieldBytes = 2048

/** A log of JSON lines on standard error. Long texts are cut at 2 KiB. */
export function createPinoLog(level: 'debug' | 'info' | 'warn' | 'error'): Log {
  const logger = pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      messageKey: 'event',
      formatters: { level: (label) => ({ level: label }) },
    },
    destination({ fd: 2, sync: true }),
  )
  const line =
    (severity: 'debug' | 'info' | 'warn' | 'error'): Log['info'] =>
    (event, fields = {}) => {
      const cut = Object.fromEntries(
        Object.entries(fields).map(([key, value]) => [key, typeof value === 'string' ? value.slice(0, fieldBytes) : value]),
      )
      logger[severity](cut, event)
    }
  return { error: line('error'), warn: line('warn'), info: line('info'), debug: line('debug') }
}

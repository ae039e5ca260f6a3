import { destination, pino } from 'pino'
import { logFields } from '../domain/log-fields.ts'
import type { Log } from './log.ts'

const fieldBytes = 2048

/** A log of JSON lines on standard error. Long texts are cut at 2 KiB; fields that are not declared are left out, and the line counts them. */
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
      const all = Object.entries(fields)
      const known = all.filter(([name]) => Object.hasOwn(logFields, name))
      const cut = Object.fromEntries(known.map(([name, value]) => [name, typeof value === 'string' ? value.slice(0, fieldBytes) : value]))
      const undeclared = all.length - known.length
      logger[severity](undeclared === 0 ? cut : { ...cut, undeclared }, event)
    }
  return { error: line('error'), warn: line('warn'), info: line('info'), debug: line('debug') }
}

import type { LogFields } from '../domain/storable.ts'

/**
 * Log lines are an event name and flat fields. error: someone must act; warn: it healed itself; info: life cycle.
 * Never a token, a person's address or a live value: `LogFields` refuses what is not plain text, number or flag.
 */
export interface Log {
  error(event: string, fields?: LogFields): void
  warn(event: string, fields?: LogFields): void
  info(event: string, fields?: LogFields): void
  debug(event: string, fields?: LogFields): void
}

export const silentLog: Log = { error() {}, warn() {}, info() {}, debug() {} }

import { errorKinds, type ErrorCode } from '../../src/errors/throughline-error.ts'
import type { ToBrowser } from '../../src/live/messages.ts'

const messageTypes = new Set(['welcome', 'subscribed', 'paused', 'node', 'changed', 'error'])

/** A message of the relay; undefined when it is none this page knows. The relay is ours, so only the outline is checked. */
export function parseToBrowser(text: string): ToBrowser | undefined {
  try {
    const parsed: unknown = JSON.parse(text)
    const isKnown = typeof parsed === 'object' && parsed !== null && 'type' in parsed && messageTypes.has(String(parsed.type))
    return isKnown ? (parsed as ToBrowser) : undefined
  } catch {
    return undefined
  }
}

/** A code of the relay as one of the table. */
export function knownCode(code: string): ErrorCode {
  return code in errorKinds ? (code as ErrorCode) : 'INTERNAL'
}

import { createHash } from 'node:crypto'
import { ThroughlineError } from '../../src/errors/throughline-error.ts'

const localPart = /^[a-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*$/
const label = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/

/**
 * The one form of an address we store and send to: plain ASCII `local@domain`, lower case, at most 254 bytes; `localhost` counts
 * as a domain. Throws ADDRESS_INVALID for anything else: quotes, comments, lists, Unicode look-alikes (L4).
 */
export function parseEmailAddress(text: string): string {
  // Only A-Z are folded: folding Unicode would make two people's addresses one (L4).
  const address = text.replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase())
  const at = address.lastIndexOf('@')
  const local = address.slice(0, Math.max(at, 0))
  const domain = address.slice(at + 1)
  const labels = domain.split('.')
  const isDomain =
    domain === 'localhost' ||
    (labels.length >= 2 && labels.every((part) => label.test(part)) && /^([a-z]{2,63}|xn--[a-z0-9-]{1,59})$/.test(labels.at(-1) ?? ''))
  if (at < 1 || address.length > 254 || local.length > 64 || !localPart.test(local) || !isDomain) {
    throw new ThroughlineError('ADDRESS_INVALID', 'This is not an email address we can send to.')
  }
  return address
}

/** The name under which an address is kept unique: SHA-256 of its parsed form, hex. */
export function emailHash(address: string): string {
  return createHash('sha256').update(address, 'utf8').digest('hex')
}

import { linkLimits } from '../../../src/aclk/limits.ts'
import { LinkRefusal, reasons } from './reason.ts'
import type { FieldReader } from './reader.ts'
import { malformed } from './reader.ts'

/** Where a property block stands. */
export type PropertyHome = 'connect' | 'will' | 'publish' | 'puback' | 'subscribe' | 'unsubscribe' | 'disconnect'

interface PropertyRule {
  readonly homes: readonly PropertyHome[]
  readonly read: (fields: FieldReader) => void
  readonly repeats?: true
}

const flag = (fields: FieldReader) => {
  if (fields.byte() > 1) throw new LinkRefusal(reasons.protocolError, 'A flag property is neither 0 nor 1.')
}
const nonZero = (value: number) => {
  if (value === 0) throw new LinkRefusal(reasons.protocolError, 'A property is 0 where 0 is not allowed.')
}
const text = (fields: FieldReader) => void fields.text()
const binary = (fields: FieldReader) => void fields.binary()
const long = (fields: FieldReader) => void fields.long()
const anywhere: readonly PropertyHome[] = ['connect', 'will', 'publish', 'puback', 'subscribe', 'unsubscribe', 'disconnect']

/** Properties a client may send (MQTT 5 §2.2.2.2). */
const rules = new Map<number, PropertyRule>([
  [0x01, { homes: ['publish', 'will'], read: flag }],
  [0x02, { homes: ['publish', 'will'], read: long }],
  [0x03, { homes: ['publish', 'will'], read: text }],
  [0x08, { homes: ['publish', 'will'], read: text }],
  [0x09, { homes: ['publish', 'will'], read: binary }],
  [0x0b, { homes: ['subscribe'], read: (fields) => nonZero(fields.variable()) }],
  [0x11, { homes: ['connect', 'disconnect'], read: long }],
  [0x15, { homes: ['connect'], read: text }],
  [0x16, { homes: ['connect'], read: binary }],
  [0x17, { homes: ['connect'], read: flag }],
  [0x18, { homes: ['will'], read: long }],
  [0x19, { homes: ['connect'], read: flag }],
  [0x1f, { homes: ['puback', 'disconnect'], read: text }],
  [0x21, { homes: ['connect'], read: (fields) => nonZero(fields.word()) }],
  [0x22, { homes: ['connect'], read: (fields) => void fields.word() }],
  [
    0x23,
    {
      homes: ['publish'],
      read: (fields) => {
        if (fields.word() === 0) throw new LinkRefusal(reasons.aliasInvalid, 'Topic alias 0 does not exist.')
      },
    },
  ],
  [
    0x26,
    {
      homes: anywhere,
      repeats: true,
      read: (fields) => {
        fields.text()
        fields.text()
      },
    },
  ],
  [0x27, { homes: ['connect'], read: (fields) => nonZero(fields.long()) }],
])

/** Checks one property block: known there, once each, in range, within the limits (security requirement M2). */
export function checkProperties(fields: FieldReader, home: PropertyHome): void {
  const length = fields.variable()
  if (length > linkLimits.propertyBytes) throw new LinkRefusal(reasons.tooLarge, 'The properties are larger than the limit.')
  const block = fields.part(length)
  let seen: Set<number> | undefined
  let userProperties = 0
  while (block.left > 0) {
    const id = block.variable()
    const rule = rules.get(id)
    if (rule === undefined || !rule.homes.includes(home)) throw malformed('a property does not belong here')
    if (rule.repeats) {
      userProperties += 1
      if (userProperties > linkLimits.userProperties)
        throw new LinkRefusal(reasons.quotaExceeded, 'There are more user properties than the limit.')
    } else {
      seen ??= new Set()
      if (seen.has(id)) throw new LinkRefusal(reasons.protocolError, 'A property comes twice.')
      seen.add(id)
    }
    if (id === 0x0b) throw new LinkRefusal(reasons.subscriptionIdsUnsupported, 'Subscription identifiers are not offered.')
    rule.read(block)
  }
}

import type { DescMessage, MessageShape } from '@bufbuild/protobuf'
import { fromBinary } from '@bufbuild/protobuf'
import { linkLimits } from '../../../src/aclk/limits.ts'
import { countField } from '../../../src/aclk/messages/count-field.ts'
import { ThroughlineError } from '../../../src/errors/throughline-error.ts'

/** How big a message may be, and how many elements its repeated field may have. */
export interface MessageBounds {
  readonly bytes: number
  readonly repeated?: { readonly field: number; readonly count: number }
}

const small: MessageBounds = { bytes: linkLimits.smallMessageBytes }

/**
 * Decodes one protobuf message within its bounds; unknown fields are dropped. Throws AGENT_PROTOCOL, without any of the content.
 */
export function decodeMessage<Desc extends DescMessage>(
  schema: Desc,
  payload: Uint8Array,
  bounds: MessageBounds = small,
): MessageShape<Desc> {
  if (payload.byteLength > bounds.bytes) throw new ThroughlineError('AGENT_PROTOCOL', `A ${schema.typeName} is larger than the limit.`)
  if (bounds.repeated && countField(payload, bounds.repeated.field) > bounds.repeated.count) {
    throw new ThroughlineError('AGENT_PROTOCOL', `A ${schema.typeName} has more elements than the limit.`)
  }
  try {
    return fromBinary(schema, payload, { readUnknownFields: false })
  } catch {
    throw new ThroughlineError('AGENT_PROTOCOL', `A ${schema.typeName} cannot be decoded.`)
  }
}

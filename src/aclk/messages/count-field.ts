/**
 * How often field `field` stands at the top level of a protobuf message. Read before decoding, since two bytes are enough to make a
 * decoder build one more element. Answers `Infinity` for bytes that are no protobuf message.
 */
export function countField(bytes: Uint8Array, field: number): number {
  let at = 0
  let count = 0
  const varint = (): number => {
    let value = 0
    for (let i = 0; i < 10; i++) {
      const byte = bytes[at++]
      if (byte === undefined) return Number.NaN
      value += (byte & 0x7f) * 128 ** i
      if (byte < 0x80) return value
    }
    return Number.NaN
  }
  while (at < bytes.byteLength) {
    const tag = varint()
    const wireType = tag % 8
    if (Math.floor(tag / 8) === field) count += 1
    if (wireType === 0) varint()
    else if (wireType === 1) at += 8
    else if (wireType === 2) {
      // Two steps: `at += varint()` would add to where `at` was before the length was read.
      const length = varint()
      at += length
    } else if (wireType === 5) at += 4
    else return Number.POSITIVE_INFINITY
    if (Number.isNaN(at)) return Number.POSITIVE_INFINITY
  }
  return at === bytes.byteLength ? count : Number.POSITIVE_INFINITY
}

import { isUtf8 } from 'node:buffer'
import { LinkRefusal, reasons } from './reason.ts'

/** Walks the fields of one whole packet; throws {@link LinkRefusal} with `malformed` where a field does not fit or is not allowed. */
export class FieldReader {
  readonly #bytes: Buffer
  readonly #end: number
  at: number

  constructor(bytes: Buffer, at: number, end = bytes.length) {
    this.#bytes = bytes
    this.at = at
    this.#end = end
  }

  get left(): number {
    return this.#end - this.at
  }

  byte(): number {
    this.#need(1)
    return this.#bytes.readUInt8(this.at++)
  }

  word(): number {
    this.#need(2)
    const value = this.#bytes.readUInt16BE(this.at)
    this.at += 2
    return value
  }

  long(): number {
    this.#need(4)
    const value = this.#bytes.readUInt32BE(this.at)
    this.at += 4
    return value
  }

  /** MQTT 5 §1.5.5, minimal spelling only. */
  variable(): number {
    let value = 0
    for (let i = 0; i < 4; i++) {
      const byte = this.byte()
      value += (byte & 0x7f) * 128 ** i
      if (byte >= 0x80) continue
      if (i > 0 && byte === 0) break
      return value
    }
    throw malformed('a number is spelt in a way that does not exist')
  }

  binary(): Buffer {
    const length = this.word()
    this.#need(length)
    const value = this.#bytes.subarray(this.at, this.at + length)
    this.at += length
    return value
  }

  /** MQTT 5 §1.5.4: well-formed UTF-8 without NUL. */
  text(): Buffer {
    const value = this.binary()
    if (!isUtf8(value)) throw malformed('a text is not UTF-8')
    if (value.includes(0)) throw malformed('a text holds a NUL')
    return value
  }

  /** A reader of the next `length` bytes, which this one skips. */
  part(length: number): FieldReader {
    this.#need(length)
    const part = new FieldReader(this.#bytes, this.at, this.at + length)
    this.at += length
    return part
  }

  skip(length: number): void {
    this.#need(length)
    this.at += length
  }

  /** Refuses bytes behind the last field. */
  done(): void {
    if (this.left !== 0) throw malformed('bytes follow the last field')
  }

  #need(length: number): void {
    if (this.left < length) throw malformed('a field ends outside its packet')
  }
}

/** A malformed packet. */
export function malformed(what: string): LinkRefusal {
  return new LinkRefusal(reasons.malformed, `Malformed packet: ${what}.`)
}

/**
 * Live bytes on their way from an agent to a browser.
 *
 * The bytes sit in a private field: there is no serialiser, no string form and no property a store, log, error, metric or
 * queue could read. The only way out is {@link releaseTo}, whose callers the import test pins down (the relay's delivery,
 * the agent-side none). This is the promise "Nothing stays" as a type.
 */
export class Ephemeral {
  readonly #bytes: Uint8Array

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
  }

  get byteLength(): number {
    return this.#bytes.byteLength
  }

  /** Hands the bytes to the socket that delivers them, once for each audience member; keeps nothing. */
  releaseTo(deliver: (bytes: Uint8Array) => void): void {
    deliver(this.#bytes)
  }

  toString(): string {
    return '[live value]'
  }

  toJSON(): never {
    throw new TypeError('a live value has no stored form')
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return '[live value]'
  }
}

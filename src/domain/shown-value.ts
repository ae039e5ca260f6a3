/**
 * The value of an alert on its way from its agent into one outgoing message, where the owner of a channel asked for it.
 *
 * Like `Ephemeral` it has no serialiser and no string form; what renders a message reads it through {@link revealTo}, whose
 * callers the import test pins down. It is asked for when the message leaves, so that no queue ever holds it.
 */
export class ShownValue {
  readonly #text: string

  /** `text` is the value with its unit, as the agent formats it. */
  constructor(text: string) {
    this.#text = text
  }

  /** Hands the text to what writes the message; keeps nothing. */
  revealTo<T>(write: (text: string) => T): T {
    return write(this.#text)
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

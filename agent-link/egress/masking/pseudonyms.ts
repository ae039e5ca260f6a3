import { createHmac } from 'node:crypto'

/** Tokens that are counted, by what they are of: the keyed hashes in the order of their numbers. No name stands in it. */
export type TokenBook = Readonly<Record<string, readonly string[]>>

/** Numbers given for one kind of thing; beyond, a hash stands in. */
const tokensPerNoun = 5_000
/** Pseudonyms whose originals are remembered while the program runs. */
const rememberedMax = 50_000

export interface Pseudonyms {
  /** A keyed hash of fixed length: `disk-k3m9x2a7qd`. The same text of the same kind has the same on this host, and another on any other. */
  hash(noun: string, text: string): string
  /** A readable number: `disk-3`. The same text of the same kind keeps its number as long as the book is kept. */
  token(noun: string, text: string): string
  /** Remembers what a pseudonym stands for, to understand questions that name it. Never leaves this program. */
  remember(masked: string, original: string): void
  /** What a pseudonym stands for; undefined for what was not masked since the start. */
  original(masked: string): string | undefined
  /** All remembered pairs. */
  all(): Iterable<readonly [masked: string, original: string]>
}

/** Pseudonyms of one host. `onNumbered` hears that a number was given, with the book to keep. */
export function createPseudonyms(deps: {
  readonly key: Uint8Array
  readonly book?: TokenBook | undefined
  readonly onNumbered?: ((book: () => TokenBook) => void) | undefined
}): Pseudonyms {
  const { key, book = {}, onNumbered } = deps
  const numbers = new Map(
    Object.entries(book).map(([noun, hashes]) => [noun, new Map(hashes.slice(0, tokensPerNoun).map((hash, index) => [hash, index + 1]))]),
  )
  const originals = new Map<string, string>()
  const digests = new Map<string, string>()
  const digest = (noun: string, text: string): string => {
    const keyed = `${noun}\0${text}`
    const known = digests.get(keyed)
    if (known !== undefined) return known
    const made = base32(createHmac('sha256', key).update(keyed).digest().subarray(0, 10))
    // Names come again with every answer, thousands of them a second on a large host.
    if (digests.size >= rememberedMax) digests.clear()
    digests.set(keyed, made)
    return made
  }
  const hash = (noun: string, text: string) => `${noun}-${digest(noun, text).slice(0, 12)}`
  const asBook = (): TokenBook => Object.fromEntries([...numbers].map(([noun, given]) => [noun, [...given.keys()]]))

  return {
    hash,
    token(noun, text) {
      const given = numbers.get(noun) ?? new Map<string, number>()
      numbers.set(noun, given)
      const id = digest(noun, text)
      const known = given.get(id)
      if (known !== undefined) return `${noun}-${known}`
      if (given.size >= tokensPerNoun) return hash(noun, text)
      given.set(id, given.size + 1)
      onNumbered?.(asBook)
      return `${noun}-${given.size}`
    },
    remember(masked, original) {
      if (originals.get(masked) === original) return
      originals.delete(masked)
      originals.set(masked, original)
      if (originals.size <= rememberedMax) return
      for (const oldest of originals.keys()) {
        originals.delete(oldest)
        break
      }
    },
    original: (masked) => originals.get(masked),
    all: () => originals,
  }
}

const digits = 'abcdefghjkmnpqrstvwxyz0123456789'

function base32(bytes: Uint8Array): string {
  let bits = 0
  let held = 0
  let text = ''
  for (const byte of bytes) {
    held = (held << 8) | byte
    for (bits += 8; bits >= 5; bits -= 5) {
      text += digits.charAt((held >> (bits - 5)) & 31)
      held &= (1 << (bits - 5)) - 1
    }
  }
  return text
}

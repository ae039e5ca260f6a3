/** What can be recognised inside any text, whatever field it stands in (security D8). Order is the order of looking. */
export const contentKinds = [
  'private-key',
  'connection-string',
  'url',
  'token',
  'credential',
  'query-text',
  'uuid',
  'iban',
  'card',
  'email',
  'mac',
  'ipv6',
  'ipv4',
  'phone',
] as const
export type ContentKind = (typeof contentKinds)[number]

/** From where to where something stands; the second is behind its last character. */
export type Span = readonly [start: number, end: number]

/**
 * Where one kind stands in a text, in order and apart from one another. Every finder is ours, and linear in the length of the text: no
 * repetition stands inside another, and a run that is refused is not looked at again from its middle.
 */
export interface ContentFinder {
  readonly kind: ContentKind
  find(text: string): Iterable<Span>
}

/**
 * A finder by a pattern. A text without `hint` is not searched. `measure` says how many characters from the start of a match are meant;
 * 0 for none, and then looking goes on behind the match, or with `again`, which is for patterns of bounded length, at its second character.
 */
export function byPattern(
  kind: ContentKind,
  hint: RegExp,
  pattern: RegExp,
  measure: (match: string, at: number, text: string) => number = (match) => match.length,
  again?: 'again',
): ContentFinder {
  return {
    kind,
    *find(text) {
      if (!hint.test(text)) return
      pattern.lastIndex = 0
      for (let match = pattern.exec(text); match !== null; match = pattern.exec(text)) {
        const length = measure(match[0], match.index, text)
        if (length > 0) {
          yield [match.index, match.index + length]
          pattern.lastIndex = match.index + length
        } else if (match[0] === '' || again) pattern.lastIndex = match.index + 1
      }
    },
  }
}

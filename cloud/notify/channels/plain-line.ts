/**
 * Text of a stranger as one line of at most `max` characters: control, format and bidirectional characters are taken out, so that it
 * can neither end a line nor turn around what stands beside it (security requirements P5, U1).
 */
export function plainLine(text: string, max: number): string {
  const line = text
    .replaceAll(/[\p{Cf}\p{Co}\p{Cs}]/gu, '')
    .replaceAll(/[\p{Cc}\p{Zl}\p{Zp}\s]+/gu, ' ')
    .trim()
  return cutText(line, max)
}

/** Text of at most `max` UTF-16 units, which is how services count; what was cut off is seen, and no character is cut in two. */
export function cutText(text: string, max: number): string {
  return text.length <= max ? text : `${text.slice(0, max - 1).replace(/[\uD800-\uDBFF]$/, '')}…`
}

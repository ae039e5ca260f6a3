/**
 * Text of a stranger as one line of at most `max` characters: control, format and bidirectional characters are taken out, so that it
 * can neither end a line nor turn around what stands beside it (security requirements P5, U1).
 */
export function plainLine(text: string, max: number): string {
  const line = text
    .replaceAll(/[\p{Cf}\p{Co}\p{Cs}]/gu, '')
    .replaceAll(/[\p{Cc}\p{Zl}\p{Zp}\s]+/gu, ' ')
    .trim()
  const letters = [...line]
  return letters.length <= max ? line : `${letters.slice(0, max - 1).join('')}…`
}

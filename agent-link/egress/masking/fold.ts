/** Letters of other alphabets that look like Latin ones, and signs that look like those of addresses. */
const looksLike: Readonly<Record<string, string>> = Object.fromEntries(
  [
    ...'аaеeоoрpсcхxуyіiјjѕsһhԁdԛqԝwкkмmтtвbнhАAВBЕEЅSІIЈJКKМMНHОOРPСCТTХXУYαaοoρpνvΑAΒBΕEΖZΗHΙIΚKΜMΝNΟOΡPΤTΥYΧX․.‧.∶:꞉:⁄/∕/﹫@＠@‐-‑-‒-–-−-·.'.matchAll(
      /(..)/gu,
    ),
  ].map(([pair]) => {
    const [odd = '', plain = ''] = Array.from(pair)
    return [odd, plain]
  }),
)
const beyondAscii = /[\u0080-\uffff]/
const strange = new RegExp(`[${Object.keys(looksLike).join('')}]`, 'gu')

/**
 * The same text as a reader would take it: full-width and other forms as plain ones, invisible characters gone, letters that look Latin as
 * Latin ones. Undefined when it is plain already.
 */
export function folded(text: string): string | undefined {
  if (!beyondAscii.test(text)) return undefined
  const plain = text
    .normalize('NFKC')
    .replace(/[\p{Cf}\u034f\ufe00-\ufe0f]/gu, '')
    .replace(strange, (char) => looksLike[char] ?? char)
    .replace(/[\p{Nd}]/gu, (digit) => (digit >= '0' && digit <= '9' ? digit : decimal(digit)))
  return plain === text ? undefined : plain
}

/** A decimal digit of another script: scripts keep their ten digits together, so its value is its distance from the zero. */
function decimal(digit: string): string {
  const code = digit.codePointAt(0) ?? 0
  for (let value = 0; value <= 9; value++) {
    const before = String.fromCodePoint(Math.max(0, code - value - 1))
    if (!/\p{Nd}/u.test(before)) return String(value)
  }
  return digit
}

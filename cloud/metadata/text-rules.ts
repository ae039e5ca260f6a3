import { unwantedCharacters } from '../../src/domain/unwanted-characters.ts'

/** Agent text as one line of plain characters, cut at a character so that it has at most `maxBytes` UTF-8 bytes. */
export function cleanText(text: unknown, maxBytes: number): string {
  if (typeof text !== 'string') return ''
  // Cut before cleaning as well, so that a huge text costs no more than its limit.
  return cutBytes(text.slice(0, maxBytes * 2).replace(unwantedCharacters, ''), maxBytes)
}

/** Text of a person as it was written, lines and tabs too, without what is no part of a text and cut at a character like `cleanText`. */
export function cleanPassage(text: string, maxBytes: number): string {
  const parts = text.slice(0, maxBytes * 2).split(/([\t\n\r])/)
  return cutBytes(parts.map((part, at) => (at % 2 === 1 ? part : part.replace(unwantedCharacters, ''))).join(''), maxBytes)
}

/** Text of a person in lines, each of them plain characters; tabs become spaces. */
export function cleanLines(text: string): string {
  return text
    .split(/\r\n|[\n\r\u2028\u2029]/u)
    .map((line) => line.replaceAll('\t', '  ').replace(unwantedCharacters, ''))
    .join('\n')
}

/** A host name from a payload, cleaned by rule C6; what nothing is left of becomes `unnamed`. */
export function cleanHostname(hostname: unknown): string {
  const cleaned = cleanText(hostname, 253).trim()
  return cleaned === '' ? 'unnamed' : cleaned
}

function cutBytes(text: string, maxBytes: number): string {
  if (Buffer.byteLength(text) <= maxBytes) return text
  let end = maxBytes
  const bytes = Buffer.from(text)
  while (end > 0 && ((bytes[end] ?? 0) & 0xc0) === 0x80) end--
  return bytes.toString('utf8', 0, end)
}

/** A whole number within bounds; anything else an agent may send becomes `fallback` (security requirement P2). */
export function boundedInteger(value: unknown, min: number, max: number, fallback = 0): number {
  const number = typeof value === 'bigint' ? Number(value) : value
  return typeof number === 'number' && Number.isInteger(number) && number >= min && number <= max ? number : fallback
}

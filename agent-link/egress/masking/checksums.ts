/** Lengths of the IBANs of the countries that have them. */
const ibanLengths: Readonly<Record<string, number>> = Object.fromEntries(
  (
    'AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BI27 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 DJ27 DK18 DO28 EE20 EG29 ES24 FI18 FK18 FO18 ' +
    'FR27 GB22 GE22 GI23 GL18 GR27 GT28 HR21 HU28 IE22 IL23 IQ23 IS26 IT27 JO30 KW30 KZ20 LB28 LC32 LI21 LT20 LU20 LV21 LY25 MC27 MD24 ' +
    'ME22 MK19 MN20 MR27 MT31 MU30 NI28 NL18 NO15 OM23 PK24 PL28 PS29 PT25 QA29 RO24 RS22 RU33 SA24 SC31 SD18 SE24 SI19 SK24 SM27 SO23 ' +
    'ST25 SV28 TL23 TN24 TR26 UA29 VA22 VG24 XK20 YE30'
  )
    .split(' ')
    .map((entry) => [entry.slice(0, 2), Number(entry.slice(2))]),
)

/**
 * Where the IBAN that begins this text ends; 0 when none does. Spaces and hyphens may stand in it, as people write them; it does not end
 * within a word that follows it.
 */
export function ibanEnd(text: string): number {
  const length = ibanLengths[text.slice(0, 2).toUpperCase()]
  if (length === undefined) return 0
  let compact = ''
  for (let at = 0; at < text.length; at++) {
    const char = text.charAt(at)
    if (char !== ' ' && char !== '-') compact += char.toUpperCase()
    if (compact.length < length) continue
    const isInWord = /[ -][A-Za-z]+$/.test(text.slice(0, at + 1)) && /^[A-Za-z]/.test(text.slice(at + 1))
    return remainderOf(compact) === 1 && !isInWord ? at + 1 : 0
  }
  return 0
}

/** ISO 7064 mod 97 of an IBAN, digit by digit. */
function remainderOf(iban: string): number {
  let remainder = 0
  for (const char of iban.slice(4) + iban.slice(0, 4)) {
    const value = Number.parseInt(char, 36)
    remainder = (remainder * (value > 9 ? 100 : 10) + value) % 97
  }
  return remainder
}

/** How many digits the cards of an issuer have. */
const cardLengths: readonly (readonly [RegExp, readonly number[]])[] = [
  [/^4/, [19, 16, 13]],
  [/^(?:5[1-5]|2[2-7])/, [16]],
  [/^3[47]/, [15]],
  [/^3[0689]/, [19, 16, 14]],
  [/^(?:6|5[06-8])/, [19, 18, 16, 13, 12]],
]

/** Where the card number that begins this text ends: of an issuer's range and length, by Luhn's sum; 0 when none does. */
export function cardEnd(text: string): number {
  const lengths = cardLengths.find(([range]) => range.test(text))?.[1] ?? []
  for (const length of lengths) {
    let digits = ''
    let at = 0
    for (; at < text.length && digits.length < length; at++) if (/\d/.test(text.charAt(at))) digits += text.charAt(at)
    const isWhole = digits.length === length && !/\d/.test(text.charAt(at))
    if (isWhole && !/^(\d)\1+$/.test(digits) && hasLuhnSum(digits)) return at
  }
  return 0
}

function hasLuhnSum(digits: string): boolean {
  let sum = 0
  for (let at = 0; at < digits.length; at++) {
    const digit = Number(digits.charAt(digits.length - 1 - at))
    const counted = at % 2 === 0 ? digit : digit * 2
    sum += counted > 9 ? counted - 9 : counted
  }
  return sum % 10 === 0
}

/** Whether a text is an IPv6 address in any spelling: shortened, with an IPv4 tail, a zone or a prefix length. */
export function isIpv6(text: string): boolean {
  const bare = text.replace(/\/\d{1,3}$/, '').replace(/%.*$/, '')
  const halves = bare.split('::')
  if (halves.length > 2 || bare === '::') return false
  const groups = halves.flatMap((half) => (half === '' ? [] : half.split(':')))
  const last = groups.at(-1) ?? ''
  const hasTail = last.includes('.')
  if (hasTail && !/^\d{1,3}(?:\.\d{1,3}){3}$/.test(last)) return false
  const hex = hasTail ? groups.slice(0, -1) : groups
  if (!hex.every((group) => /^[0-9A-Fa-f]{1,4}$/.test(group))) return false
  const count = hex.length + (hasTail ? 2 : 0)
  return halves.length === 2 ? count <= 7 : count === 8
}

/** Whether four parts are an IPv4 address: decimal, octal or hexadecimal. */
export function isIpv4(text: string): boolean {
  return text.split('.').every((part) => Number(/^0\d/.test(part) ? Number.parseInt(part, 8) : part) <= 255)
}

/**
 * Whether a text is random rather than made of words: large and small letters and digits, changing at almost every character. Of a long
 * one the beginning is looked at.
 */
export function isScattered(text: string): boolean {
  let upper = 0
  let lower = 0
  let digits = 0
  let changes = 0
  let before = 0
  const length = Math.min(text.length, 512)
  for (let at = 0; at < length; at++) {
    const code = text.charCodeAt(at)
    const now = code >= 97 ? 1 : code >= 65 && code <= 90 ? 2 : code >= 48 && code <= 57 ? 3 : 4
    if (now === 1) lower += 1
    else if (now === 2) upper += 1
    else if (now === 3) digits += 1
    if (now !== before) changes += 1
    before = now
  }
  return upper >= 3 && lower >= 3 && digits >= 2 && changes * 3 >= length
}

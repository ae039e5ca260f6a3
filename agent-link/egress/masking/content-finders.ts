import { cardEnd, ibanEnd, isIpv4, isIpv6 } from './checksums.ts'
import { byPattern } from './content-kind.ts'
import type { ContentFinder } from './content-kind.ts'
import { isWithinId } from './id-around.ts'
import { queryTextFinder } from './query-text-finder.ts'
import { scatteredFinder, scatteredFinderBehindPath } from './scattered-finder.ts'
import { tokenFinder } from './token-finder.ts'

const whole = (accept: (match: string, at: number, text: string) => boolean) => (match: string, at: number, text: string) =>
  accept(match, at, text) ? match.length : 0

/** Numbers with a sum that holds by chance, inside an id, are none. */
const outsideIds = (end: (match: string) => number) => (match: string, at: number, text: string) => {
  const length = end(match)
  return length > 0 && isWithinId(text, at, at + length) ? 0 : length
}

/** Words that name a secret wherever they stand in a name, and those that do only as a word of their own. */
const longWords =
  'passwd|password|passphrase|passwort|secret|token|api[-_ ]?key|apikey|access[-_]?key(?:[-_]?id)?|secret[-_]?key|private[-_]?key|account[-_]?key|' +
  'shared[-_]?key|signing[-_]?key|encryption[-_]?key|master[-_]?key|credentials?|authorization|cookie|session[-_]?(?:id|key)|requirepass|masterauth|license[-_]?key|signature'
const shortWords = 'pass|pwd|pw|auth(?:[-_]?key)?|bearer|jwt|otp|pin|sig|sid|sess|csrf|dsn|key'
const named = String.raw`(?:(?:${longWords})(?:[-_](?:hash|value|base64|b64|id|\d))?|(?<![A-Za-z])(?:${shortWords}))`
const value = String.raw`(?:\\?"[^"\n]+"?|\\?'[^'\n]+'?|[^\s"',;&|)\]}]+)`
const assigned = String.raw`${named}\\?["']?(?:\s{0,4}(?::=|=>|[=:]|%3[dDaA])\s{0,4}|(?<=(?<![A-Za-z0-9/._-])--?[A-Za-z0-9._-]{1,80})[ \t]+(?!-))${value}`
const plainValue = /[=:>][ \t]{0,4}["']?(?:true|false|null|none|yes|no|on|off|\*+|x|\d{1,3}|:|…|\.{3})["']?$/i

/** What no name of a machine ends with: a number that is not the last of an IPv4 address. */
function isVersion(address: string): boolean {
  const host = address.replace(/^.*(?:@|%40)/s, '')
  return /\.\d+(?:-[A-Za-z0-9-]*)?\.?$/.test(host) && !/^(?:\d+\.){3}\d+\.?$/.test(host)
}

/** IPv6 by its runs of hexadecimal digits and colons; glued to a word it must look less like one. */
function ipv6Length(match: string, at: number, text: string): number {
  const trimmed = match.replace(/:$/, (colon) => (match.endsWith('::') ? colon : ''))
  const isGlued = /[A-Za-z_]/.test(text.charAt(at - 1)) || /[A-Za-z_]/.test(text.charAt(at + match.length))
  const from = trimmed.indexOf(':')
  const candidates = [trimmed, trimmed.replace(/^:(?!:)/, ''), from > 0 && isGlued ? trimmed.slice(from + 1) : '']
  if (!candidates.some((one) => one !== '' && isIpv6(one))) return 0
  return isGlued && !/\d/.test(trimmed) ? 0 : trimmed.length
}

/** All finders, in the order of looking; several of one kind are one after another. */
export const contentFinders: readonly ContentFinder[] = [
  // From the opening line to the closing one, or to the end of a text that was cut.
  byPattern(
    'private-key',
    /-----BEGIN|PuTTY-User-Key|---- BEGIN/,
    /-{4,5} ?BEGIN [A-Z0-9 ]{0,40}(?:KEY|CERTIFICATE|MESSAGE|KEY BLOCK)[\s\S]*?(?:-{4,5} ?END [A-Z0-9 ]{0,60}-{0,5}|$)|PuTTY-User-Key-File[\s\S]*$/g,
  ),
  byPattern(
    'connection-string',
    /=[^;]{0,255};/,
    /\b(?:Server|Data Source|Endpoint|DefaultEndpointsProtocol|AccountName|Host|Driver|User ID|Uid|Initial Catalog)\s?=[^;\n]{1,255};[^\n]*/gi,
    whole((match) => /(?:password|pwd|accountkey|sharedaccesskey|secret|user id|uid|username|token)\s?=/i.test(match)),
  ),
  byPattern('url', /:\/\//, /[A-Za-z][A-Za-z0-9+.-]{0,31}:\/\/[^\s"'<>`]+/g),
  byPattern('url', /%3A%2F%2F/i, /[A-Za-z]{2,10}%3A%2F%2F[^\s"'<>`]+/gi),
  byPattern('url', /www\./i, /\bwww\.[A-Za-z0-9.-]{3,253}(?:[/?#][^\s"'<>`]*)?/gi),
  // A path with a query string, as logs of web servers hold it, and a query string alone.
  byPattern('url', /\?[^\s=?]{1,128}=/, /(?<![^\s"'(=[])\/[^\s"'<>`?]{0,2000}\?[^\s"'<>`]+|\?[^\s=?&"']{1,128}=[^\s"'<>`]*/g),
  byPattern('url', /mailto:|jdbc:|javascript:|\burn:|magnet:/i, /\b(?:mailto|jdbc|javascript|urn|magnet):[^\s"'<>`]+/gi),
  tokenFinder,
  byPattern('credential', /authorization/i, /authorization\\?["']?\s{0,4}[:=]\s{0,4}[^\n\r]+/gi),
  byPattern(
    'credential',
    /bearer|basic|digest|negotiate|apikey|aws4-hmac/i,
    /\b(?:bearer|basic|digest|negotiate|apikey|aws4-hmac-sha256)[ \t:=]+[A-Za-z0-9._~+/=:-]{8,}/gi,
    whole((match) => /\d|[A-Z].*[a-z].*[A-Z]|[=_.+/]/.test(match.replace(/^\w+[ \t:=]+/, ''))),
  ),
  byPattern(
    'credential',
    /pass|pwd|pw|secret|token|key|auth|cred|cookie|sess|sid|csrf|jwt|otp|pin|sig|dsn|bearer/i,
    new RegExp(assigned, 'gi'),
    whole((match) => !plainValue.test(match)),
  ),
  byPattern('credential', /cookie/i, /\b(?:set-)?cookie\s{0,2}:\s{0,4}[^\n\r]+/gi),
  // -pSecret of database clients, -u user:secret of curl.
  byPattern(
    'credential',
    /mysql|mariadb|mongo|redis|psql|sshpass|ldap|curl|wget|smbclient|rsync/i,
    /(?<=\s)-(?:p|a|w)\s?(?![-\s])[^\s]{3,}|(?<=\s)(?:-u|-U|--user|--proxy-user)[ =]?[^\s:%]{1,128}[:%][^\s]+/g,
  ),
  queryTextFinder,
  // Before the kinds that are digits alone: an id may hold such a number by chance.
  byPattern(
    'uuid',
    /[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-|[0-9A-Fa-f]{32}/,
    /(?<![0-9A-Za-z])(?:[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{12}|[0-9a-f]{32,128}|[0-9A-F]{32,128})(?![0-9A-Za-z])/g,
  ),
  byPattern('iban', /[A-Z]{2}\d{2}/i, /(?<![A-Za-z0-9])[A-Z]{2}\d{2}(?:[ -]?[A-Z0-9]){11,60}/gi, outsideIds(ibanEnd), 'again'),
  byPattern('card', /\d{4}[ -]?\d{4}|\d{12}/, /(?<![\d.-]|[0-9a-f]{4})\d(?:[ -]?\d){11,40}/g, outsideIds(cardEnd), 'again'),
  byPattern(
    'email',
    /@|%40/,
    /(?:[A-Za-z0-9!#$%&'*+/=?^_`{|}~.\-\u0080-\uffff]{1,64}|"[^"\s@]{1,64}")(?:@|%40)(?:\[[0-9A-Fa-f:.IPv]{2,64}\]|[A-Za-z0-9\u0080-\uffff][A-Za-z0-9.\-\u0080-\uffff]*)/g,
    // user@.service of systemd is a template, and core@7.24.0 a version of a package.
    whole(
      (match) =>
        /(?:@|%40)[^@]*\.[^@]{2,}|@\[|@localhost/i.test(match) &&
        !/\.(?:service|socket|timer|target|slice|scope|mount|path)$/.test(match) &&
        !isVersion(match),
    ),
  ),
  byPattern(
    'mac',
    /[0-9A-Fa-f]{2}[:-][0-9A-Fa-f]{2}[:-]|[0-9A-Fa-f]{4}\.[0-9A-Fa-f]{4}\./,
    /(?<![0-9A-Fa-f:-])(?:[0-9A-Fa-f]{2}([:-])(?:[0-9A-Fa-f]{2}\1){4}[0-9A-Fa-f]{2}|[0-9A-Fa-f]{4}\.[0-9A-Fa-f]{4}\.[0-9A-Fa-f]{4})(?![0-9A-Fa-f:-])/g,
  ),
  byPattern('ipv6', /:[0-9A-Fa-f]{0,4}:/, /[0-9A-Fa-f:]{3,}(?:(?:\.\d{1,3}){3})?(?:%[A-Za-z0-9._-]{1,32})?(?:\/\d{1,3})?/g, ipv6Length),
  byPattern(
    'ipv4',
    /(?:\d|0x[0-9a-f]{1,2})\./i,
    /(?<![\dA-Za-z.])(?:0x[0-9a-f]{1,2}|\d{1,4})(?:\.(?:0x[0-9a-f]{1,2}|\d{1,4})){3}(?![\dA-Za-z]|\.\d)/gi,
    whole((match) => isIpv4(match)),
    'again',
  ),
  byPattern(
    'ipv4',
    /\d(?:\[\.\]|\(\.\)|\[dot\])\d|\d-\d{1,3}-\d{1,3}-\d|0x[0-9a-f]{8}/i,
    /(?<![\dA-Za-z])\d{1,3}(?:(?:\[\.\]|\(\.\)|\[dot\])\d{1,3}){3}(?!\d)|(?<![\dA-Za-z])ip-\d{1,3}(?:-\d{1,3}){3}(?!\d)|(?<![0-9A-Za-z])0x[0-9a-f]{8}(?![0-9A-Za-z])/gi,
  ),
  byPattern(
    'phone',
    /\+\d|00\d{2}|\(\d{2,5}\)|tel:/,
    /(?<![\dA-Za-z.:/+-])(?:\+|00)[1-9]\d{0,3}(?:[ ()./-]{0,2}\d){6,13}(?!\d|[.:]\d)|(?<![\dA-Za-z])\(\d{3}\) ?\d{3}[ -]\d{4}(?!\d)/g,
  ),
  scatteredFinder,
]

/** The same for a text that begins with a path: a command line, a program, a mount point. */
export const contentFindersBehindPath = contentFinders.map((finder) => (finder === scatteredFinder ? scatteredFinderBehindPath : finder))

import type { ContentKind } from './content-kind.ts'
import type { MaskedField } from './rules.ts'

/** What is left of a finding in a text when it is cut to its shape. */
export function shapeOfContent(kind: ContentKind, text: string, label: string): string {
  if (kind === 'url') {
    const scheme = /^[A-Za-z][A-Za-z0-9+.-]{0,31}:\/\//.exec(text)?.[0]
    return scheme === undefined ? '[url]' : `${scheme}…`
  }
  if (kind === 'query-text') return `[${/^[a-z]{1,10}/i.exec(text)?.[0].toLowerCase() ?? ''} query]`
  if (kind === 'ipv4') return text.includes('.') && !/[[(x]/i.test(text) ? `${text.split('.').slice(0, 2).join('.')}.…` : '[ip]'
  return `[${label}]`
}

/** What is left of a field when it is cut to its shape. */
export function shapeOfField(field: MaskedField, text: string): string {
  if (field === 'command-line') return programOf(text)
  if (field === 'path') return text.replace(/^(\/[^/]*)\/.+$/s, '$1/…')
  if (field === 'address')
    return /^\d{1,3}\.\d/.test(text) ? `${text.split('.').slice(0, 2).join('.')}.…` : text.replace(/^([0-9A-Fa-f]{1,4}):.*$/s, '$1:…')
  if (field === 'hostname' || field === 'unit') return text.replace(/^([^.@]{0,2}).*?(\.[a-z]+)?$/s, '$1…$2')
  return text === '' ? '' : `${Array.from(text)[0] ?? ''}…`
}

/** The program of a command line and nothing of its arguments: `/usr/bin/python3 …`. What comes before a program, such as settings, is not kept. */
function programOf(text: string): string {
  const [first = '', ...rest] = text.trimStart().split(/[\s\0]/, 2)
  const isProgram = /^[A-Za-z0-9_./+~\-[\](){}:@]{1,256}$/.test(first) && !first.includes('=') && !first.includes('://')
  const program = isProgram ? first : ''
  return rest.length > 0 || program === '' ? `${program} …`.trimStart() : program
}

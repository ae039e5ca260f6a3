import type { FunctionQuestion } from '../../../src/live/questions.ts'
import { argumentsOf, type Choices, type FunctionInfo } from './function-info.ts'

/** What a person asks of a log. */
export interface LogSearch {
  /** Seconds back from now while `toS` is 0; else the two ends, epoch seconds. */
  readonly fromS: number
  readonly toS: number
  readonly text: string
  /** Facet id to the ids of the values that are kept. */
  readonly facets: ReadonlyMap<string, readonly string[]>
  /** The facet of the histogram; undefined is the agent's own. */
  readonly histogramId: string | undefined
}

/** Which part of the log: `first` is the newest of the span with all that comes with it; the others are quick (`data_only`). */
export type LogPart =
  | { readonly kind: 'first' }
  | { readonly kind: 'older' | 'newer'; readonly anchorUs: number }
  | { readonly kind: 'tail'; readonly anchorUs: number; readonly sinceUs: number }

export const pageSize = 200

/**
 * Arguments of a question to a log function. Only what the function accepts is sent; a function that names nothing gets everything.
 * Facets and values whose ids cannot be sent are left out.
 */
export function logArguments(info: FunctionInfo, choices: Choices, search: LogSearch, part: LogPart): FunctionQuestion['args'] {
  const accepts = (key: string) => info.accepted.size === 0 || info.accepted.has(key)
  const pattern = searchPattern(search.text)
  const args: FunctionQuestion['args'][number][] = [...argumentsOf(info, choices)]
  const add = (key: string, value: string | number | boolean | readonly string[]) => {
    if (accepts(key)) args.push({ key, value })
  }
  add('after', search.toS === 0 ? -Math.abs(search.fromS) : search.fromS)
  add('before', search.toS)
  add('last', pageSize)
  add('slice', true)
  if (pattern !== '') add('query', pattern)
  if (search.histogramId !== undefined && isKey(search.histogramId)) add('histogram', search.histogramId)
  for (const [id, values] of search.facets) {
    const askable = values.filter(isItem).slice(0, 100)
    if (isKey(id) && askable.length > 0) args.push({ key: id, value: askable })
  }
  if (part.kind === 'first') {
    add('direction', 'backward')
    return args
  }
  add('data_only', true)
  add('anchor', part.anchorUs)
  add('direction', part.kind === 'newer' ? 'forward' : 'backward')
  if (part.kind === 'tail') {
    add('if_modified_since', part.sinceUs)
    add('delta', true)
    add('tail', true)
  }
  return args
}

const isKey = (text: string) => /^[A-Za-z_][\w.-]{0,63}$/u.test(text)
/** Whether the id of a facet's value can be sent at all. */
export const isItem = (text: string): boolean => /^[^\s&"'\\,\p{Cc}\p{Cs}]{1,500}$/u.test(text)

/**
 * Words as the agents' pattern that finds them in this order anywhere in a field; `|` keeps its meaning of "or", `!` in front of "not".
 * What no argument can carry (white space, quotes, `&`, backslash) matches anything. Agents want at least one match, so a search
 * that only excludes also asks for everything.
 */
export function searchPattern(text: string): string {
  const parts = text.split('|').flatMap((part) => {
    const isNot = part.trim().startsWith('!')
    const words = part
      .trim()
      .replace(/^!/u, '')
      .split(/[\s&"'\\*\p{Cc}\p{Cs}]+/u)
      .filter((word) => word !== '')
    return words.length === 0 ? [] : [`${isNot ? '!' : ''}*${words.join('*')}*`]
  })
  if (parts.length > 0 && parts.every((part) => part.startsWith('!'))) parts.push('*')
  return parts.join('|').slice(0, 400)
}

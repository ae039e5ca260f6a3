import type { FunctionsRequest, HostFunctions } from '../../functions/host-functions.ts'
import { parseParameters } from '../../sources/host/query/parameters.ts'
import type { SourceAnswer } from '../../sources/source.ts'
import { jsonAnswer } from '../../sources/source.ts'
import { isObject, mapTexts, type Json } from './json.ts'
import { maskTable } from './mask-table.ts'
import type { Masker } from './masker.ts'

/** Arguments that are no choice of a shown value. */
const ownArguments = /^(?:after|before|anchor|direction|last|facets|histogram|if_modified_since|data_only|delta|tail|sampling|slice|info)$/

/**
 * Functions whose tables are masked. A choice of a masked value is understood. Where the messages of logs do not leave, they cannot be
 * searched either: what is found would tell what they hold.
 */
export function maskFunctions(functions: HostFunctions, masker: Masker): HostFunctions {
  if (masker.isIdle) return functions
  function asked(query: string): { query: string; name: string } | undefined {
    const parameters = parseParameters(query)
    const words = (parameters.get('function') ?? '').split(/\s+/)
    const name = words[0] ?? ''
    const hidesMessages = masker.rules.fields['log-message'].action !== 'keep'
    const own: string[] = []
    for (const word of words) {
      const cut = word.indexOf(':')
      const key = cut < 0 ? word : word.slice(0, cut)
      if (key === 'query' && hidesMessages) return undefined
      const isChoice = cut > 0 && !ownArguments.test(key) && key !== 'query'
      own.push(
        isChoice
          ? `${key}:${word
              .slice(cut + 1)
              .split(',')
              .map((value) => masker.original(value) ?? value)
              .join(',')}`
          : word,
      )
    }
    const others = [...parameters].filter(([key]) => key !== 'function').map(([key, value]) => `&${key}=${encodeURIComponent(value)}`)
    return { query: `function=${encodeURIComponent(own.join(' '))}${others.join('')}`, name }
  }

  async function answer(request: FunctionsRequest, signal: AbortSignal): Promise<SourceAnswer> {
    const own = request.command === 'function' ? asked(request.query) : { query: request.query, name: '' }
    if (own === undefined)
      return jsonAnswer(403, JSON.stringify({ status: 403, errorMessage: 'Messages are masked on this host and cannot be searched.' }))
    const answered = await functions.answer({ ...request, query: own.query }, signal)
    let document: Json
    try {
      document = JSON.parse(Buffer.from(answered.body).toString('utf8')) as Json
    } catch {
      return { ...answered, isGzip: false, body: Buffer.from(masker.text(Buffer.from(answered.body).toString('utf8'))) }
    }
    const masked = isObject(document) && 'columns' in document ? maskTable(masker, own.name, document) : mapTexts(document, masker.text)
    return jsonAnswer(answered.status, JSON.stringify(masked))
  }

  return { list: () => functions.list(), answer }
}

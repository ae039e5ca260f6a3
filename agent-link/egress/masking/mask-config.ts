import type { ConfigRequest, SourceAnswer } from '../../sources/source.ts'
import { jsonAnswer } from '../../sources/source.ts'
import { isList, isObject, mapEntries, type Json } from './json.ts'
import { maskDefinition } from './mask-alerts.ts'
import type { Masker } from './masker.ts'

/** Masked texts whose originals are remembered, to write a document back that was read masked. */
const remembered = 10_000

/**
 * Configuration of alerts, masked on the way out and put back on the way in: a document that was read with masked texts and is written
 * again holds the originals. A masked text whose original is not known is refused, or it would take the place of the original.
 */
export function createConfigMasker(masker: Masker) {
  const originals = new Map<string, string>()

  function out(key: string, value: string): string {
    const masked = maskDefinition(masker, key, value)
    if (masked === value) return value
    if (originals.size >= remembered) originals.clear()
    // Two originals behind one masked text cannot be told apart: then neither is put back.
    const mark = `${key}\0${masked}`
    originals.set(mark, originals.has(mark) && originals.get(mark) !== value ? ambiguous : value)
    return masked
  }

  function walk(key: string, value: Json): Json {
    if (typeof value === 'string') return out(key, value)
    if (isList(value)) return value.map((each) => walk(key, each))
    if (!isObject(value)) return value
    return mapEntries(value, (name, each) => [
      name,
      name === 'nm' && key === 'agent' && typeof each === 'string' ? masker.field('hostname', each, true) : walk(name, each),
    ])
  }

  function back(key: string, value: Json): Json {
    if (typeof value === 'string') {
      const original = originals.get(`${key}\0${value}`)
      if (original === ambiguous) throw new MaskedText()
      if (original !== undefined) return original
      if (masker.text(value) !== value || masks.test(value)) throw new MaskedText()
      return masker.original(value) ?? value
    }
    if (isList(value)) return value.map((each) => back(key, each))
    if (!isObject(value)) return value
    return mapEntries(value, (name, each) => [name, back(name, each)])
  }

  return {
    /** An answer as it may leave. */
    answer(answer: SourceAnswer): SourceAnswer {
      const text = Buffer.from(answer.body).toString('utf8')
      const json = parse(text)
      if (json === undefined) return { ...answer, isGzip: false, body: Buffer.from(masker.text(text)) }
      return { ...jsonAnswer(answer.status, JSON.stringify(walk('', json))), contentType: answer.contentType }
    },
    /** A request in the agent's own words; undefined when it would write a mask in the place of what it hides. */
    request(request: ConfigRequest): ConfigRequest | undefined {
      const json = request.bodyText === '' ? undefined : parse(request.bodyText)
      if (json === undefined) return request
      try {
        return { ...request, bodyText: JSON.stringify(back('', json)) }
      } catch (thrown) {
        if (thrown instanceof MaskedText) return undefined
        throw thrown
      }
    },
  }
}

class MaskedText extends Error {}
const ambiguous = '\0'
/** What masks leave in texts. */
const masks =
  /\[(?:private-key|connection|url|token|secret|query|iban|card|email|mac|uuid|ip|phone|[a-z]{1,10} query)(?:-[a-z0-9]{1,16})?\]|:\/\/…/

function parse(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json
  } catch {
    return undefined
  }
}

import { gunzip } from 'node:zlib'
import { promisify } from 'node:util'
import type { SourceAnswer } from '../../sources/source.ts'
import { jsonAnswer, textAnswer } from '../../sources/source.ts'
import { isList, isObject, mapEntries, mapTexts, type Json } from './json.ts'
import { maskAlarm, maskAlarms, maskVariables } from './mask-alerts.ts'
import { maskChart, maskContext, maskHost } from './mask-charts.ts'
import { maskData, type AskedData } from './mask-data.ts'
import type { Masker } from './masker.ts'

const inflate = promisify(gunzip)
/** Longer answers than the link takes are not opened (security requirements §1). */
const openedBytes = 64 * 1024 * 1024

/** What an answer is to, in the agent's own names. */
export interface Asked extends AskedData {
  readonly command: string
  /** The chart of an alarm's key. */
  readonly chartOf: (key: string) => string | undefined
}

/**
 * An answer of the source as it may leave. What is JSON is masked by what its members are, anything else as text; what can be neither
 * read nor masked does not leave.
 */
export async function maskAnswer(masker: Masker, answer: SourceAnswer, asked: Asked): Promise<SourceAnswer> {
  let { body } = answer
  if (answer.isGzip) {
    try {
      body = await inflate(body, { maxOutputLength: openedBytes })
    } catch {
      return textAnswer(502, 'The answer of the source cannot be read.')
    }
  }
  const text = Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('utf8')
  if (isHarmless(masker, text)) return { ...answer, isGzip: false, body }
  const document = parse(text)
  if (document === undefined) {
    if (asked.command === 'data' && answer.status < 300 && masker.renames)
      return textAnswer(400, 'Names are masked on this host, which is done in the format json only.')
    return { ...answer, isGzip: false, body: Buffer.from(masker.text(text)) }
  }
  const masked = maskDocument(masker, document, asked)
  return { ...jsonAnswer(answer.status, JSON.stringify(masked)), contentType: answer.contentType }
}

/** Whether no text of a JSON answer is touched: it then leaves byte for byte, without being taken apart. */
function isHarmless(masker: Masker, text: string): boolean {
  if (masker.renames || Object.values(masker.rules.fields).some(({ action }) => action !== 'keep' && action !== 'truncate')) return false
  const first = text.charAt(0)
  if (first !== '{' && first !== '[') return false
  const strings = /"(?:[^"\\]|\\.)*"/g
  for (let match = strings.exec(text); match !== null; match = strings.exec(text)) {
    const inner = match[0].slice(1, -1)
    // Escapes may hide something; such answers are taken apart.
    if (inner.includes('\\') || masker.text(inner) !== inner) return false
  }
  return true
}

function parse(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json
  } catch {
    return undefined
  }
}

function maskDocument(masker: Masker, document: Json, asked: Asked): Json {
  switch (asked.command) {
    case 'data':
      return maskData(masker, document, asked)
    case 'alarm_log':
      return isList(document) ? document.map((entry) => maskAlarm(masker, entry)) : mapTexts(document, masker.text)
    case 'alarm_variables':
      return maskVariables(masker, document, asked.charts[0] ?? '')
    case 'chart':
      return isObject(document)
        ? maskChart(masker, typeof document['id'] === 'string' ? document['id'] : (asked.charts[0] ?? ''), document)
        : document
    case 'context':
      return maskContext(masker, asked.contexts[0] ?? '', document)
  }
  if (!isObject(document)) return mapTexts(document, masker.text)
  return mapEntries(document, (key, value) => {
    const host = maskHost(masker, key, value)
    if (host !== undefined) return [key, host]
    if (key === 'contexts' && isObject(value))
      return [key, mapEntries(value, (id, each) => [masker.context(id), maskContext(masker, id, each)])]
    if (key === 'charts' && isObject(value)) return [key, mapEntries(value, (id, each) => [masker.chart(id), maskChart(masker, id, each)])]
    if (key === 'alarms' && isObject(value)) return [key, maskAlarms(masker, value, asked.chartOf)]
    // Ids of the host itself, which the cloud knows and goes by.
    if (key === 'uid' || key === 'machine_guid' || key === 'node_id' || key === 'claim_id') return [key, value]
    return [key, mapTexts(value, masker.text)]
  })
}

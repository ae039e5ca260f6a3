import type { IncomingMessage } from 'node:http'
import { errorKinds, type ErrorCode } from '../../../src/errors/throughline-error.ts'
import type { EdgeLimits } from './limits.ts'

/** Why the edge refuses, before anything else looks at the request: a status line and a sentence. */
export interface Refusal {
  readonly status: number
  readonly code: ErrorCode
  readonly message: string
}

/** Headers that decide something and may come once. */
const singleHeaders = ['host', 'authorization', 'x-netdata-auth', 'origin', 'content-type', 'content-length', 'transfer-encoding']

const refusal = (code: ErrorCode, message: string, status: number = errorKinds[code].http): Refusal => ({ status, code, message })

/** The refusal a request deserves for its shape, or undefined (E4). */
export function refusalOf(
  request: Pick<IncomingMessage, 'url' | 'rawHeaders' | 'headers' | 'httpVersion'>,
  limits: Pick<EdgeLimits, 'urlBytes' | 'headerLines'>,
): Refusal | undefined {
  const url = request.url ?? ''
  if (url.length > limits.urlBytes) return refusal('URL_TOO_LONG', 'The address of the request is too long.')
  if (request.rawHeaders.length / 2 > limits.headerLines) return refusal('BODY_TOO_LARGE', 'The request has too many header lines.', 431)
  if (!url.startsWith('/')) return refusal('BODY_MALFORMED', 'The request must name a path of this server.')
  // A line without a version is HTTP/0.9, whose answers have no head: whoever stands between may read them otherwise.
  if (!/^1\.[01]$/.test(request.httpVersion)) return refusal('BODY_MALFORMED', 'The request is not HTTP/1.1 as we read it.')
  if (request.headers.host === undefined && request.httpVersion === '1.1')
    return refusal('BODY_MALFORMED', 'The request does not name its host.')
  // The parser lets other encodings pass when chunked is the last: the body would be read as something it is not (RFC 9112 §6.1).
  if (!/^(chunked)?$/i.test(request.headers['transfer-encoding'] ?? ''))
    return refusal('BODY_MALFORMED', 'The body is sent in a way that is not read here.')
  // Two hosts or two proofs: whoever stands between may have believed the other one.
  const names = request.rawHeaders.filter((_name, at) => at % 2 === 0).map((name) => name.toLowerCase())
  const twice = singleHeaders.find((name) => names.indexOf(name) !== names.lastIndexOf(name))
  if (twice === 'host') return refusal('BODY_MALFORMED', 'The request names more than one host.')
  if (twice !== undefined) return refusal('BODY_MALFORMED', `The header ${twice} stands twice.`)
  return undefined
}

/** The refusal for a client that expects something else than to be told to go on. */
export const unmetExpectation: Refusal = refusal('BODY_MALFORMED', 'What the request expects is not met here.', 417)

/** The refusal for what the HTTP parser did not take. */
export function refusalOfParserError(error: { readonly code?: string; readonly rawPacket?: Buffer }): Refusal {
  switch (error.code) {
    case 'HPE_HEADER_OVERFLOW':
      return refusal('BODY_TOO_LARGE', 'The header lines of the request are too large.', 431)
    case 'HPE_CHUNK_EXTENSIONS_OVERFLOW':
      return refusal('BODY_TOO_LARGE', 'The chunk extensions of the request are too large.')
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return refusal('BODY_MALFORMED', 'The request took too long to arrive.', 408)
    case 'HPE_INVALID_METHOD':
      // Something that reads like a request with a method nobody knows; anything else is not HTTP at all.
      if (/^[A-Z]{1,24} \/\S* HTTP\/1\.[01]\r\n/.test(error.rawPacket?.toString('latin1', 0, 9_000) ?? '')) {
        return refusal('METHOD_NOT_ALLOWED', 'There is no such method.')
      }
      return refusal('BODY_MALFORMED', 'The request is not HTTP/1.1 as we read it.')
    default:
      return refusal('BODY_MALFORMED', 'The request is not HTTP/1.1 as we read it.')
  }
}

/** What an answer that refuses says; it closes the connection. */
export function refusalAnswer({ code, message }: Refusal): {
  readonly head: Readonly<Record<string, string | number>>
  readonly body: string
} {
  const body = JSON.stringify({ errorCode: code, errorMsgKey: errorKinds[code].key, errorMessage: message })
  const head = {
    'Content-Type': 'application/json; charset=utf-8',
    'Content-Length': Buffer.byteLength(body),
    'Cache-Control': 'no-store',
    Connection: 'close',
  }
  return { head, body }
}

/** The refusal as bytes of a whole answer, for sockets on which nothing else is being answered. */
export function refusalBytes(refusal: Refusal): string {
  const { head, body } = refusalAnswer(refusal)
  const lines = Object.entries(head).map(([name, value]) => `${name}: ${value}`)
  return [`HTTP/1.1 ${refusal.status} ${refusal.code}`, ...lines, '', body].join('\r\n')
}

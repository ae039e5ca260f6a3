import { ThroughlineError } from '../../errors/throughline-error.ts'

/** An agent's answer, taken apart but not opened: `body` is a view of the received bytes, still gzipped when the agent gzipped it. */
export interface ParsedAnswer {
  readonly messageId: string
  readonly httpStatus: number
  readonly isGzip: boolean
  readonly body: Uint8Array
  /** Set when the link layer of the agent refused (aclk §7.5); such answers have no HTTP half. */
  readonly linkErrorCode: number | undefined
}

const decoder = new TextDecoder()

/**
 * Splits the payload of a reply (aclk §7.4): JSON header, HTTP head, body cut at Content-Length. What follows that length can be
 * another caller's answer (fixtures README row 11), so it is cut here, before anybody sees it. Throws AGENT_PROTOCOL.
 */
export function decodeAnswer(payload: Uint8Array): ParsedAnswer {
  const headerEnd = findBlankLine(payload, 0)
  const header = parseHeader(headerEnd < 0 ? payload : payload.subarray(0, headerEnd))
  const httpStart = headerEnd < 0 ? payload.byteLength : headerEnd + 4
  const none = payload.subarray(payload.byteLength)
  if (httpStart >= payload.byteLength) return { ...header, isGzip: false, body: none }
  const headEnd = findBlankLine(payload, httpStart)
  if (headEnd < 0) throw new ThroughlineError('AGENT_PROTOCOL', 'The agent answered with an unfinished HTTP head.')
  const head = decoder.decode(payload.subarray(httpStart, headEnd))
  const status = /^HTTP\/1\.1 (\d{3})/.exec(head)
  if (!status) throw new ThroughlineError('AGENT_PROTOCOL', 'The agent answered without an HTTP status line.')
  const body = payload.subarray(headEnd + 4)
  const length = /\r\ncontent-length: *(\d{1,10})/i.exec(head)
  const size = length ? Number(length[1]) : body.byteLength
  if (size > body.byteLength) throw new ThroughlineError('AGENT_PROTOCOL', 'The agent answered with fewer bytes than it announced.')
  return { ...header, httpStatus: Number(status[1]), isGzip: /\r\ncontent-encoding: *gzip/i.test(head), body: body.subarray(0, size) }
}

function parseHeader(bytes: Uint8Array): { messageId: string; httpStatus: number; linkErrorCode: number | undefined } {
  let parsed: unknown
  try {
    parsed = JSON.parse(decoder.decode(bytes.byteLength > 16_384 ? bytes.subarray(0, 0) : bytes))
  } catch {
    // Without its cause: the parser's message quotes what it read, and that may be a live value.
    throw new ThroughlineError('AGENT_PROTOCOL', 'The agent answered without a JSON header.')
  }
  const fields = (typeof parsed === 'object' && parsed !== null ? parsed : {}) as Record<string, unknown>
  const messageId = fields['msg-id']
  const httpCode = fields['http-code']
  const errorCode = fields['error-code']
  if (typeof messageId !== 'string') throw new ThroughlineError('AGENT_PROTOCOL', 'The agent answered without a message id.')
  const isStatus = typeof httpCode === 'number' && Number.isInteger(httpCode) && httpCode >= 100 && httpCode <= 599
  return { messageId, httpStatus: isStatus ? httpCode : 502, linkErrorCode: typeof errorCode === 'number' ? errorCode : undefined }
}

function findBlankLine(bytes: Uint8Array, from: number): number {
  for (let at = bytes.indexOf(13, from); at >= 0 && at + 3 < bytes.byteLength; at = bytes.indexOf(13, at + 1)) {
    if (bytes[at + 1] === 10 && bytes[at + 2] === 13 && bytes[at + 3] === 10) return at
  }
  return -1
}

/** What the agent side says; the twin of {@link decodeAnswer}. Times are microseconds. */
export interface AnswerParts {
  readonly messageId: string
  readonly httpStatus: number
  readonly contentType: string
  readonly isGzip: boolean
  readonly body: Uint8Array
  readonly sessionIdUs: bigint
  readonly nowUs: bigint
  readonly executionUs: number
}

const encoder = new TextEncoder()

/** The payload of a reply (aclk §7.4): header and HTTP head as agents write them, then the body. */
export function encodeAnswer(parts: AnswerParts): Uint8Array {
  const second = 1_000_000n
  const header = JSON.stringify({
    type: 'http',
    'msg-id': parts.messageId,
    timestamp: Number(parts.nowUs / second),
    'timestamp-offset-usec': Number(parts.nowUs % second),
    connect: Number(parts.sessionIdUs / second),
    'connect-offset-usec': Number(parts.sessionIdUs % second),
    version: 2,
    't-exec': parts.executionUs,
    't-rx': 0,
    'http-code': parts.httpStatus,
  })
  const head = [
    `HTTP/1.1 ${parts.httpStatus} ${parts.httpStatus < 400 ? 'OK' : 'Error'}`,
    'Connection: close',
    `Content-Type: ${parts.contentType}`,
    ...(parts.isGzip ? ['Content-Encoding: gzip'] : []),
    `Content-Length: ${parts.body.byteLength}`,
  ].join('\r\n')
  const start = encoder.encode(`${header}\r\n\r\n${head}\r\n\r\n`)
  const payload = new Uint8Array(start.byteLength + parts.body.byteLength)
  payload.set(start)
  payload.set(parts.body, start.byteLength)
  return payload
}

import { ThroughlineError } from '../../errors/throughline-error.ts'
import { linkLimits } from '../limits.ts'

/** A question to an agent: one HTTP request over the link (aclk §7). Built from parsed parts, never from a browser's text. */
export interface AgentQuestion {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  /** Path and query, percent-encoded, starting with `/`. */
  readonly target: string
  /** How long the question may wait in the agent's queue, and the cloud for the answer; milliseconds. */
  readonly timeoutMs: number
  /** Who asks; agents from 1.45 honour it (aclk §7.3). */
  readonly asker?: { readonly permissions: number; readonly role: string; readonly accountId?: string; readonly userName?: string }
  /** False asks for plain text; compressed otherwise, which old agents answer more cleanly (aclk §7.4 rule 3). */
  readonly acceptsGzip?: false
  /** Text without NUL; only with POST and PUT. */
  readonly body?: { readonly contentType: string; readonly text: string }
}

const encoder = new TextEncoder()

/**
 * The payload of the publish that asks (aclk §7.1): a JSON line, CRLF CRLF, an HTTP/1.1 request.
 * Accepts gzip unless told otherwise. Throws LINK_PROTOCOL when a part would break the frame, and
 * LINK_TOO_LARGE when the whole does not fit what old agents can read (aclk §4.7).
 */
export function encodeQuestion(messageId: string, callbackTopic: string, question: AgentQuestion): Uint8Array {
  if (!question.target.startsWith('/') || /\s/u.test(question.target) || question.target.includes('\u0000')) {
    throw new ThroughlineError('LINK_PROTOCOL', 'An agent question needs an encoded path.')
  }
  const header = JSON.stringify({
    type: 'http',
    'msg-id': messageId,
    'callback-topic': callbackTopic,
    version: 2,
    timeout: question.timeoutMs,
  })
  const lines = [`${question.method} ${question.target} HTTP/1.1`, ...(question.acceptsGzip === false ? [] : ['Accept-Encoding: gzip'])]
  const { asker, body } = question
  if (asker) {
    lines.push(`X-Netdata-Role: ${headerText(asker.role)}`, `X-Netdata-Permissions: 0x${asker.permissions.toString(16)}`)
    if (asker.accountId) lines.push(`X-Netdata-Account-Id: ${headerText(asker.accountId)}`)
    if (asker.userName) lines.push(`X-Netdata-User-Name: ${headerText(asker.userName)}`)
  }
  // A POST without a length is refused by agents, and a body with any other method is read as a part of the next thing (aclk §7.2).
  if ((question.method === 'POST' || question.method === 'PUT') !== (body !== undefined)) {
    throw new ThroughlineError('LINK_PROTOCOL', 'An agent question has a body with POST and PUT, and only then.')
  }
  const bodyBytes = body ? encoder.encode(body.text) : undefined
  if (body && bodyBytes) {
    if (body.text.includes('\u0000')) throw new ThroughlineError('LINK_PROTOCOL', 'An agent question cannot hold a NUL.')
    lines.push(`Content-Type: ${headerText(body.contentType)}`, `Content-Length: ${bodyBytes.byteLength}`)
  }
  const payload = encoder.encode(`${header}\r\n\r\n${lines.join('\r\n')}\r\n\r\n${body?.text ?? ''}`)
  if (payload.byteLength > linkLimits.inboundBytes)
    throw new ThroughlineError('LINK_TOO_LARGE', 'The question is larger than agents can read.')
  return payload
}

/** Header values are text for a machine: control characters and anything beyond Latin letters become `?`. */
function headerText(text: string): string {
  return text.replace(/[^\u0020-\u007e]/gu, '?').slice(0, 63)
}

/** What an agent reads out of a question's payload; the agent side's twin of {@link encodeQuestion}. */
export interface ReceivedQuestion {
  readonly messageId: string
  readonly callbackTopic: string
  readonly timeoutMs: number
  readonly method: string
  readonly target: string
  readonly acceptsGzip: boolean
  readonly headers: ReadonlyMap<string, string>
  readonly bodyText: string
}

/** Parses a question; undefined when it breaks the frame's rules, in which case an agent stays silent (aclk §7.1). */
export function decodeQuestion(payload: Uint8Array): ReceivedQuestion | undefined {
  const text = new TextDecoder().decode(payload)
  const cut = text.indexOf('\r\n\r\n')
  if (cut < 0) return undefined
  let header: unknown
  try {
    header = JSON.parse(text.slice(0, cut))
  } catch {
    return undefined
  }
  if (typeof header !== 'object' || header === null) return undefined
  const fields = header as Record<string, unknown>
  const messageId = fields['msg-id']
  const callbackTopic = fields['callback-topic']
  if (fields['type'] !== 'http' || typeof messageId !== 'string' || typeof callbackTopic !== 'string') return undefined
  if (!callbackTopic.startsWith('/') || typeof fields['version'] !== 'number' || fields['version'] < 2) return undefined
  const [head = '', ...bodyParts] = text.slice(cut + 4).split('\r\n\r\n')
  const [requestLine = '', ...headerLines] = head.split('\r\n')
  const match = /^(GET|POST|PUT|DELETE) (\/\S*) HTTP\/1\.1$/.exec(requestLine)
  if (!match) return undefined
  const headers = new Map<string, string>()
  for (const line of headerLines) {
    const colon = line.indexOf(':')
    if (colon > 0) headers.set(line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim())
  }
  return {
    messageId,
    callbackTopic,
    timeoutMs: typeof fields['timeout'] === 'number' ? fields['timeout'] : 0,
    method: match[1] ?? 'GET',
    target: match[2] ?? '/',
    acceptsGzip: headers.get('accept-encoding')?.includes('gzip') ?? false,
    headers,
    bodyText: bodyParts.join('\r\n\r\n'),
  }
}

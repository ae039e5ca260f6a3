import type { IncomingMessage } from 'node:http'
import { ThroughlineError } from '../../../src/errors/throughline-error.ts'
import type { Clock } from '../../../src/support/clock.ts'

/** Limits of a claim or agent-auth body (security requirements §1). */
const bodyLimits = { bytes: 16 * 1024, timeMs: 30_000, depth: 32 } as const

/**
 * Reads a body as JSON whatever its content type says: stock claim scripts call it a form (aclk §1.1).
 * Throws BODY_TOO_LARGE, BODY_MALFORMED, MEDIA_TYPE (a content encoding).
 */
export async function readJson(request: IncomingMessage, clock: Clock): Promise<unknown> {
  const encoding = request.headers['content-encoding']
  if (encoding !== undefined && encoding !== 'identity') throw new ThroughlineError('MEDIA_TYPE', 'The body is encoded.')
  if (Number(request.headers['content-length'] ?? 0) > bodyLimits.bytes) throw tooLarge()
  const text = await readText(request, clock)
  if (depthOf(text) > bodyLimits.depth) throw new ThroughlineError('BODY_MALFORMED', 'The body is nested too deeply.')
  try {
    return JSON.parse(text) as unknown
  } catch {
    throw new ThroughlineError('BODY_MALFORMED', 'The body is not JSON.')
  }
}

function readText(request: IncomingMessage, clock: Clock): Promise<string> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let bytes = 0
    const settle = (finish: () => void) => {
      stopTimer()
      request.off('data', onData).off('end', onEnd).off('error', onError).off('close', onError)
      finish()
    }
    const onData = (chunk: Buffer) => {
      bytes += chunk.length
      if (bytes > bodyLimits.bytes) settle(() => reject(tooLarge()))
      else chunks.push(chunk)
    }
    const onEnd = () =>
      settle(() => {
        try {
          resolve(new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks)))
        } catch {
          reject(new ThroughlineError('BODY_MALFORMED', 'The body is not UTF-8.'))
        }
      })
    const onError = () => settle(() => reject(new ThroughlineError('BODY_MALFORMED', 'The body ended early.')))
    const stopTimer = clock.after(bodyLimits.timeMs, () =>
      settle(() => reject(new ThroughlineError('BODY_MALFORMED', 'The body took too long.'))),
    )
    request.on('data', onData).on('end', onEnd).on('error', onError).on('close', onError)
  })
}

function tooLarge(): ThroughlineError {
  return new ThroughlineError('BODY_TOO_LARGE', 'The body is larger than 16 KiB.')
}

/** Nesting of brackets outside strings; read before parsing. */
function depthOf(text: string): number {
  let depth = 0
  let deepest = 0
  let isInString = false
  for (let i = 0; i < text.length; i++) {
    const char = text[i]
    if (isInString) {
      if (char === '\\') i += 1
      else if (char === '"') isInString = false
    } else if (char === '"') isInString = true
    else if (char === '{' || char === '[') deepest = Math.max(deepest, ++depth)
    else if (char === '}' || char === ']') depth -= 1
  }
  return deepest
}

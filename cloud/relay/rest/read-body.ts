import type { IncomingMessage } from 'node:http'
import { ThroughlineError } from '../../../src/errors/throughline-error.ts'
import { isDeeperThan } from '../../../src/support/json-depth.ts'
import { restLimits } from './rest-limits.ts'

/**
 * The body of a request: JSON whatever its Content-Type says, nothing at all counts as `{}` (cloud-api §1.2). Throws BODY_TOO_LARGE,
 * BODY_MALFORMED, MEDIA_TYPE for a compressed one, or CANCELLED when the client leaves.
 */
export async function readBody(request: IncomingMessage): Promise<{ readonly json: unknown; readonly text: string }> {
  const encoding = request.headers['content-encoding']
  if (encoding !== undefined && encoding.toLowerCase() !== 'identity')
    throw new ThroughlineError('MEDIA_TYPE', 'The body is encoded in a way we do not read.')
  if (Number(request.headers['content-length'] ?? 0) > restLimits.bodyBytes) throw tooLarge()
  const text = await new Promise<string>((resolve, reject) => {
    const chunks: Buffer[] = []
    let bytes = 0
    request.on('data', (chunk: Buffer) => {
      bytes += chunk.byteLength
      if (bytes > restLimits.bodyBytes) reject(tooLarge())
      else chunks.push(chunk)
    })
    request.on('end', () => resolve(Buffer.concat(chunks).toString('utf8')))
    request.on('close', () => reject(new ThroughlineError('CANCELLED', 'The client left.')))
    request.on('error', () => reject(new ThroughlineError('CANCELLED', 'The client left.')))
  })
  if (text.trim() === '') return { json: {}, text: '' }
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch {
    throw new ThroughlineError('BODY_MALFORMED', 'The request cannot be read.')
  }
  if (isDeeperThan(json, restLimits.jsonDepth)) throw new ThroughlineError('BODY_MALFORMED', 'The body nests too deeply.')
  return { json, text }
}

function tooLarge(): ThroughlineError {
  return new ThroughlineError('BODY_TOO_LARGE', 'The body is too large.')
}

import { ThroughlineError } from '../../src/errors/throughline-error.ts'

/** The text of a live body, inflated when it is gzip. Throws AGENT_ANSWER_TOO_LARGE beyond `maxBytes`, AGENT_PROTOCOL when it is not gzip. */
export async function bodyText(body: Uint8Array, isGzip: boolean, maxBytes: number): Promise<string> {
  if (!isGzip) {
    if (body.byteLength > maxBytes) throw tooLarge()
    return new TextDecoder().decode(body)
  }
  const copy = new Uint8Array(body)
  const reader = new Blob([copy]).stream().pipeThrough(new DecompressionStream('gzip')).getReader()
  const decoder = new TextDecoder()
  let text = ''
  let bytes = 0
  for (;;) {
    const { done, value } = await reader.read().catch((cause: unknown) => {
      throw new ThroughlineError('AGENT_PROTOCOL', 'The agent sent a body that cannot be unpacked.', { cause })
    })
    if (done) return text + decoder.decode()
    bytes += value.byteLength
    // A few kilobytes can unpack to gigabytes; stop before the page pays for it.
    if (bytes > maxBytes) {
      await reader.cancel().catch(() => undefined)
      throw tooLarge()
    }
    text += decoder.decode(value, { stream: true })
  }
}

function tooLarge(): ThroughlineError {
  return new ThroughlineError('AGENT_ANSWER_TOO_LARGE', 'The agent sent more than this page unpacks.')
}

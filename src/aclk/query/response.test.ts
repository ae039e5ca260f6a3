import { expect, it } from 'vitest'
import { decodeAnswer, encodeAnswer } from './response.ts'

const bytes = (text: string) => new TextEncoder().encode(text)
const header = '{"type":"http","msg-id":"m1","version":2,"http-code":200}'

it('[AK12] an answer comes apart into status, encoding and a body that is a view of the payload', () => {
  const payload = bytes(`${header}\r\n\r\nHTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\n\r\n\r\n`)
  const answer = decodeAnswer(payload)
  expect(answer).toMatchObject({ messageId: 'm1', httpStatus: 200, isGzip: true, linkErrorCode: undefined })
  expect(new TextDecoder().decode(answer.body)).toBe('\r\n\r\n')
  expect(answer.body.buffer).toBe(payload.buffer)
})

it('[AK13] what follows Content-Length is cut: it can be another caller’s answer', () => {
  const answer = decodeAnswer(bytes(`${header}\r\n\r\nHTTP/1.1 404 Not Found\r\nContent-Length: 5\r\n\r\nabout somebody else`))
  expect([answer.httpStatus, new TextDecoder().decode(answer.body)]).toEqual([404, 'about'])
})

it('[AK14] an error of the link layer has no HTTP half', () => {
  const answer = decodeAnswer(bytes('{"type":"http","msg-id":"m1","http-code":413,"error-code":4,"error-description":"x"}'))
  expect(answer).toMatchObject({ httpStatus: 413, linkErrorCode: 4 })
  expect(answer.body.byteLength).toBe(0)
})

it.each([
  ['no JSON', 'x\r\n\r\nHTTP/1.1 200 OK\r\n\r\n'],
  ['no message id', '{}\r\n\r\nHTTP/1.1 200 OK\r\n\r\n'],
  ['no status line', `${header}\r\n\r\nnonsense\r\n\r\n`],
  ['an unfinished head', `${header}\r\n\r\nHTTP/1.1 200 OK\r\n`],
  ['fewer bytes than announced', `${header}\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nshort`],
])('[AK15] an answer with %s is refused', (_name, payload) => {
  expect(() => decodeAnswer(bytes(payload))).toThrow(expect.objectContaining({ code: 'AGENT_PROTOCOL' }) as Error)
})

it('[AK16] what the agent side encodes, the cloud side takes apart', () => {
  const body = bytes('{"result":1}')
  const payload = encodeAnswer({
    messageId: 'm1',
    httpStatus: 200,
    contentType: 'application/json',
    isGzip: false,
    body,
    sessionIdUs: 1_700_000_000_123_456n,
    nowUs: 1_700_000_001_000_001n,
    executionUs: 5,
  })
  expect(decodeAnswer(payload)).toMatchObject({ messageId: 'm1', httpStatus: 200, isGzip: false, body })
  expect(JSON.parse(new TextDecoder().decode(payload).split('\r\n\r\n')[0] ?? '')).toMatchObject({
    connect: 1_700_000_000,
    'connect-offset-usec': 123_456,
    timestamp: 1_700_000_001,
    'timestamp-offset-usec': 1,
  })
})

it('[AK25] an answer that is no answer fails without a word of what it said', () => {
  const payload = new TextEncoder().encode('{"value":8675309.25 live}')
  let failure: unknown
  try {
    decodeAnswer(payload)
  } catch (error) {
    failure = error
  }
  expect(failure).toMatchObject({ code: 'AGENT_PROTOCOL' })
  const { message, cause } = failure as Error
  expect({ quotes: message.includes('8675309'), cause }).toEqual({ quotes: false, cause: undefined })
})

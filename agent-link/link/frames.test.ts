import { Duplex } from 'node:stream'
import { expect, it } from 'vitest'
import { frameBytes, writeAgentFrames } from './frames.ts'

function recorder(): { stream: Duplex; frames: Buffer[] } {
  const frames: Buffer[] = []
  const stream = new Duplex({
    read() {},
    write(chunk: Buffer, _encoding, done) {
      frames.push(chunk)
      setImmediate(done)
    },
  })
  writeAgentFrames(stream)
  return { stream, frames }
}

it('[AL15] what is written in one go leaves as one frame, in order', async () => {
  const { stream, frames } = recorder()
  stream.write(Buffer.from('first'))
  for (const part of ['a', 'b', 'c']) stream.write(Buffer.from(part))
  await new Promise((resolve) => stream.end(resolve))
  expect(frames.map(String)).toEqual(['first', 'abc'])
})

it('[AL15] no frame is larger than 128 KiB', async () => {
  const { stream, frames } = recorder()
  const bytes = Buffer.alloc(frameBytes * 2 + 1, 5)
  stream.write(bytes)
  await new Promise((resolve) => stream.end(resolve))
  expect(frames.map(({ byteLength }) => byteLength)).toEqual([frameBytes, frameBytes, 1])
  expect(Buffer.concat(frames).equals(bytes)).toBe(true)
})

it('[AL15] a failed frame ends the write with its error', async () => {
  const stream = new Duplex({ read() {}, write: (_chunk, _encoding, done) => done(new Error('gone')) })
  writeAgentFrames(stream)
  const error = new Promise<Error>((resolve) => stream.once('error', resolve))
  stream.write(Buffer.alloc(frameBytes + 1))
  expect((await error).message).toBe('gone')
})

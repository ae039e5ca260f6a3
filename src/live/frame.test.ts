import { expect, it } from 'vitest'
import { decodeFrame, encodeFrameHead } from './frame.ts'
import type { FrameHead } from './frame.ts'

const heads: FrameHead[] = [
  { kind: 'tick', isGzip: true, part: 0, httpStatus: 200, id: 1, tick: 0 },
  { kind: 'answer', isGzip: false, part: 255, httpStatus: 599, id: 0xffff_ffff, tick: 0xffff_ffff },
]

function frame(head: FrameHead, body: Uint8Array): Uint8Array {
  return Uint8Array.from([...encodeFrameHead(head), ...body])
}

it('[LV6] lays the header out as its table says', () => {
  const head = encodeFrameHead({ kind: 'tick', isGzip: true, part: 3, httpStatus: 404, id: 0x01020304, tick: 0x0a0b0c0d })
  expect(Buffer.from(head).toString('hex')).toBe('0101001201030194010203040a0b0c0d0000')
})

it.each(heads)('[LV1] a $kind survives encoding and decoding', (head) => {
  const body = new Uint8Array([0, 1, 2, 255])
  expect(decodeFrame(frame(head, body))).toEqual({ head, body })
  expect(decodeFrame(frame(head, new Uint8Array())).body).toHaveLength(0)
})

it('[LV1] reads a frame that lies inside a larger buffer, without copying', () => {
  const outer = new Uint8Array([9, 9, ...frame(heads[0] as FrameHead, new Uint8Array([7])), 9])
  const { body } = decodeFrame(outer.subarray(2, outer.byteLength - 1))
  expect([...body]).toEqual([7])
  expect(body.buffer).toBe(outer.buffer)
})

it('[LV2] refuses a frame at every cut inside its header', () => {
  const head = encodeFrameHead(heads[0] as FrameHead)
  for (let cut = 0; cut < head.byteLength; cut++) {
    expect(() => decodeFrame(head.subarray(0, cut))).toThrow(expect.objectContaining({ code: 'LIVE_MESSAGE_INVALID' }))
  }
})

it.each([
  { what: 'another version', offset: 0, value: 2 },
  { what: 'a sealed body', offset: 1, value: 2 },
  { what: 'an unknown flag', offset: 1, value: 0x81 },
  { what: 'a header longer than the frame', offset: 2, value: 0xff },
  { what: 'a header shorter than a header', offset: 3, value: 17 },
  { what: 'an unknown kind', offset: 4, value: 3 },
])('[LV2] refuses $what', ({ offset, value }) => {
  const bytes = frame(heads[0] as FrameHead, new Uint8Array(3))
  bytes[offset] = value
  expect(() => decodeFrame(bytes)).toThrow(expect.objectContaining({ code: 'LIVE_MESSAGE_INVALID' }))
})

it('[LV3] skips header bytes it does not know', () => {
  const head = encodeFrameHead(heads[0] as FrameHead)
  head[3] = 20
  expect(decodeFrame(Uint8Array.from([...head, 0xaa, 0xbb, 1, 2]))).toEqual({ head: heads[0], body: new Uint8Array([1, 2]) })
})

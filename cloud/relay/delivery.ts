import type { ServerResponse } from 'node:http'
import type { AgentAnswer } from '../bus/port.ts'
import { encodeFrameHead } from '../../src/live/frame.ts'
import type { Outlet } from './outlet.ts'
import { binaryFrame } from './socket-frame.ts'

/**
 * Where live bytes leave their wrapper, the only place: a header is put before an agent's body, untouched, and the same
 * bytes go to every socket. Nothing is kept.
 */

/** Up to so many readers, joining a frame's pieces for each on the way out is cheaper than a joined copy. */
const fewReaders = 3

/** One tick's answer to all viewers of a stream. */
export function deliverTick(tick: { id: number; part: number; tick: number }, answer: AgentAnswer, audience: readonly Outlet[]): void {
  const head = encodeFrameHead({ ...tick, kind: 'tick', isGzip: answer.isGzip, httpStatus: answer.httpStatus })
  answer.body.releaseTo((body) => {
    const frame = binaryFrame(head, body, audience.length > fewReaders)
    for (const outlet of audience) outlet.tick(frame)
  })
}

/** The answer of an ask to one who reads over HTTP; the head is written already. */
export function deliverOverHttp(answer: AgentAnswer, response: ServerResponse): void {
  answer.body.releaseTo((body) => void response.end(body))
}

/** The answer of an ask to one of those who wait for it. */
export function deliverAnswer(askId: number, answer: AgentAnswer, outlet: Outlet): void {
  const head = encodeFrameHead({ kind: 'answer', id: askId, part: 0, tick: 0, isGzip: answer.isGzip, httpStatus: answer.httpStatus })
  answer.body.releaseTo((body) => outlet.answer(binaryFrame(head, body, false)))
}

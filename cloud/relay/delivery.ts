import type { AgentAnswer } from '../bus/port.ts'
import { encodeFrameHead } from '../../src/live/frame.ts'
import type { Outlet } from './outlet.ts'

/**
 * Where live bytes leave their wrapper, the only place: a header is put before an agent's body, untouched, and the same
 * bytes go to every socket. Nothing is kept.
 */

/** One tick's answer to all viewers of a stream. */
export function deliverTick(tick: { id: number; part: number; tick: number }, answer: AgentAnswer, audience: Iterable<Outlet>): void {
  const head = encodeFrameHead({ ...tick, kind: 'tick', isGzip: answer.isGzip, httpStatus: answer.httpStatus })
  answer.body.releaseTo((body) => {
    const frame = Buffer.concat([head, body])
    for (const outlet of audience) outlet.tick(frame)
  })
}

/** The answer of an ask to one of those who wait for it. */
export function deliverAnswer(askId: number, answer: AgentAnswer, outlet: Outlet): void {
  const head = encodeFrameHead({ kind: 'answer', id: askId, part: 0, tick: 0, isGzip: answer.isGzip, httpStatus: answer.httpStatus })
  answer.body.releaseTo((body) => outlet.answer(Buffer.concat([head, body])))
}

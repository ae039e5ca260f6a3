import type { Clock } from '../../../src/support/clock.ts'
import type { Outbound } from '../../outbound/outbound.ts'
import type { Outcome } from '../ports.ts'
import type { HttpRequest } from './http-request.ts'
import { judgeAnswer } from './judge-answer.ts'
import { outcomeOf } from './outcome-of.ts'

const atATime = 6

/**
 * Sends the requests of one message, a few at a time, and says what became of the whole: delivered when all were. After one that has to
 * be tried again no further one is begun; the next attempt repeats them all, and receivers know them by their keys.
 */
export async function sendRequests(
  { outbound, clock }: { readonly outbound: Pick<Outbound, 'post' | 'put'>; readonly clock: Clock },
  requests: readonly HttpRequest[],
  giveUp: AbortSignal,
): Promise<Outcome> {
  const outcomes: Outcome[] = []
  let next = 0
  const worker = async () => {
    for (let request = requests[next++]; request !== undefined; request = requests[next++]) {
      if (outcomes.some(({ is }) => is === 'retry')) return
      outcomes.push(await sendOne(request))
    }
  }
  const sendOne = async ({ method, url, headers, body }: HttpRequest): Promise<Outcome> => {
    try {
      const send = method === 'PUT' ? outbound.put : outbound.post
      return judgeAnswer(await send(url, headers, body, giveUp), clock.nowMs())
    } catch (thrown) {
      return outcomeOf(thrown)
    }
  }
  await Promise.all(Array.from({ length: Math.min(atATime, requests.length) }, worker))
  const find = (wanted: Outcome['is']) => outcomes.find(({ is }) => is === wanted)
  return find('retry') ?? find('refused') ?? { is: 'delivered' }
}

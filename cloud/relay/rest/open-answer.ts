import { gunzipSync } from 'node:zlib'
import { ThroughlineError } from '../../../src/errors/throughline-error.ts'
import { isObject } from '../../../src/support/json.ts'
import type { AgentAnswer } from '../../bus/port.ts'
import { restLimits } from './rest-limits.ts'

/** How much of agents' answers one call may still open. */
export interface OpenBudget {
  /** The answer as an object. Throws AGENT_PROTOCOL, AGENT_ANSWER_TOO_LARGE, or RATE_LIMITED when others hold all there is. */
  open(answer: AgentAnswer): Readonly<Record<string, unknown>>
  /** The same for an answer that is an array. */
  openList(answer: AgentAnswer): readonly unknown[]
  /** The call has been answered: nothing of it is held any more. */
  release(): void
}

/**
 * Where answers that have to be joined are opened, the one place beside the relay's delivery: inflated and parsed in memory, within
 * bounds for each, for each call and for all calls, and dropped when the joined answer has left. Nothing is logged, and no text of an
 * agent is in an error.
 */
export function createOpener(): () => OpenBudget {
  let openedAtOnce = 0
  return () => {
    let opened = 0
    const parse = (answer: AgentAnswer): unknown => {
      const text = textOf(answer)
      opened += text.length
      openedAtOnce += text.length
      if (opened > restLimits.openedBytesPerCall) throw tooLarge()
      if (openedAtOnce > restLimits.openedBytesAtOnce)
        throw new ThroughlineError('RATE_LIMITED', 'Too many large answers are asked for at a time; try again in a moment.')
      try {
        return JSON.parse(text) as unknown
      } catch {
        throw unreadable()
      }
    }
    return {
      open(answer) {
        const parsed = parse(answer)
        if (!isObject(parsed)) throw unreadable()
        return parsed
      },
      openList(answer) {
        const parsed = parse(answer)
        if (!Array.isArray(parsed)) throw unreadable()
        return parsed
      },
      release() {
        openedAtOnce -= opened
        opened = 0
      },
    }
  }
}

function textOf({ body, isGzip }: AgentAnswer): string {
  if (body.byteLength > restLimits.openedBytes) throw tooLarge()
  let text = ''
  body.releaseTo((bytes) => {
    try {
      const plain = isGzip
        ? gunzipSync(bytes, { maxOutputLength: restLimits.openedBytes })
        : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
      text = plain.toString('utf8')
    } catch (cause) {
      throw cause instanceof RangeError ? tooLarge() : unreadable()
    }
  })
  return text
}

function tooLarge(): ThroughlineError {
  return new ThroughlineError('AGENT_ANSWER_TOO_LARGE', 'The answers are larger than 16 MiB each or 64 MiB in all; ask for less.')
}

function unreadable(): ThroughlineError {
  return new ThroughlineError('AGENT_PROTOCOL', 'The agent gave an answer that cannot be read.')
}

import type { AgentQuestion } from '../../src/aclk/query/request.ts'
import { ThroughlineError } from '../../src/errors/throughline-error.ts'
import { liveLimits } from '../../src/live/limits.ts'
import type { LiveQuestion } from '../../src/live/messages.ts'

// Questions are built from checked parts only. The bar between names is percent-encoded: agents decode a target before they
// split it (agent-api §2.4), and a bare bar is not a character of a URL.
const bar = '%7C'

/** Bytes a context name takes in a target, its separator included. */
export function contextBytes(context: string): number {
  return encodeURIComponent(context).length + bar.length
}

/** The parts of one tick: each a list of contexts in encoded form that fits one target. */
export function tickParts(contexts: Iterable<string>): readonly string[] {
  const room = liveLimits.targetBytes - tickTarget('', 99_999, 99_999).length
  const parts: string[] = []
  let part = ''
  for (const context of contexts) {
    const encoded = encodeURIComponent(context)
    if (part !== '' && part.length + bar.length + encoded.length > room) {
      parts.push(part)
      part = ''
    }
    part = part === '' ? encoded : `${part}${bar}${encoded}`
  }
  if (part !== '') parts.push(part)
  return parts
}

/**
 * The cheapest question for the newest rows of many charts, on every agent since 1.37 (agent-api §15.1 rules 4 and 5).
 * `rowsS` counts seconds: a context collected every second answers as many rows, a slower one fewer, all at their stored times.
 */
export function tickTarget(part: string, rowsS: number, timeoutMs: number): string {
  return `/api/v1/data?context=${part}&after=-${rowsS}&points=${rowsS}&group=average&format=json&options=jsonwrap,minify,unaligned&timeout=${timeoutMs}`
}

/** The question of one tick. The agent may take slightly less than the tick for it, at most ten seconds (agent-api §15.1 rule 11). */
export function tickQuestion(part: string, rowsS: number, cadenceMs: number): AgentQuestion {
  const timeoutMs = Math.min(cadenceMs - 100, 10_000)
  return { method: 'GET', target: tickTarget(part, rowsS, timeoutMs), timeoutMs }
}

/** The question behind a browser's ask. Throws URL_TOO_LONG when its contexts do not fit one target. */
export function askQuestion(question: LiveQuestion): AgentQuestion {
  const target = askTarget(question)
  if (target.length > liveLimits.targetBytes) {
    throw new ThroughlineError('URL_TOO_LONG', 'This question names too many contexts; ask for them in several parts.')
  }
  return { method: 'GET', target, timeoutMs: liveLimits.askTimeoutMs }
}

function askTarget(question: LiveQuestion): string {
  if (question.kind !== 'data') return plainTargets[question.kind]
  const { contexts, afterS, beforeS, points } = question
  const names = contexts.map(encodeURIComponent).join(bar)
  // A window that ends now reaches the newest sample; a fixed one is snapped, so that panning shows the same rows again.
  const options = beforeS <= 0 ? 'jsonwrap,minify,unaligned' : 'jsonwrap,minify'
  const window = `after=${afterS}&before=${beforeS}&points=${points}`
  return `/api/v1/data?context=${names}&${window}&group=average&format=json&options=${options}&timeout=${liveLimits.askTimeoutMs - 5_000}`
}

const plainTargets = {
  contexts: '/api/v1/contexts?options=charts,dimensions,labels',
  info: '/api/v1/info',
  alerts: '/api/v1/alarms?all',
} as const satisfies Record<Exclude<LiveQuestion['kind'], 'data'>, string>

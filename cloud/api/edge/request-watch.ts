import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { Clock } from '../../../src/support/clock.ts'
import type { EdgeLimits } from './limits.ts'

interface Watched {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly startedMs: number
  writtenBytes: number
  progressMs: number
}

/** Requests in work: their bodies must arrive and their answers must be read in time. Node.js itself watches headers only. */
export interface RequestWatch {
  add(request: IncomingMessage, response: ServerResponse): void
  /** Whether an answer has begun on this socket, so that nothing else may be written to it. */
  isAnswering(socket: Socket): boolean
  /** The answer still owed to the last request that came whole on this socket. */
  owed(socket: Socket): ServerResponse | undefined
  close(): void
}

export function createRequestWatch({ clock, limits }: { readonly clock: Clock; readonly limits: EdgeLimits }): RequestWatch {
  const watched = new Set<Watched>()

  const isOverdue = (entry: Watched, nowMs: number): boolean => {
    if (!entry.request.complete) return nowMs - entry.startedMs > limits.bodyMs
    const writtenBytes = entry.request.socket.bytesWritten
    // Only an answer that waits for its reader counts; one that is still being made has nothing waiting.
    if (entry.response.writableLength === 0 || writtenBytes !== entry.writtenBytes) {
      entry.writtenBytes = writtenBytes
      entry.progressMs = nowMs
      return false
    }
    return nowMs - entry.progressMs > limits.answerStallMs
  }

  const stop = clock.every(limits.sweepMs, () => {
    const nowMs = clock.monotonicMs()
    for (const entry of watched) if (isOverdue(entry, nowMs)) entry.request.socket.destroy()
  })

  return {
    add(request, response) {
      const nowMs = clock.monotonicMs()
      const entry = { request, response, startedMs: nowMs, writtenBytes: 0, progressMs: nowMs }
      watched.add(entry)
      response.once('close', () => watched.delete(entry))
    },
    isAnswering: (socket) => [...watched].some(({ request, response }) => request.socket === socket && response.headersSent),
    owed: (socket) =>
      [...watched].findLast(({ request, response }) => request.socket === socket && request.complete && !response.writableFinished)
        ?.response,
    close: stop,
  }
}

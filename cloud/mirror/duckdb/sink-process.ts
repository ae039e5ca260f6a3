// The process that has the DuckDB engine in it; it ends when its parent lets go of it, or dies.

import { systemClock } from '../../../src/support/clock.ts'
import { createDuckdbSink } from './duckdb-sink.ts'
import type { Call, Reply } from './process-sink.ts'

const sink = createDuckdbSink({ path: process.argv[2] ?? '', clock: systemClock, idleMs: 500 })

const answer = async ({ method, args }: Call): Promise<unknown> => {
  // The parent is this same program: what it sends has the form of the port.
  const call = sink[method] as (...wanted: readonly unknown[]) => Promise<unknown>
  return call(...args)
}

process.on('message', (call: Call) => {
  void answer(call).then(
    (value) => process.send?.({ id: call.id, value } satisfies Reply),
    (cause: unknown) => process.send?.({ id: call.id, problem: cause instanceof Error ? cause.message : 'unknown' } satisfies Reply),
  )
})
process.on('disconnect', () => {
  void sink.close().finally(() => process.exit(0))
})

import { stat } from 'node:fs/promises'
import type { HostFunction } from '../../../agent-link/functions/host-function.ts'
import { createHostFunctions } from '../../../agent-link/functions/host-functions.ts'
import type { Clock } from '../../../src/support/clock.ts'
import { silentLog } from '../../../src/support/log.ts'

/** A table as a page gets it, with its rows as records by column. */
export interface CalledTable {
  readonly status: number
  readonly document: Record<string, unknown>
  readonly columns: Record<string, { index: number; type: string; name: string; visible: boolean; [key: string]: unknown }>
  readonly rows: readonly Record<string, unknown>[]
}

/** Calls functions the way the session does; a clock in the hand goes on while they wait. */
export function createFunctionCaller(functions: readonly HostFunction[], clock: Clock & { advance?: (ms: number) => void }) {
  const host = createHostFunctions({ functions, clock, log: silentLog })
  return {
    host,
    call: async (text: string, permissions = 0x1b): Promise<CalledTable> => {
      const progress = { isSettled: false }
      const query = `function=${encodeURIComponent(text)}`
      const answer = host.answer({ command: 'function', query, permissions }, new AbortController().signal)
      void answer.then(() => (progress.isSettled = true))
      // A step of the clock takes as long as asking the file system: what waits for a file is ready before its patience ends.
      for (let turn = 0; clock.advance !== undefined && !progress.isSettled && turn < 2_000; turn++) {
        await stat('.')
        clock.advance?.(20)
      }
      const { status, body } = await answer
      const document = JSON.parse(new TextDecoder().decode(body)) as Record<string, unknown>
      const columns = (document['columns'] ?? {}) as CalledTable['columns']
      const data = (document['data'] ?? []) as unknown[][]
      const rows = data.map((row) => Object.fromEntries(Object.entries(columns).map(([id, { index }]) => [id, row[index]])))
      return { status, document, columns, rows }
    },
  }
}

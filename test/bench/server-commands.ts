/** What the parent asks of a server process, and what it hears. Numbers are bytes and microseconds of CPU. */
export type ServerCommand =
  | { readonly ask: 'memory' }
  | { readonly ask: 'cpu' }
  | { readonly ask: 'rss' }
  /** Without an address: of the owner. */
  | { readonly ask: 'sign-in-link'; readonly email?: string }
  | { readonly ask: 'claim-token' }
  | { readonly ask: 'broadcast'; readonly bytes: number; readonly everyMs: number }
  | { readonly ask: 'stop-broadcast' }
  | { readonly ask: 'stop' }

export interface Memory {
  readonly rss: number
  /** JavaScript heap, buffers and what else V8 knows of. */
  readonly heap: number
}

/** The memory of this process after everything unreachable is gone; needs `--expose-gc`. */
export async function settledMemory(): Promise<Memory> {
  for (let round = 0; round < 4; round++) {
    globalThis.gc?.()
    await new Promise((resolve) => setTimeout(resolve, 150))
  }
  const { rss, heapUsed, external } = process.memoryUsage()
  return { rss, heap: heapUsed + external }
}

/** Microseconds of CPU this process has used. */
export function usedCpu(): number {
  const { user, system } = process.cpuUsage()
  return user + system
}

/** Answers the parent's commands one after another. */
export function serveCommands(handle: (command: ServerCommand) => unknown): void {
  process.on('message', (command: ServerCommand) => {
    void Promise.resolve(handle(command)).then((answer) => process.send?.({ answer }))
  })
  process.on('disconnect', () => process.exit(0))
}

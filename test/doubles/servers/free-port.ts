import { createServer } from 'node:net'

// Below those the kernel hands out by itself (32768 and up on Linux): what was free stays free until our server comes, also after a kill.
const [firstPort, portCount] = [10_000, 20_000] as const
/** Of two processes of one run each begins elsewhere. */
let next = (process.pid * 61) % portCount

/** A port of the loopback where nobody listens. No other socket takes it by chance before it is used, nor does a second call return it. */
export async function freePort(): Promise<number> {
  for (let tries = 0; tries < portCount; tries++) {
    const port = firstPort + next
    next = (next + 1) % portCount
    if (await isFree(port)) return port
  }
  throw new Error('no port is free')
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer()
    server.on('error', () => resolve(false))
    server.listen(port, () => server.close(() => resolve(true)))
  })
}

import dynalite from 'dynalite'
import type { AddressInfo } from 'node:net'
import type { IncomingMessage, RequestListener } from 'node:http'

export interface DynaliteServer {
  readonly endpoint: string
  readonly region: string
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string }
  stop(): Promise<void>
}

/**
 * The DynamoDB wire for tests, in this process, on loopback and a free port. `path` keeps its files there, otherwise memory.
 * Any credentials are accepted; the ones answered are as good as others.
 */
export async function startDynalite(options: { path?: string; port?: number } = {}): Promise<DynaliteServer> {
  const server = dynalite({
    createTableMs: 0,
    deleteTableMs: 0,
    updateTableMs: 0,
    ...(options.path === undefined ? {} : { path: options.path }),
  })
  // Its own listener throws on a request that is cut off mid-body, which would end the whole process (stack.md, defect 1).
  const [listener] = server.listeners('request') as RequestListener[]
  server.removeAllListeners('request')
  server.on('request', (request: IncomingMessage, response) => {
    listener?.(request, response)
    request.removeAllListeners('error')
    request.on('error', () => response.destroy())
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(options.port ?? 0, '127.0.0.1', resolve)
  })
  const { port } = server.address() as AddressInfo
  return {
    endpoint: `http://127.0.0.1:${port}`,
    region: 'eu-central-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    stop: () =>
      new Promise((resolve, reject) => {
        server.close((cause) => (cause === undefined || cause === null ? resolve() : reject(cause)))
        server.closeAllConnections()
      }),
  }
}

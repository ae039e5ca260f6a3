import { readFileSync } from 'node:fs'
import { request } from 'node:https'
import { join } from 'node:path'
import { operatorToken } from '../compose.ts'
import type { Config } from '../config/read-config.ts'
import { ThroughlineError } from '../errors/throughline-error.ts'
import type { Clock } from '../support/clock.ts'

const timeoutMs = 10_000

/**
 * Asks the cloud that runs on this machine as its operator, with a short-lived token signed by the key in the data folder.
 * Answers undefined when no cloud listens on the port, null for an answer without content; throws NOT_FOUND, CONFLICT, and FORBIDDEN when another program or another installation does.
 */
export async function askCloud(config: Config, clock: Clock, path: string, method: 'GET' | 'POST' | 'DELETE' = 'GET'): Promise<unknown> {
  const ca = readOwnCa(config)
  if (ca === undefined) return undefined
  const authorization = `Bearer ${await operatorToken(config, clock)}`
  return new Promise((resolve, reject) => {
    const refuse = (reason: string) =>
      reject(new ThroughlineError('FORBIDDEN', `Port ${config.port} is answered by something that is not this installation: ${reason}.`))
    const options = {
      host: config.listenAddress ?? '127.0.0.1',
      port: config.port,
      method,
      path,
      ca,
      servername: config.publicHost,
      timeout: timeoutMs,
      headers: { authorization, host: new URL(config.publicUrl).host, ...(method === 'GET' ? {} : { 'content-type': 'application/json' }) },
    }
    const asked = request(options, (answer) => {
      const chunks: Buffer[] = []
      answer.on('data', (chunk: Buffer) => chunks.push(chunk))
      answer.on('end', () => {
        if (answer.statusCode === 204) resolve(null)
        else if (answer.statusCode === 404) reject(new ThroughlineError('NOT_FOUND', 'The cloud does not know that.'))
        else if (answer.statusCode === 409) reject(new ThroughlineError('CONFLICT', messageOf(Buffer.concat(chunks).toString('utf8'))))
        else if (answer.statusCode !== 200 && answer.statusCode !== 202) refuse(`it answered ${answer.statusCode}`)
        else resolve(JSON.parse(Buffer.concat(chunks).toString('utf8')))
      })
      answer.on('error', reject)
    })
    asked.on('timeout', () => asked.destroy(new Error('no answer')))
    asked.on('error', (error: NodeJS.ErrnoException) => (error.code === 'ECONNREFUSED' ? resolve(undefined) : refuse(error.message)))
    asked.end(method === 'POST' ? '{}' : undefined)
  })
}

/** What the cloud says of a conflict. */
function messageOf(body: string): string {
  try {
    const { errorMessage } = JSON.parse(body) as { readonly errorMessage?: unknown }
    if (typeof errorMessage === 'string') return errorMessage
  } catch {
    // Not JSON; the sentence below says as much as is known.
  }
  return 'The cloud says that this cannot be done now.'
}

/** The certificate that the cloud of this data folder shows; undefined before its first start. */
function readOwnCa(config: Config): string | undefined {
  try {
    return readFileSync(config.tlsCert ?? join(config.dataFolder, 'tls', 'ca.pem'), 'utf8')
  } catch {
    return undefined
  }
}

import { readFileSync } from 'node:fs'
import type { IncomingMessage } from 'node:http'
import { request, type RequestOptions } from 'node:https'
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
  const isJson = method !== 'GET'
  const options = { ...(await operatorOptions(config, clock, ca, path, isJson)), method, timeout: timeoutMs }
  return new Promise((resolve, reject) => {
    const refuse = (reason: string) => reject(notOurs(config, reason))
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

/**
 * The same for an answer that is long or has no end: what comes, as it comes. Throws CLOUD_UNREACHABLE when no cloud runs, and FORBIDDEN
 * as {@link askCloud} does.
 */
export async function streamFromCloud(config: Config, clock: Clock, path: string): Promise<IncomingMessage> {
  const ca = readOwnCa(config)
  const isAway = () => new ThroughlineError('CLOUD_UNREACHABLE', 'The cloud is not running; start it with npm start, and try again.')
  if (ca === undefined) throw isAway()
  const options = await operatorOptions(config, clock, ca, path)
  return new Promise((resolve, reject) => {
    const asked = request(options, (answer) => {
      if (answer.statusCode === 200) return resolve(answer)
      answer.resume()
      reject(notOurs(config, `it answered ${answer.statusCode}`))
    })
    asked.on('error', (error: NodeJS.ErrnoException) => reject(error.code === 'ECONNREFUSED' ? isAway() : notOurs(config, error.message)))
    asked.end()
  })
}

async function operatorOptions(config: Config, clock: Clock, ca: string, path: string, isJson = false): Promise<RequestOptions> {
  return {
    host: config.listenAddress ?? '127.0.0.1',
    port: config.port,
    path,
    ca,
    servername: config.publicHost,
    headers: {
      authorization: `Bearer ${await operatorToken(config, clock)}`,
      host: new URL(config.publicUrl).host,
      ...(isJson ? { 'content-type': 'application/json' } : {}),
    },
  }
}

const notOurs = (config: Config, reason: string) =>
  new ThroughlineError('FORBIDDEN', `Port ${config.port} is answered by something that is not this installation: ${reason}.`)

/** The certificate that the cloud of this data folder shows; undefined before its first start. */
function readOwnCa(config: Config): string | undefined {
  try {
    return readFileSync(config.tlsCert ?? join(config.dataFolder, 'tls', 'ca.pem'), 'utf8')
  } catch {
    return undefined
  }
}
